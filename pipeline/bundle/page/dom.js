/* Elements, dates and addresses. All text goes into the page as text, never as HTML. */

function byId(id) { return document.getElementById(id); }

function make(tag, kind, text) {
  var node = document.createElement(tag);
  if (kind) { node.className = kind; }
  if (text !== undefined && text !== null) { node.appendChild(document.createTextNode(String(text))); }
  return node;
}

function put(parent, children) {
  for (var i = 0; i < children.length; i += 1) {
    if (children[i]) { parent.appendChild(children[i]); }
  }
  return parent;
}

function empty(node) {
  while (node.firstChild) { node.removeChild(node.firstChild); }
  return node;
}

function say(node, text) { empty(node).appendChild(document.createTextNode(text)); }

function marked(node, kind, on) {
  var kept = (' ' + node.className + ' ').split(' ' + kind + ' ').join(' ');
  node.className = (kept + (on ? ' ' + kind : '')).replace(/^\s+|\s+$/g, '').replace(/\s+/g, ' ');
}

function shown(node, on) { marked(node, 'off', !on); }

function button(text, kind, press) {
  var node = make('button', kind, text);
  node.type = 'button';
  node.onclick = press;
  return node;
}

function focusOn(node) {
  if (node && node.focus) { node.focus(); }
}

function readJson(id) {
  var node = byId(id);
  try { return JSON.parse(node.textContent || node.text); } catch (ignored) { return null; }
}

/* Chinese stays as it is: browsers make UTF-8 of it, where Internet Explorer would read the
   escapes of a file's address in the system's own charset. "./" keeps it from being a scheme. */
function address(path) {
  return './' + path.replace(/[\u0000- "#%<>?\[\\\]\^\u0060{|}]/g, function (sign) {
    var code = sign.charCodeAt(0).toString(16).toUpperCase();
    return '%' + (code.length < 2 ? '0' + code : code);
  });
}

function two(number) { return (number < 10 ? '0' : '') + number; }

function isoDay(day) {
  return day.getFullYear() + '-' + two(day.getMonth() + 1) + '-' + two(day.getDate());
}

function chineseDay(iso) {
  var parts = iso.split('-');
  return Number(parts[0]) + '年' + Number(parts[1]) + '月' + Number(parts[2]) + '日';
}

function lasting(minutes) {
  if (minutes < 90) { return minutes + '分钟'; }
  var rest = minutes % 60;
  return Math.floor(minutes / 60) + '小时' + (rest ? rest + '分' : '');
}

/* What the page knows; the numbers of the programmes are those people say by phone. */
var shelf = readJson('shelf');

function offerById(id) {
  for (var i = 0; i < shelf.offers.length; i += 1) {
    if (shelf.offers[i].id === id) { return shelf.offers[i]; }
  }
  return null;
}

function callThem() {
  return '打电话给' + (shelf.centre || '县图书馆') + (shelf.phone ? '，电话 ' + shelf.phone : '');
}
