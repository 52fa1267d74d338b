/* The list of programmes: subjects, search, cards. */

var AT_ONCE = 24;
var list = { subject: '', query: '', most: AT_ONCE, scroll: 0, from: null, news: 0, asked: 0 };
var NEW = '\u0001new', ASKED = '\u0001asked';

function startList() {
  var i, all = shelf.offers, query = byId('query');
  for (i = 0; i < all.length; i += 1) { list.news += all[i].new ? 1 : 0; }
  /* On the first edition everything is new: then nothing is. */
  if (list.news === all.length) {
    list.news = 0;
    for (i = 0; i < all.length; i += 1) { all[i].new = false; }
  }
  for (i = 0; i < all.length; i += 1) { list.asked += all[i].asked ? 1 : 0; }
  query.oninput = query.onkeyup = function () {
    if (query.value !== list.query) { search(query.value); }
  };
  byId('clear').onclick = function () { query.value = ''; search(''); focusOn(query); };
  byId('more').onclick = function () {
    var before = list.most;
    list.most += AT_ONCE;
    drawCards();
    focusOn(byId('cards').getElementsByTagName('a')[before]);
  };
  hint();
  drawSubjects();
  drawCards();
}

function hint() {
  for (var i = 0; i < shelf.offers.length; i += 1) {
    var title = shelf.offers[i].title, letters = initials(shelf.offers[i]);
    if (/^[\u4e00-\u9fff]{3,5}$/.test(title)) {
      say(byId('hint'), '写片名，或写拼音头一个字母：' + title + ' 写 ' + letters);
      return;
    }
  }
  say(byId('hint'), '写片名里的字，或写每个字拼音的头一个字母');
}

function search(text) {
  list.query = text;
  list.most = AT_ONCE;
  if (text && list.subject) { list.subject = ''; drawSubjects(); }
  shown(byId('clear'), text !== '');
  shown(byId('hint'), text === '');
  drawCards();
}

function subjectsOf(offers) {
  var names = [], counts = {};
  for (var i = 0; i < offers.length; i += 1) {
    var name = offers[i].subject, key = 'subject ' + name;
    if (!counts[key]) { names.push(name); counts[key] = 0; }
    counts[key] += 1;
  }
  return names.map(function (name) { return { name: name, count: counts['subject ' + name] }; });
}

function drawSubjects() {
  var row = empty(byId('subjects'));
  function one(name, key, count, kind) {
    var node = button('', 'subject ' + kind, function () {
      list.subject = key;
      list.query = byId('query').value = '';
      list.most = AT_ONCE;
      shown(byId('clear'), false);
      shown(byId('hint'), true);
      drawSubjects();
      drawCards();
    });
    put(node, [make('span', '', name), make('b', '', count)]);
    if (list.subject === key) { marked(node, 'chosen', true); }
    row.appendChild(node);
  }
  one('全部节目', '', shelf.offers.length, '');
  if (list.asked) { one('你们要的', ASKED, list.asked, 'asked'); }
  if (list.news) { one('本次新增', NEW, list.news, 'new'); }
  subjectsOf(shelf.offers).forEach(function (each) { one(each.name, each.name, each.count, ''); });
}

/* Groups of programmes under their headings, as chosen. */
function groups() {
  if (wordsOf(list.query).length) { return [{ name: '', offers: find(list.query, shelf.offers) }]; }
  function those(test) { return shelf.offers.filter(test); }
  if (list.subject === NEW) { return [{ name: '', offers: those(function (o) { return o.new; }) }]; }
  if (list.subject === ASKED) { return [{ name: '', offers: those(function (o) { return o.asked; }) }]; }
  if (list.subject) {
    return [{ name: '', offers: those(function (o) { return o.subject === list.subject; }) }];
  }
  /* One heading for both: a row with a single card would push all others off a small screen. */
  var first = those(function (o) { return o.asked; }).concat(those(function (o) { return o.new && !o.asked; }));
  var found = [{ name: list.asked ? list.news ? '你们要的、本次新增' : '你们要的' : '本次新增', offers: first }];
  subjectsOf(shelf.offers).forEach(function (each) {
    found.push({ name: each.name, offers: those(function (o) {
      return o.subject === each.name && !o.new && !o.asked;
    }) });
  });
  return found.filter(function (group) { return group.offers.length; });
}

