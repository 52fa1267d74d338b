/* 需求登记 and 播放登记: what a site wants, what it has shown; and the receipt code. */

var forms = { wanted: null, showed: null };

function field(label, control, hint) {
  var box = make('div', 'field');
  put(box, [make('div', 'label', label), hint ? make('div', 'hint', hint) : null, control]);
  var wrong = make('div', 'wrong off');
  wrong.setAttribute('role', 'alert');
  box.appendChild(wrong);
  /* The complaint goes as soon as somebody sees to it. */
  ['input', 'change', 'click'].forEach(function (name) {
    box.addEventListener(name, function () { shown(wrong, false); });
  });
  return { box: box, wrong: wrong };
}

function complain(one, text) {
  say(one.wrong, text);
  shown(one.wrong, text !== '');
  if (text && one.box.scrollIntoView) { one.box.scrollIntoView(); }
  return text === '';
}

function input(most) {
  var node = make('input');
  node.type = 'text';
  node.maxLength = most;
  node.setAttribute('autocomplete', 'off');
  return node;
}

/* Large buttons of which one is pressed; `none` may be chosen again to press none. */
function choice(pairs, first) {
  var box = make('div', 'choice'), value = first;
  function draw() {
    empty(box);
    pairs.forEach(function (pair) {
      var node = button(pair[1], pair[0] === value ? 'chosen' : '', function () {
        value = pair[0];
        draw();
        focusOn(box.getElementsByTagName('button')[pairs.indexOf(pair)]);
      });
      node.setAttribute('aria-pressed', pair[0] === value ? 'true' : 'false');
      box.appendChild(node);
    });
  }
  draw();
  return { node: box, value: function () { return value; }, set: function (to) { value = to; draw(); } };
}

/* A day as three lists, which need no typing. An old computer whose clock has stopped says 1980 or
   2009: then nothing is filled in. */
function dayField() {
  var box = make('div', 'day'), now = new Date(), first = Number(shelf.on.substr(0, 4));
  var trusted = isoDay(now) >= shelf.on && now.getFullYear() < first + 10;
  var last = trusted ? now.getFullYear() : first + 3, lists = [];
  function one(from, to, unit, chosen) {
    var node = make('select'), i;
    node.appendChild(make('option', '', '请选'));
    node.options[0].value = '';
    for (i = from; i <= to; i += 1) {
      var option = make('option', '', i + unit);
      option.value = String(i);
      node.appendChild(option);
    }
    node.value = trusted ? String(chosen) : '';
    node.setAttribute('aria-label', unit);
    lists.push(node);
    box.appendChild(node);
  }
  one(first - 1, last, '年', now.getFullYear());
  one(1, 12, '月', now.getMonth() + 1);
  one(1, 31, '日', now.getDate());
  return {
    node: box,
    trusted: trusted,
    value: function () {
      var y = Number(lists[0].value), m = Number(lists[1].value), d = Number(lists[2].value);
      var day = new Date(y, m - 1, d);
      if (!y || !m || !d || day.getMonth() !== m - 1) { return { on: '', why: '请选好年、月、日' }; }
      if (trusted && day > now) { return { on: '', why: '这一天还没有到，请再看看' }; }
      return { on: isoDay(day), why: '' };
    }
  };
}

function dayHint(day) { return day.trusted ? '' : '这台电脑的日期不对，请您自己选'; }

/* -- 需求登记 -- */

function startRequest() {
  var view = byId('view-request'), kept = make('div', 'kept');
  var words = make('textarea'), who = input(30), day = dayField();
  words.rows = 3;
  words.maxLength = 500;
  words.setAttribute('placeholder', '比如：棚里黄瓜叶子发黄，想看怎么治');
  var subject = choice([['', '说不清']].concat(shelf.areas), '');
  var like = picker(1, function () { return undefined; });
  var asks = field('想看什么？用自己的话写', words);
  var what = field('大概是哪一类？', subject.node);
  var model = field('跟硬盘上哪个节目差不多？（可以不填）', like.node);
  var from = field('谁要的？（姓名，或者“养羊户”这样说）', who);
  var when = field('哪一天？', day.node, dayHint(day));
  put(view, [make('h1', '', '需求登记：想看什么，告诉县里'), asks.box, what.box, model.box, from.box, when.box,
    button('保存', 'big go', save), kept]);

  function save() {
    var text = words.value.replace(/\s+/g, ' ').replace(/^ | $/g, ''), on = day.value();
    var programme = like.chosen()[0] || '';
    var good = complain(when, on.why);
    good = complain(asks, text || programme || subject.value() ? '' : '请写一句想看什么，或者选一类') && good;
    if (!good) { return; }
    keep({ entry: 'request', on: on.on, text: text, subject: subject.value(),
      asked_by: who.value.replace(/^\s+|\s+$/g, ''), programme: programme }, kept);
    words.value = '';
    like.clear();
    subject.set('');
  }
  forms.wanted = { words: words, like: like, kept: kept };
}

