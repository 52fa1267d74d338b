/* The digits that are read out by phone instead of a file; phone_code.py reads them. */

function padded(number, size) {
  var text = String(number);
  while (text.length < size) { text = '0' + text; }
  return text;
}

/* ISO 7064, MOD 97-10: by digit, since the number is longer than JavaScript counts. */
function checkDigits(digits) {
  var rest = 0, all = digits + '00';
  for (var i = 0; i < all.length; i += 1) { rest = (rest * 10 + Number(all.charAt(i))) % 97; }
  return padded(98 - rest, 2);
}

function placeOf(pairs, code) {
  for (var i = 0; i < pairs.length; i += 1) { if (pairs[i][0] === code) { return i + 1; } }
  return 0;
}

function numbersOf(ids) {
  return ids.map(function (id) { var offer = offerById(id); return offer ? offer.n : 0; });
}

/* The code of an entry, in groups of four; '' where digits cannot say it. */
function phoneCode(entry) {
  var day = entry.on.replace(/-/g, '').substr(4);
  var head = padded(shelf.number % 100, 2) + day, digits = '';
  if (entry.entry === 'request') {
    if (entry.programme) {
      digits = withNumbers('2' + head, numbersOf([entry.programme]));
    } else if (entry.subject && !entry.text) {
      digits = '1' + head + padded(placeOf(shelf.areas, entry.subject), 2);
    }
  } else if (entry.programmes.length <= 4 && entry.attendance <= 99999) {
    digits = withNumbers('3' + head + placeOf(shelf.kinds, entry.kind) +
      padded(entry.attendance, 5) + entry.programmes.length, numbersOf(entry.programmes));
  }
  return digits ? (digits + checkDigits(digits)).replace(/(\d{4})(?=\d)/g, '$1 ') : '';
}

function withNumbers(digits, numbers) {
  for (var i = 0; i < numbers.length; i += 1) {
    if (!numbers[i] || numbers[i] > 9999) { return ''; }
    digits += padded(numbers[i], 4);
  }
  return digits;
}
