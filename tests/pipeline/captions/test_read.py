"""Subtitle files of all sorts become cues; whatever else a file holds is refused or left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Failure, Refusal
from pipeline.captions.cue import MOST_BYTES, MOST_CUES, Cue
from pipeline.captions.read import Survey, chinese, read, survey

SRT = """1
00:00:01,000 --> 00:00:03,000
<i>你们好</i>，乡亲们

2
00:00:03,500 --> 00:00:05,250
今年的苹果收成比去年好得多
100

3
0:0:6.5 -> 00:00:07
100
"""
TRADITIONAL = "1\n00:00:01,000 --> 00:00:03,000\n我們在山上種蘋果，今年收成好嗎？這個問題很難說\n"
ASS = r"""[Script Info]
ScriptType: v4.00+
PlayResY: 720
[V4+ Styles]
Format: Name, Fontname, Alignment
Style: Sign,Arial,8
[Events]
Format: Layer, Start, End, Style, Text
Comment: 0,0:00:00.00,0:00:09.00,Sign,不是字幕
Dialogue: 0,0:00:01.00,0:00:02.50,Sign,{\k20}你{\k20}好，\N再见
Dialogue: 0,0:00:03.00,0:00:04.00,Talk,{\p1}m 0 0 l 9 9{\p0}画
Dialogue: 0,0:00:05.00,0:00:06.00,Talk,{\pos(10,600)\fnArial}路牌 \{一\} { 二
Dialogue: 0,0:00:07.00,0:00:08.00,Talk,{\an8}上面
"""


def said(data: bytes) -> list[tuple[int, int, str]]:
    return [(one.begin, one.end, one.text) for one in read(data, "x")]


@pytest.mark.parametrize(
    "charset",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"],
)
def test_srt_is_read_in_any_charset(charset: str) -> None:
    """Tags go, lines stay, and a number that is text is not taken for the next cue's number."""
    found = said(SRT.encode(charset))

    assert found == [
        (1000, 3000, "你们好，乡亲们"),
        (3500, 5250, "今年的苹果收成比去年好得多\n100"),
        (6500, 7000, "100"),
    ]


def test_big5_is_told_from_gb18030() -> None:
    """Traditional characters in Big5 are not read as rare ones of GB18030, nor the reverse."""
    for charset in ("big5", "gb18030"):
        (one,) = said(TRADITIONAL.encode(charset))

        assert one[2] == TRADITIONAL.split("\n")[2]


def test_carriage_returns_and_stray_controls_are_no_obstacle() -> None:
    """Lines may end as on any system, and a NUL or an end-of-file mark is passed over."""
    data = SRT.replace("\n", "\r\n").encode() + b"\x1a\x00"

    assert said(data) == said(SRT.encode()) == said(SRT.replace("\n", "\r").encode())


def test_cues_that_no_blank_line_parts_are_read() -> None:
    """The number of the next cue is left out even where it follows the text directly."""
    text = "1\n00:00:01,000 --> 00:00:02,000\n一\n2\n00:00:03,000 --> 00:00:04,000\n二\n"

    assert [one[2] for one in said(text.encode())] == ["一", "二"]


def test_vtt_is_read_without_its_notes_and_styles() -> None:
    """Only cues are read; a line setting near the top, or \\an8, puts a cue there."""
    text = (
        "WEBVTT - 标题\n\nSTYLE\n::cue { color: red }\n\nNOTE\n不是字幕\n\nREGION\nid:fred\n\n"
        "第一句\n00:01.000 --> 00:02.000 line:10% align:start\n<v 老王>你好</v> &lt;3&gt;\n\n"
        "00:00:03.000 --> 00:00:04.000 line:-1\n"
        "<c.yellow>再<00:00:03.500>见</c><br>&amp;&#x7b;x&#125;\n"
    )

    assert read(text.encode(), "x") == (
        Cue(1000, 2000, "你好 <3>", top=True, line=13),
        Cue(3000, 4000, "再见\n&(x)", line=16),
    )


def test_ass_keeps_words_and_height_only() -> None:
    """Karaoke, drawings, fonts and comments go; style, \\an and \\pos say top or bottom."""
    found = [(one.text, one.top, one.line) for one in read(ASS.encode(), "x")]

    assert found == [
        ("你好，\n再见", True, 10),
        ("画", False, 11),
        ("路牌 (一) ( 二", False, 12),
        ("上面", True, 13),
    ]


def test_ssa_counts_places_in_its_own_way() -> None:
    """In SSA, 6 is the top and 8 is not."""
    text = (
        "[V4 Styles]\nFormat: Name, Alignment\nStyle: T,6\nStyle: B,2\n[Events]\n"
        "Format: Marked, Start, End, Style, Text\n"
        "Dialogue: Marked=0,0:00:01.00,0:00:02.00,T,上\n"
        "Dialogue: Marked=0,0:00:03.00,0:00:04.00,*B,下\n"
    )

    assert [(one.text, one.top) for one in read(text.encode(), "x")] == [
        ("上", True),
        ("下", False),
    ]


def test_odd_times_are_mended() -> None:
    """A cue that ends before it begins stands two seconds; one before the start is cut."""
    text = (
        "00:00:05,000 --> 00:00:04,000\n倒\n\n-00:00:01,000 --> 00:00:01,000\n早\n\n"
        "-00:00:09,000 --> -00:00:01,000\n没\n\n9999:00:00,000 --> 9999:00:01,000\n远\n"
    )

    assert said(text.encode()) == [(0, 1000, "早"), (5000, 7000, "倒")]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "no subtitle with a time"),
        ("农村科技\n苹果".encode(), "no subtitle with a time"),
        (b"a" * (MOST_BYTES + 1), "larger than 8192 KiB"),
        (b"1\n00:00:01,000 --> 00:00:03,000\n" + b"long " * 500, "more than 2000 characters"),
        (b"00:00:01,000 --> 00:00:02,000\nx\n" * (MOST_CUES + 1), "more than 50000 subtitles"),
        (b"00:00:01,000 --> 00:00:02,000\n\xff\xff\n", "characters cannot be read"),
        (b"\x1aE\xdf\xa3\xff\xff\xff\xff" * 50, "characters cannot be read"),
    ],
)
def test_refuses_what_is_no_subtitle_file(data: bytes, wrong: str) -> None:
    """One problem at least, with the file's name and what to do."""
    with pytest.raises(Refusal) as caught:
        read(data, "字幕.srt")

    assert wrong in caught.value.problems[0].wrong
    assert caught.value.problems[0].file == "字幕.srt"
    assert caught.value.problems[0].mend