function keep(entry, kept) {
  if (notes.length >= MOST_NOTES) { notes.shift(); }
  notes.push(entry);
  rememberNotes();
  saveNotes(kept, entry);
}

function wish(text, id) {
  window.location.hash = '#request';
  if (text) { forms.wanted.words.value = '想看：' + text; }
  if (id) { forms.wanted.like.clear(); forms.wanted.like.add(id); }
  focusOn(forms.wanted.words);
}

/* -- 播放登记 -- */

function startScreening() {
  var view = byId('view-screening'), kept = make('div', 'kept');
  var day = dayField(), people = input(6), who = input(30), proposed = make('div', 'finds');
  var titles = picker(20, propose);
  var kind = choice(shelf.kinds, '');
  people.setAttribute('inputmode', 'numeric');
  var what = field('放了哪些节目？', put(make('div'), [proposed, titles.node]));
  var many = field('多少人看？（大概数也行）', people);
  var sort = field('是哪一种放映？', kind.node);
  var when = field('哪一天放的？', day.node, dayHint(day));
  var by = field('谁记的？', who);
  put(view, [make('h1', '', '播放登记：放了什么，多少人看'), what.box, many.box, sort.box, when.box, by.box,
    button('保存', 'big go', save), kept]);

  /* What was just watched is proposed: one press takes it. */
  function propose() {
    empty(proposed);
    if (!forms.showed) { return; }
    play.watched.slice(-4).reverse().forEach(function (id) {
      if (titles.chosen().indexOf(id) < 0) {
        proposed.appendChild(button('＋ 刚放过：' + named(offerById(id)), 'find', function () { titles.add(id); }));
      }
    });
  }

  function save() {
    var on = day.value(), count = people.value.replace(/[\uff10-\uff19]/g, function (wide) {
      return String.fromCharCode(wide.charCodeAt(0) - 0xfee0);
    }).replace(/[^0-9]/g, '');
    var good = complain(when, on.why);
    good = complain(sort, kind.value() ? '' : '请选一个') && good;
    good = complain(many, count === '' || Number(count) > 100000 ? '请写人数，比如 85' : '') && good;
    good = complain(what, titles.chosen().length ? '' : '请选至少一个节目') && good;
    if (!good) { return; }
    keep({ entry: 'screening', on: on.on, programmes: titles.chosen(), attendance: Number(count),
      kind: kind.value(), recorded_by: who.value.replace(/^\s+|\s+$/g, '') }, kept);
    titles.clear();
    people.value = '';
    play.watched = [];
    propose();
  }
  forms.showed = { titles: titles, kept: kept, propose: propose };
}

function screened(id) {
  window.location.hash = '#screening';
  forms.showed.titles.add(id);
}

/* -- 签收 -- */

function startReceipt() {
  var view = byId('view-receipt'), told = window.XIAXIANG && window.XIAXIANG.code;
  var good = typeof told === 'string' && /^[0-9A-Z]{1,8}(-[0-9A-Z]{1,8}){1,4}$/.test(told);
  put(view, [make('h1', '', '签收：硬盘收到了，告诉县里')]);
  if (!good) {
    view.appendChild(make('p', 'aloud', '这里没有签收码。请' + callThem() + '，说硬盘' + (shelf.drive ? ' ' + shelf.drive : '') + '收到了。'));
    return;
  }
  put(view, [
    make('p', 'aloud', '签收码：'),
    make('p', 'code huge', told),
    put(make('ol'), [
      make('li', '', callThem() + '。'),
      make('li', '', '说：“' + [shelf.siteName, '硬盘 ' + shelf.drive + ' 收到了'].filter(Boolean).join('，') + '。”'),
      make('li', '', '把上面的签收码一个一个念给对方听。中间的横线不用念。'),
      make('li', '', '对方说“对”，就签收好了。')
    ])
  ]);
}
