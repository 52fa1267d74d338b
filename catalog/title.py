"""Title, series and episode out of a file's name; a guess, which a person may correct."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_FROM_ONE = _DIGITS[1:]
_NUMERAL = "零〇○一二三四五六七八九十百两0-9"
_PARTS = {"上": 1, "中": 2, "下": 3}

_EXTENSION = re.compile(
    r"\.(?:mp[eg24]|mpeg|mp3|m4[va]|m[12]v|avi|wm[va]|asf|rm|rmvb|f[l4]v|mkv|mov|qt|3g[p2]|m?ts|"
    r"m2ts|vob|dat|webm|og[vmg]|wav|aac|flac|mxf|divx|dv|swf|iso|ya?ml)$",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[[^\[\]]*\]|【[^【】]*】|\{[^{}]*\}|［[^［］]*］")
_ROUND = re.compile(r"\(([^()]*)\)")
_SITE = re.compile(
    r"(?:https?://)?(?:www\.)[\w.-]+|[\w-]+\.(?:com|net|org|cn|cc|tv|gov|edu)\b(?:\.cn)?",
    re.IGNORECASE | re.ASCII,
)
# Words of the download trade; dialects and kinds of opera are no junk and stay in the title.
_JUNK_WORD = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:240|288|360|480|540|576|720|1080|2160)[pi]|4k|[hx]\.?26[45]|hevc|avc|"
    r"aac|mp3|ac3|dvdrip|vcdrip|tvrip|webrip|web-?dl|hdtv|bd|hd|hq|dvd|vcd|rmvb|xvid|divx|"
    r"mpeg-?[124]?|\d{3,4}x\d{3,4}|\d{2}fps)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_JUNK_CHINESE = re.compile(
    r"(?:超清|高清|标清|蓝光)(?:完整)?(?:版|下载)?|(?:完整|无水印|未删减|流畅|网络|最新)版|"
    r"(?:中文?|双语)字幕|中字|免费下载"
)
_GLUED = re.compile(r"(?<=[\w》)]{2})(?:(?:超清|高清|标清|蓝光)(?:完整)?版?|完整版)$")
_FAREWELL = re.compile(r"\s*[-_]?\s*(?:副本|复件|copy(?:\s*of)?)(?:\s*\(?\d*\)?)?$", re.IGNORECASE)
_COPIED_FIRST = re.compile(r"^(?:复件(?:\s*\(\d+\))?|copy of)\s+", re.IGNORECASE)

_COUNTED = re.compile(
    rf"[第](?P<n>[{_NUMERAL}]{{1,5}})\s*(?P<unit>(?:部分|[集讲课回期部章节场折辑]))|"
    rf"(?P<m>[0-9]{{1,3}})\s*(?P<unit2>[集讲课])(?![\w])"
)
_LATIN = re.compile(
    r"(?<![A-Za-z])(?:S[0-9]{1,2})?(?:EP|E|Part|Vol|CD|Disc)[\s._-]?(?P<n>[0-9]{1,3})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?:(?<=[\s_·—-])|(?<=》)|(?<=\())(?P<p>[上中下])(?P<unit>[集部篇卷]?)(?=$|[\s_)·—-])|"
    r"(?P<q>[上中下])(?P<unit2>[集部篇])$"
)
_TAIL = re.compile(
    r"(?:[\s_-]+|(?<=[》)]))(?P<n>[0-9]{1,3})$|\((?P<m>[0-9]{1,3})\)$|"
    r"(?<=[\u4e00-\u9fff])(?P<k>0[0-9]{1,2})$"
)
_SERIAL = re.compile(r"^(?P<n>[0-9]{1,4})\s*[.、．_\-—)）:：\s]+\s*(?=\S)")
_QUOTED = re.compile(r"《([^《》]+)》")
_EDGES = " \t_-—–.·,，、:：;；|~+=&!！#"
_DOUBTFUL = re.compile(
    r"[\W\d_]*|(?:MVI|IMG|DSC[NF]?|VID|MOV|CLIP|GOPR|PICT|REC|VIDEO|FILE|MAH|SDC|VTS|AVSEQ|TRACK|"
    r"新建.*|录像|视频|未命名|无标题|untitled|noname|movie|output|new)[\s_-]*[0-9_\-\s]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """What a file's name seems to say. `episode` counts from 1, 0 where none is told; `part` is
    上, 中 or 下 where the number comes from one (下 is given as 3: whether there is a 中 is not in
    the name); `of_title` is this episode's own name; `doubtful`: hardly a title at all.
    """

    title: str
    episode: int = 0
    series: str = ""
    of_title: str = ""
    part: str = ""
    doubtful: bool = False


def read_name(file_name: str) -> Name:
    """The guess for a file name, with or without folders and extension; the name is not changed.

    Names whose bytes were not UTF-8 (surrogates, as Python gives them) are read as GB18030.
    """
    text = _cleaned(_EXTENSION.sub("", _last_part(_recovered(file_name).strip()).strip()))
    text, serial = _without_serial(text)
    episode, part, before, after = _episode(text)
    title, series, of_title = _named(before, after)
    if not title:
        title = _trimmed(text) or _trimmed(_recovered(file_name))
    if not episode and serial and (series or of_title):
        episode = serial
    return Name(title, episode, series, of_title, part, is_doubtful(title))


def bare_title(text: str) -> str:
    """A title without blanks around and the 《》 that enclose it as a whole."""
    text = " ".join(text.split())
    found = _QUOTED.fullmatch(text)
    return found[1].strip() if found else text


def is_doubtful(title: str) -> bool:
    """Whether a text is hardly a title: only digits and signs, or a camera's or program's name."""
    letters = [letter for letter in title if letter.isalpha()]
    if _COUNTED.fullmatch(title) or _LATIN.fullmatch(title):
        return True
    return len(letters) < 2 or bool(_DOUBTFUL.fullmatch(title)) or bool(_SITE.fullmatch(title))


def same_title(title: str) -> str:
    """What two writings of one title have in common: for comparing, never for showing."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "".join(letter for letter in folded if letter.isalnum() or letter in "+#")