def test_a_long_cue_is_refused_on_its_line() -> None:
    """The problem stands on the line of the cue's times."""
    text = SRT + "\n4\n00:01:00,000 --> 00:01:01,000\n" + "长" * 2001

    with pytest.raises(Refusal) as caught:
        read(text.encode(), "x")

    assert caught.value.problems[0].line == 15


pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *("1\n00:00:01,000 --> 00:00:03,000\n", "WEBVTT\n\n", "[Events]\n", "[Fonts]\n"),
                *("Dialogue: 0,0:00:01.00,0:00:02.50,D,,0,0,0,,", "{\\fs99}", "\\N", "\\{", "{"),
                *("}", "\\", "\n", "\n\n", "<i>", "&#123;", "&#92;", "&#10;", "fontname: x\n", "|"),
                *("[V4+ Styles]\n", "Format: Name, Alignment\n", "Style: D,8\n", "\u2028", "\x85"),
                *("{\\p1}", "\r", "—— ", "字幕", "\u202e", "\u200d", "😀", "\ufeff", "\x00"),
            ]
        ),
        st.text(max_size=20),
    ),
    max_size=30,
).map("".join)
charsets = st.sampled_from(["utf-8", "utf-16", "utf-16-be", "gb18030"])


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.tuples(pieces, charsets).map(lambda one: one[0].encode(one[1], "ignore")),
    )
)
def test_any_bytes_give_clean_cues_or_a_refusal(data: bytes) -> None:
    """Never a crash, never a sign that ASS would obey, never a time out of order."""
    try:
        cues = read(data, "x")
    except Refusal as refusal:
        assert refusal.problems
        return

    assert cues
    for one in cues:
        assert 0 <= one.begin < one.end
        assert one.text and not re.search(r"[{}\\\r\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", one.text)
        assert all(line == line.strip() != "" for line in one.text.split("\n"))


def test_chinese_is_told_by_most_lines() -> None:
    """Two languages in one file are Chinese; Japanese, Korean and English are not."""
    assert chinese(["你好\nHello, my friends", "再见\nGoodbye", "♪"])
    assert chinese(["我们", "OK", "走吧"])
    assert not chinese(["Hello", "Beijing 北京", "Goodbye", "Yes"])
    assert not chinese(["右にあるのは", "東京", "すごい"])
    assert not chinese(["안녕하세요 漢字"])
    assert not chinese(["...", "123"])


def test_surveys_a_file(tmp_path: Path) -> None:
    """How many lines, and whether Chinese; a file that is not there is refused."""
    file = tmp_path / "a.srt"
    file.write_bytes(SRT.encode("gb18030"))

    assert survey(file) == Survey(3, True)
    with pytest.raises((Refusal, Failure), match="no such file"):
        survey(tmp_path / "b.srt")
