/* Playing in the page: one video element, its episodes, its captions, and what to do when it fails. */

var play = { offer: null, at: 0, captions: true, track: null, cues: [], watched: [] };

function video() { return byId('video'); }

function startPlay() {
  var film = video();
  byId('play-back').onclick = back;
  /* Events may come late, when the film was left already. */
  function on(name, act) {
    film['on' + name] = function () { if (play.offer && film.getAttribute('src')) { act(); } };
  }
  on('playing', function () {
    say(byId('play-told'), '');
    shown(byId('play-buttons'), true);
    if (play.watched.indexOf(play.offer.id) < 0) { play.watched.push(play.offer.id); }
    drawPause();
  });
  on('pause', drawPause);
  on('waiting', function () { say(byId('play-told'), '请等一等，正在读取……'); });
  on('error', function () { trouble(false); });
  on('loadedmetadata', function () { if (!film.videoWidth) { trouble(true); } });
  on('ended', ended);
  film.ontimeupdate = captionLine;
}

function openOffer(number, episode) {
  var offer = shelf.offers[number - 1];
  if (!offer || !offer.episodes[episode - 1]) { return false; }
  play.offer = offer;
  play.at = episode - 1;
  say(byId('play-title'), offer.title);
  drawAbout();
  load();
  return true;
}

function load() {
  var film = video(), episode = play.offer.episodes[play.at];
  shown(byId('play-trouble'), false);
  shown(byId('stage'), true);
  shown(byId('play-buttons'), true);
  say(byId('play-told'), '正在打开，请等一等……');
  drawEpisodes();
  if (!film.canPlayType) { trouble(false); return; }
  if (episode.poster) { film.poster = address(episode.poster); } else { film.removeAttribute('poster'); }
  film.src = address(episode.video);
  setCaptions(episode.cues);
  drawButtons();
  film.load();
  begin();
}

function begin() {
  var started = video().play();
  /* A browser may want one more click before it plays: then the big button says so. */
  if (started && started['catch']) {
    started['catch'](function () {
      if (video().paused && !video().error) { say(byId('play-told'), '点“播放”就开始'); }
      drawPause();
    });
  }
}

function stop() {
  var film = video();
  if (!play.offer || !film.pause) { return; }
  film.pause();
  film.removeAttribute('src');
  film.load();
  play.offer = null;
}

function ended() {
  if (play.at + 1 < play.offer.episodes.length) {
    window.location.replace('#play-' + play.offer.n + '-' + (play.at + 2));
    return;
  }
  if (filled()) { leaveFull(); }
  shown(byId('play-buttons'), false);
  var line = empty(byId('play-told'));
  put(line, [
    make('b', '', '放完了。'),
    button('再放一遍', 'big', function () { say(line, ''); begin(); }),
    shelf.feedback ? button('登记这次放映', 'big go', function () { screened(play.offer.id); }) : null
  ]);
}

/* -- captions: the browser's own where it can, else a line below the picture -- */

function setCaptions(place) {
  var film = video(), Cue = window.VTTCue || window.TextTrackCue;
  play.cues = place < 0 ? [] : readJson('cues-' + place) || [];
  if (film.addTextTrack && Cue) {
    try { ownTrack(film, Cue); return; } catch (ignored) { play.track = null; }
  }
  shown(byId('caption-line'), play.cues.length > 0);
}

function ownTrack(film, Cue) {
  var track = play.track || (play.track = film.addTextTrack('subtitles', '字幕', 'zh'));
  track.mode = 'hidden';
  while (track.cues && track.cues.length) { track.removeCue(track.cues[0]); }
  for (var i = 0; i < play.cues.length; i += 1) {
    var one = play.cues[i];
    /* Escaped, since cues know tags of their own. */
    var text = one[2].replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    track.addCue(new Cue(one[0] / 1000, one[1] / 1000, text));
  }
  showCaptions();
}

function showCaptions() {
  if (play.track) { play.track.mode = play.captions && play.cues.length ? 'showing' : 'hidden'; }
}

function captionLine() {
  if (play.track || !play.cues.length) { return; }
  var now = video().currentTime * 1000, text = '';
  for (var i = 0; i < play.cues.length; i += 1) {
    if (play.cues[i][0] <= now && now < play.cues[i][1]) { text = play.cues[i][2]; }
  }
  say(byId('caption-line'), play.captions ? text : '');
}

/* -- what is around the picture -- */