def numeral(text: str) -> int:
    """The number written in Chinese or other digits (up to 999), 0 if it is none.

    >>> numeral("二十三"), numeral("〇三"), numeral("03"), numeral("一百零八")
    (23, 3, 3, 108)
    """
    text = unicodedata.normalize("NFKC", text).replace("两", "二")
    text = re.sub("[〇○]", "零", text)
    if text.isascii() and text.isdigit():
        return int(text)
    found = re.fullmatch(
        rf"(?:([{_FROM_ONE}])百)?零?(?:([{_FROM_ONE}]?)(十))?([{_FROM_ONE}]?)", text
    )
    if found and text:
        hundreds, tens, ten, ones = found.groups()
        return 100 * _digit(hundreds) + (10 * (_digit(tens) or 1) if ten else 0) + _digit(ones)
    if all(letter in _DIGITS for letter in text):
        return int("".join(str(_DIGITS.index(letter)) for letter in text) or 0)
    return 0


def repaired(text: str) -> str:
    """A text whose GB18030 bytes were taken for Latin-1 (ÖÐ¹ú) put right; others unchanged."""
    high = re.findall("[^\x00-\x7f]+", text)
    if not high or not all(re.fullmatch("(?:[\xa1-\xfe]{2})+", run) for run in high):
        return text
    return text.encode("latin-1").decode("gb18030", "replace")


def _digit(text: str | None) -> int:
    return _DIGITS.index(text) if text else 0


def _last_part(name: str) -> str:
    return re.split(r"[/\\]", name.rstrip("/\\"))[-1]


