/* Choosing programmes inside a form: type, press one of the finds, see it among the chosen. */

function picker(most, changed) {
  var box = make('div', 'picker'), chosen = [], taken = make('div', 'taken'), finds = make('div', 'finds');
  var query = make('input');
  query.type = 'text';
  query.maxLength = 40;
  query.setAttribute('placeholder', '打片名，或拼音头一个字母，或编号');
  query.oninput = query.onkeyup = look;
  query.onkeydown = function (event) {
    if ((event.keyCode || event.which) === 13) {
      var first = finds.getElementsByTagName('button')[0];
      if (first) { first.onclick(); }
      return false;
    }
    return true;
  };

  function look() {
    empty(finds);
    if (!wordsOf(query.value).length) { return; }
    var found = find(query.value, shelf.offers).slice(0, 6);
    found.forEach(function (offer) {
      finds.appendChild(button('＋ ' + named(offer), 'find', function () { add(offer.id); }));
    });
    if (!found.length) { finds.appendChild(make('span', '', '这块硬盘上没有这个节目')); }
  }

  function draw() {
    empty(taken);
    chosen.forEach(function (id) {
      var offer = offerById(id);
      put(taken, [put(make('div', 'one'), [
        make('span', '', '✔ ' + named(offer)),
        button('去掉', 'small', function () {
          chosen.splice(chosen.indexOf(id), 1);
          draw();
        })
      ])]);
    });
    shown(query, chosen.length < most);
    changed();
  }

  function add(id) {
    if (offerById(id) && chosen.indexOf(id) < 0 && chosen.length < most) { chosen.push(id); }
    query.value = '';
    empty(finds);
    draw();
  }

  put(box, [taken, query, finds]);
  return {
    node: box,
    query: query,
    add: add,
    chosen: function () { return chosen.slice(); },
    clear: function () { chosen = []; query.value = ''; empty(finds); draw(); }
  };
}

function named(offer) { return offer.n + '号　' + offer.title; }
