/* What was written down: kept by the browser where it can, and saved as one small file. */

var MOST_NOTES = 200;
var notes = [];

function notesPlace() { return 'xiaxiang ' + shelf.drive + ' ' + shelf.number; }

function rememberNotes() {
  /* Some browsers keep nothing for pages that come from a file. */
  try { window.localStorage.setItem(notesPlace(), JSON.stringify(notes)); } catch (ignored) { return; }
}

function recallNotes() {
  var kept = null;
  try { kept = JSON.parse(window.localStorage.getItem(notesPlace())); } catch (ignored) { return; }
  if (!(kept instanceof Array)) { return; }
  notes = kept.filter(function (one) {
    if (!one || typeof one.on !== 'string') { return false; }
    if (one.entry === 'request') { return typeof one.text === 'string'; }
    return one.entry === 'screening' && one.programmes instanceof Array &&
      typeof one.attendance === 'number';
  }).slice(0, MOST_NOTES);
}

function fileText() {
  var now = new Date();
  return JSON.stringify({
    xiaxiang: 'feedback', version: 1, drive: shelf.drive, site: shelf.site, edition: shelf.edition,
    saved: isoDay(now) + 'T' + two(now.getHours()) + ':' + two(now.getMinutes()), entries: notes
  }, null, 1);
}

function fileName() {
  var now = new Date(), asked = 0;
  notes.forEach(function (one) { asked += one.entry === 'request' ? 1 : 0; });
  var kind = asked === notes.length ? '需求' : asked ? '登记' : '播放';
  return kind + '-' + isoDay(now).replace(/-/g, '') + '-' + two(now.getHours()) + two(now.getMinutes()) + '.json';
}

/* Gives the file to the browser to save; false where it cannot. */
function saveFile(name, text) {
  var blob, link = make('a');
  try { blob = new Blob([text], { type: 'application/json' }); } catch (ignored) { return false; }
  if (window.navigator.msSaveBlob) { return window.navigator.msSaveBlob(blob, name); }
  if (link.download === undefined || !window.URL) { return false; }
  link.href = window.URL.createObjectURL(blob);
  link.download = name;
  shown(link, false);
  document.body.appendChild(link);
  link.click();
  window.setTimeout(function () {
    document.body.removeChild(link);
    window.URL.revokeObjectURL(link.href);
  }, 10000);
  return true;
}

function quoted(title) { return /[《》]/.test(title) ? title : '《' + title + '》'; }

function noteInWords(one) {
  if (one.entry === 'request') {
    var wanted = [];
    if (one.text) { wanted.push('“' + one.text + '”'); }
    if (one.programme && offerById(one.programme)) { wanted.push(quoted(offerById(one.programme).title) + '这样的'); }
    if (one.subject) {
      shelf.areas.forEach(function (area) { if (area[0] === one.subject) { wanted.push(area[1]); } });
    }
    return chineseDay(one.on) + '，' + (one.asked_by || '有人') + '想要：' + wanted.join('，');
  }
  var titles = one.programmes.map(function (id) {
    var offer = offerById(id);
    return offer ? quoted(offer.title) : id;
  });
  return chineseDay(one.on) + '，放了' + titles.join('、') + '，' + one.attendance + '人看';
}

/* -- the panel under a form: what is written down, how it is saved, what is read out -- */

function drawNotes(box, saved) {
  empty(box);
  if (!notes.length) { return; }
  if (saved) { box.appendChild(savedPanel(saved)); }
  box.appendChild(make('h2', '', '已经记下 ' + notes.length + ' 条'));
  notes.slice().reverse().forEach(function (one) {
    put(box, [put(make('div', 'one'), [
      make('span', '', noteInWords(one)),
      button('删掉', 'small', function () {
        notes.splice(notes.indexOf(one), 1);
        rememberNotes();
        drawNotes(box, null);
      })
    ])]);
  });
  if (!saved) {
    box.appendChild(button('再存一次文件（全部 ' + notes.length + ' 条）', 'big', function () {
      saveNotes(box, notes[notes.length - 1]);
    }));
  }
}

function saveNotes(box, last) {
  var name = fileName(), text = fileText(), done = saveFile(name, text);
  drawNotes(box, { name: name, text: text, done: done, last: last });
  if (box.firstChild.scrollIntoView) { box.firstChild.scrollIntoView(); }
}

function savedPanel(saved) {
  var box = make('div', 'box'), steps = make('ol'), code = phoneCode(saved.last);
  if (saved.done) {
    put(box, [make('h2', '', '记下了。请把文件放进硬盘：')]);
    put(steps, [
      make('li', '', '浏览器存了一个小文件，名叫“' + saved.name + '”。一般在电脑的“下载”文件夹里。'),
      make('li', '', '在这个文件上点右键，点“复制”。'),
      make('li', '', '打开这块硬盘，双击文件夹“_delivery”，再双击“feedback”。'),
      make('li', '', '在空白地方点右键，点“粘贴”。好了，硬盘送回县里时就一起带回去。')
    ]);
    put(box, [steps, make('p', 'hint', '要是浏览器问“保存到哪里”，就直接选硬盘里的 _delivery，再选 feedback。')]);
  } else {
    put(box, [make('h2', '', '记下了。这个浏览器存不了文件，请打电话。')]);
  }
  put(box, [make('h2', '', saved.done ? '不会放文件？打电话也行' : '打电话这样说')]);
  box.appendChild(make('p', '', callThem() + '，先说“' + [shelf.siteName, '硬盘 ' + shelf.drive].filter(Boolean).join('，') + '”，再念：'));
  if (code) { box.appendChild(make('p', 'code', code)); }
  if (!code || saved.last.text || saved.last.asked_by) { box.appendChild(make('p', 'aloud', noteInWords(saved.last))); }
  return box;
}
