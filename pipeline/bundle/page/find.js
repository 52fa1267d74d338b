/* Finding programmes by characters, or by pinyin as it is typed: sdx, sandixue, sandx. */

function plain(text) {
  return text.replace(/[\uff01-\uff5e]/g, function (wide) {
    return String.fromCharCode(wide.charCodeAt(0) - 0xfee0);
  }).replace(/[\u3000\s《》〈〉「」“”‘’、，。：；！？·,.:;!?'"()（）-]+/g, ' ').toLowerCase();
}

function wordsOf(text) {
  var found = [], parts = plain(text).substr(0, 40).split(' ');
  for (var i = 0; i < parts.length; i += 1) {
    if (parts[i]) { found.push(parts[i]); }
  }
  return found;
}

/* Whether `typed` is used up by the beginnings of the syllables from number `at` on. */
function eaten(typed, syllables, at) {
  if (!typed) { return true; }
  if (at >= syllables.length) { return false; }
  var readings = syllables[at].split('/');
  for (var r = 0; r < readings.length; r += 1) {
    for (var size = Math.min(readings[r].length, typed.length); size > 0; size -= 1) {
      if (readings[r].substr(0, size) === typed.substr(0, size) &&
          eaten(typed.substr(size), syllables, at + 1)) { return true; }
    }
  }
  return false;
}

function pinyinPlace(typed, line) {
  var syllables = line.split(' ');
  for (var at = 0; at < syllables.length; at += 1) {
    if (eaten(typed, syllables, at)) { return at; }
  }
  return -1;
}

/* How well a word fits a programme: 0 best, -1 not at all. */
function fit(word, offer) {
  var title = offer.plain || (offer.plain = plain(offer.title));
  var at = title.indexOf(word);
  if (at < 0) { at = title.replace(/ /g, '').indexOf(word); }
  if (at >= 0) { return at < 2 ? 0 : 1; }
  if (/^[a-z0-9]+$/.test(word)) {
    for (var i = 0; i < offer.typed.length; i += 1) {
      var place = pinyinPlace(word, offer.typed[i]);
      if (place >= 0) { return i === 0 ? (place === 0 ? 1 : 2) : 3; }
    }
  }
  if (word === String(offer.n) || word === offer.n + '号') { return 0; }
  return offer.words.indexOf(word) >= 0 ? 4 : -1;
}

/* Programmes that fit every word, the best first; all of them where nothing is asked. */
function find(text, offers) {
  var words = wordsOf(text), found = [];
  for (var i = 0; i < offers.length; i += 1) {
    var rank = 0;
    for (var w = 0; w < words.length && rank >= 0; w += 1) {
      var one = fit(words[w], offers[i]);
      rank = one < 0 ? -1 : rank + one;
    }
    if (rank >= 0) { found.push({ rank: rank, n: offers[i].n, offer: offers[i] }); }
  }
  if (words.length) { found.sort(function (a, b) { return a.rank - b.rank || a.n - b.n; }); }
  return found.map(function (one) { return one.offer; });
}

/* The first letters of a title, to show how one searches. */
function initials(offer) {
  return (offer.typed[0] || '').split(' ').map(function (one) { return one.charAt(0); }).join('');
}
