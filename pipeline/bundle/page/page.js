/* The start: which view is shown, the header, and the keys. The address after # says the view, so
   that the browser's own back button works. */

var VIEWS = ['list', 'play', 'request', 'screening', 'receipt'];
var current = '';

function tabs() {
  var row = byId('tabs');
  function one(view, text) {
    var node = button(text, 'tab', function () { window.location.hash = view === 'list' ? '' : '#' + view; });
    node.id = 'tab-' + view;
    row.appendChild(node);
  }
  one('list', '看节目');
  if (shelf.feedback) {
    one('request', '需求登记');
    one('screening', '播放登记');
  }
  if (shelf.drive) { one('receipt', '签收'); }
  row.appendChild(button('打印目录', 'tab', function () { window.print(); }));
}

function header() {
  say(byId('site-name'), shelf.siteName || shelf.title);
  var said = [shelf.centre, (shelf.on ? chineseDay(shelf.on) : '') + (shelf.number ? ' 第' + shelf.number + '次更新' : '')];
  say(byId('edition'), said.filter(Boolean).join('　'));
}

function show(view) {
  if (current === 'list') { list.scroll = window.pageYOffset; list.from = document.activeElement; }
  if (current === 'play' && view !== 'play') { stop(); }
  VIEWS.forEach(function (one) {
    shown(byId('view-' + one), one === view);
    if (byId('tab-' + one)) { marked(byId('tab-' + one), 'chosen', one === view); }
  });
  marked(document.body, 'playing', view === 'play');
  var before = current;
  current = view;
  if (view === 'list' && before && before !== 'list') {
    focusOn(list.from);
    window.scrollTo(0, list.scroll);
  } else if (before !== view) {
    window.scrollTo(0, 0);
  }
  if (view === 'request') { drawNotes(forms.wanted.kept, null); }
  if (view === 'screening') { forms.showed.propose(); drawNotes(forms.showed.kept, null); }
}

function route() {
  var hash = window.location.hash.replace('#', ''), film = /^play-(\d+)-(\d+)$/.exec(hash);
  if (film && shelf.offers[Number(film[1]) - 1]) {
    show('play');
    if (openOffer(Number(film[1]), Number(film[2]))) {
      focusOn(byId('pause'));
      return;
    }
  }
  var known = byId('tab-' + hash) && VIEWS.indexOf(hash) > 0;
  show(known ? hash : 'list');
}

function back() { window.location.hash = ''; }

function inText(node) {
  var tag = node && node.tagName;
  return tag === 'INPUT' || tag === 'TEXTAREA' || tag === 'SELECT';
}

function key(event) {
  var code = event.keyCode || event.which, node = document.activeElement, done = false;
  if (event.ctrlKey || event.altKey || event.metaKey) { return true; }
  if (code === 27) {
    if (current === 'list') {
      if (byId('query').value) { byId('query').value = ''; search(''); }
      focusOn(byId('query'));
    } else {
      back();
    }
    done = true;
  } else if (current === 'play' && !inText(node) && node !== video()) {
    done = !(code === 32 && node && node.tagName === 'BUTTON') && playKey(code);
  } else if (current === 'list' && code >= 37 && code <= 40) {
    if (node !== byId('query') || code === 40) { done = arrow(code); }
  } else if (current === 'list' && code === 13 && node === byId('query')) {
    var first = byId('cards').getElementsByTagName('a')[0];
    focusOn(first);
    done = true;
  }
  if (done && event.preventDefault) { event.preventDefault(); }
  return !done;
}

function start() {
  if (!shelf) { return; }
  recallNotes();
  header();
  tabs();
  startList();
  startPlay();
  if (shelf.feedback) {
    startRequest();
    startScreening();
  }
  startReceipt();
  document.onkeydown = key;
  window.onhashchange = route;
  marked(document.documentElement, 'scripted', true);
  shown(byId('app'), true);
  route();
}

start();