function drawButtons() {
  var row = empty(byId('play-buttons')), many = play.offer.episodes.length > 1;
  var pause = button('播放', 'big go', function () {
    if (video().paused) { begin(); } else { video().pause(); }
  });
  pause.id = 'pause';
  put(row, [pause, canFill() ? button('全屏', 'big', fill) : null]);
  if (play.cues.length) {
    var switched = button('', 'big', function () {
      play.captions = !play.captions;
      showCaptions();
      captionLine();
      say(switched, play.captions ? '关字幕' : '开字幕');
    });
    switched.id = 'captions';
    say(switched, play.captions ? '关字幕' : '开字幕');
    row.appendChild(switched);
  }
  if (many && play.at > 0) { row.appendChild(turn('上一集', play.at)); }
  if (many && play.at + 1 < play.offer.episodes.length) { row.appendChild(turn('下一集', play.at + 2)); }
  drawPause();
}

function turn(text, episode) {
  return button(text, 'big', function () {
    window.location.replace('#play-' + play.offer.n + '-' + episode);
  });
}

function drawPause() {
  var node = byId('pause');
  if (node) { say(node, video().paused ? '▶ 播放' : '暂停'); }
}

function drawEpisodes() {
  var row = empty(byId('episodes')), all = play.offer.episodes;
  shown(row, all.length > 1);
  if (all.length < 2) { return; }
  row.appendChild(make('span', 'label', '共' + all.length + '集：'));
  all.forEach(function (one, i) {
    var node = turn(one.name || '第' + (i + 1) + '集', i + 1);
    if (i === play.at) { marked(node, 'chosen', true); }
    row.appendChild(node);
  });
}

function drawAbout() {
  var offer = play.offer, box = empty(byId('play-about'));
  var facts = [offer.n + '号', offer.subject, lasting(offer.minutes), offer.dialect, offer.creator];
  put(box, [make('p', 'facts', facts.filter(Boolean).join('　'))]);
  if (offer.audience.length) { box.appendChild(make('p', 'facts', '适合' + offer.audience.join('、'))); }
  if (offer.about) { box.appendChild(make('p', '', offer.about)); }
  if (shelf.feedback) {
    put(box, [button('想多要这样的节目', 'big', function () { wish('', offer.id); })]);
  }
}

/* -- when it does not play: which file to open instead, and whom to call -- */

function trouble(noPicture) {
  var box = empty(byId('play-trouble')), steps = make('ol');
  var parts = play.offer.episodes[play.at].video.split('/'), name = parts.pop();
  say(byId('play-told'), '');
  put(box, [make('h2', '', noPicture ? '这里只有声音，放不出图像。' : '这个节目在这里放不出来。'), make('p', '', '请这样放：')]);
  steps.appendChild(make('li', '', '打开“' + (shelf.drive ? '我的电脑”里的这块硬盘' : '我的电脑”里的这张光盘')));
  parts.forEach(function (part) { steps.appendChild(make('li', '', '双击文件夹“' + part + '”')); });
  steps.appendChild(make('li', '', '双击文件“' + name + '”，电脑会用播放器打开它'));
  steps.appendChild(make('li', '', '还是放不出来，请' + callThem() + '，告诉他们：' +
    (shelf.drive ? '硬盘 ' + shelf.drive + '，' : '') + play.offer.n + '号节目放不出来'));
  put(box, [steps, button('再试一次', 'big', load)]);
  shown(box, true);
  /* Without a picture the help takes its place: it must be seen without scrolling. */
  shown(byId('stage'), noPicture);
  shown(byId('play-buttons'), noPicture);
  drawPause();
}

function canFill() {
  var stage = byId('stage');
  return stage.requestFullscreen || stage.webkitRequestFullscreen || stage.mozRequestFullScreen ||
    stage.msRequestFullscreen;
}

function filled() {
  return document.fullscreenElement || document.webkitFullscreenElement ||
    document.mozFullScreenElement || document.msFullscreenElement;
}

function leaveFull() {
  var leave = document.exitFullscreen || document.webkitExitFullscreen ||
    document.mozCancelFullScreen || document.msExitFullscreen;
  leave.call(document);
}

function fill() {
  if (filled()) { leaveFull(); } else { canFill().call(byId('stage')); }
}

function playKey(code) {
  var film = video();
  if (code === 32) {
    if (film.paused) { begin(); } else { film.pause(); }
  } else if (code === 37 || code === 39) {
    film.currentTime = Math.max(0, film.currentTime + (code === 37 ? -10 : 10));
  } else if (code === 70 && canFill()) {
    fill();
  } else {
    return false;
  }
  return true;
}