def _recovered(name: str) -> str:
    """Surrogate-escaped bytes as GB18030; what is not even that becomes a replacement mark."""
    if name.isprintable() and not re.search("[\ud800-\udfff]", name):
        return name
    data = name.encode("utf-8", "surrogateescape" if _escaped(name) else "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("gb18030", "replace").replace("\ufffd", "")


def _escaped(name: str) -> bool:
    return not re.search("[\ud800-\udc7f\udd00-\udfff]", name)


def _cleaned(text: str) -> str:
    """Without brackets and words of the download trade, and pictures; wide signs narrowed."""
    text = "".join(c for c in text if unicodedata.category(c) not in ("So", "Sk", "Cf", "Cc", "Co"))
    text = _COPIED_FIRST.sub("", _narrowed(text))
    text = _SITE.sub(" ", text)
    text = _BRACKETED.sub(_kept_bracket, text)
    text = _ROUND.sub(_kept_round, text)
    text = _JUNK_WORD.sub(" ", text)
    return " ".join(_FAREWELL.sub("", text).split())


def _narrowed(text: str) -> str:
    """Full-width letters, digits and brackets as narrow ones; Chinese punctuation stays."""
    wide = "（）－＿．"
    return "".join(
        unicodedata.normalize("NFKC", c) if c in wide or (c > "\uff00" and c.isalnum()) else c
        for c in text
    )


def _kept_bracket(found: re.Match[str]) -> str:
    inner = found[0][1:-1]
    return f" {inner} " if _COUNTED.search(inner) or _LATIN.search(inner) or _tells(inner) else " "


def _tells(inner: str) -> bool:
    """Whether what stands in square brackets says something about the contents."""
    return bool(re.search(r"[剧戏腔曲]$|方言|话$", inner)) or inner in _PARTS


def _kept_round(found: re.Match[str]) -> str:
    inner = found[1].strip()
    junk = _JUNK_CHINESE.fullmatch(inner) or not _JUNK_WORD.sub("", _SITE.sub("", inner)).strip()
    return " " if junk else found[0]


def _without_serial(text: str) -> tuple[str, int]:
    """The text without a leading number of order (01. 003、 12_), and that number."""
    found = _SERIAL.match(text)
    if not found or re.match(r"[0-9]{4}\s", text):
        return text, 0
    return text[found.end() :], int(found["n"])


def _episode(text: str) -> tuple[int, str, str, str]:
    """Episode number, 上中下 if told so, what stands before and after it; or the whole text."""
    for pattern in (_COUNTED, _LATIN, _PART, _TAIL):
        for found in pattern.finditer(text):
            number, part = _number_of(found)
            before, after = text[: found.start()], text[found.end() :]
            if number and (_trimmed(before) or _trimmed(after)):
                return number, part, before, after
    return 0, "", text, ""


def _number_of(found: re.Match[str]) -> tuple[int, str]:
    groups = found.groupdict()
    if part := groups.get("p") or groups.get("q"):
        return _PARTS[part], part
    told = groups.get("n") or groups.get("m") or groups.get("k") or ""
    return numeral(told), ""


def _named(before: str, after: str) -> tuple[str, str, str]:
    """Title, series and the episode's own name, from what stands around the number."""
    title, rest = _trimmed(before), _trimmed(after)
    if not title:
        return rest, "", ""
    series = ""
    if found := re.fullmatch(r"《([^《》]+)》[\s_—:：·-]*《([^《》]+)》", title):
        series, title = found[1], f"《{found[2]}》"
    return bare_title(title), series, bare_title(rest)


def _trimmed(text: str) -> str:
    """Without signs at both ends and empty brackets; underscores between words become blanks."""
    text = re.sub(r"\(\s*\)|《\s*》|「\s*」", " ", text)
    text = re.sub(r"_+", " ", text)
    if text.count("(") != text.count(")"):
        text = text.strip("() ")
    return _without_junk_ends(" ".join(text.split()).strip(_EDGES))


def _without_junk_ends(text: str) -> str:
    """Words such as 高清版 are junk at the ends of a name only; inside they may mean something."""
    words = text.split(" ")
    while len(words) > 1 and _JUNK_CHINESE.fullmatch(words[-1]):
        words.pop()
    while len(words) > 1 and _JUNK_CHINESE.fullmatch(words[0]):
        words.pop(0)
    text = " ".join(words).strip(_EDGES)
    return bare_title(_GLUED.sub("", text).strip(_EDGES)) or text