function drawCards() {
  var box = empty(byId('cards')), left = list.most, all = 0, found = groups();
  found.forEach(function (group) {
    all += group.offers.length;
    if (left <= 0) { return; }
    if (group.name) { box.appendChild(make('h2', '', group.name)); }
    group.offers.slice(0, left).forEach(function (offer) { box.appendChild(card(offer)); });
    left -= group.offers.length;
  });
  tellFound(all);
  var rest = all - list.most;
  shown(byId('more-row'), rest > 0);
  if (rest > 0) { say(byId('more'), '往下还有 ' + rest + ' 个节目，点这里接着看'); }
}

function tellFound(count) {
  var line = byId('found'), asking = wordsOf(list.query).length > 0;
  empty(line);
  shown(line, asking);
  if (!asking) { return; }
  if (count) {
    say(line, '找到 ' + count + ' 个节目：');
    return;
  }
  put(line, [make('div', '', '没有找到“' + list.query + '”。请少写几个字再试，或点上面的分类看看。')]);
  if (shelf.feedback) {
    line.appendChild(button('想要这个节目，请县里下次带来', 'big go', function () {
      wish(list.query);
    }));
  }
}

function card(offer) {
  var node = make('a', 'card');
  node.href = '#play-' + offer.n + '-1';
  var facts = lasting(offer.minutes) + (offer.episodes.length > 1 ? '，共' + offer.episodes.length + '集' : '');
  var more = [offer.subject, offer.dialect].filter(Boolean).join('　');
  var marks = make('span', 'marks');
  if (offer.asked) { marks.appendChild(make('span', 'mark asked', '你们要的')); }
  if (offer.new) { marks.appendChild(make('span', 'mark new', '新')); }
  return put(node, [
    put(poster(offer), [marks, make('span', 'number', offer.n + '号')]),
    make('span', 'name', offer.title),
    make('span', 'facts', facts),
    make('span', 'facts', more),
    offer.audience.length ? make('span', 'facts', '适合' + offer.audience.join('、')) : null
  ]);
}

function poster(offer) {
  var box = make('span', 'poster'), path = offer.episodes.length ? offer.episodes[0].poster : '';
  box.appendChild(make('span', 'letters', offer.title.replace(/[^\u3400-\u9fff\w]/g, '').substr(0, 4)));
  if (path) {
    var picture = make('img');
    picture.alt = '';
    picture.onerror = function () { box.removeChild(picture); };
    picture.src = address(path);
    box.appendChild(picture);
  }
  return box;
}

/* Arrows go from card to card, up and down by where they are on the screen. */
function arrow(code) {
  var cards = byId('cards').getElementsByTagName('a'), here = document.activeElement, at = -1, i;
  for (i = 0; i < cards.length; i += 1) { if (cards[i] === here) { at = i; } }
  if (at < 0) {
    if (code !== 40 || !cards.length) { return false; }
    focusOn(cards[0]);
    return true;
  }
  if (code === 37 || code === 39) { at += code === 37 ? -1 : 1; } else { at = nextRow(cards, at, code === 40); }
  if (at < 0) { focusOn(byId('query')); window.scrollTo(0, 0); return true; }
  focusOn(at < cards.length ? cards[at] : byId('more'));
  return true;
}

function nextRow(cards, at, down) {
  var from = cards[at].getBoundingClientRect(), best = down ? cards.length : -1, top = null;
  for (var i = at + (down ? 1 : -1); i >= 0 && i < cards.length; i += down ? 1 : -1) {
    var to = cards[i].getBoundingClientRect();
    if (Math.abs(to.top - from.top) < 20) { continue; }
    if (top !== null && Math.abs(to.top - top) > 20) { break; }
    top = to.top;
    if (best < 0 || best >= cards.length ||
        Math.abs(to.left - from.left) < Math.abs(cards[best].getBoundingClientRect().left - from.left)) { best = i; }
  }
  return best;
}
