"""How a programme shall be shown, as a sheet says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.cell import cell_of
from catalog.describe import changes, merge
from catalog.intake import import_sheet
from catalog.programme import Programme
from catalog.reading import Unclear
from catalog.sheet import read_sheet
from catalog.wish_words import WISHES, readers, wish_word, wished
from catalog.wishes import Wishes

HEAD = "题名,扫描,画幅,黑边,快慢,降噪,响度,声轨,声道,字幕,损坏\n"
ALL = Wishes(
    fields="top",
    shape="centre-cut",
    borders="crop",
    pace="blend",
    denoise="none",
    loudness="keep",
    sound=2,
    side="both",
    subtitles="羊病.zh.srt",
    damage="accept",
)


def test_a_sheet_tells_every_wish_in_chinese(tmp_path: Path) -> None:
    """Each column with a Chinese word; a folder before a subtitle file is left off."""
    row = "羊病,上场先,居中裁切,裁去,混合,不,不调,2,双,D:\\片\\羊病.zh.srt,接受\n"
    (tmp_path / "s.csv").write_text(HEAD + row, "utf-8")
    sheet = read_sheet(tmp_path / "s.csv")

    assert sheet.problems == ()
    assert sheet.entries[0].programme.wishes == ALL


def test_a_sidecar_tells_every_wish_in_english(tmp_path: Path) -> None:
    """The same keys in YAML, with the words of the code."""
    said = "".join(f"{name}: {value}\n" for name, value in wished(ALL).items())
    (tmp_path / "a.yaml").write_text("title: 羊病\n" + said, "utf-8")
    sheet = read_sheet(tmp_path / "a.yaml")

    assert sheet.problems == ()
    assert sheet.entries[0].programme.wishes == ALL
    assert set(wished(ALL)) == set(WISHES)


@pytest.mark.parametrize(
    ("name", "word", "wish"),
    [
        ("fields", "逐行", "progressive"),
        ("fields", "电影", "film"),
        ("shape", "完整", "letterbox"),
        ("borders", "保留", "keep"),
        ("pace", "加速", "speed-up"),
        ("pace", "照原样", "plain"),
        ("denoise", "no", "none"),
        ("denoise", "轻", "gentle"),
        ("loudness", "调", "level"),
        ("side", "左", "left"),
        ("sound", "第2轨", 2),
        ("subtitles", "不要", "none"),
        ("subtitles", "no", "none"),
        ("subtitles", "2", "2"),
        ("subtitles", "a.ass", "a.ass"),
    ],
)
def test_a_word_is_a_wish(name: str, word: str, wish: object) -> None:
    """As people say it."""
    assert readers()[name](cell_of(word)) == wish


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("sound", "0"),
        ("sound", "33"),
        ("sound", "二"),
        ("subtitles", "a.sub"),
        ("subtitles", "中文"),
        ("damage", "不接受"),
        ("fields", "interlaced"),
    ],
)
def test_what_is_no_wish_is_told(name: str, word: str) -> None:
    """Never guessed at."""
    with pytest.raises(Unclear):
        readers()[name](cell_of(word))


def test_each_mistake_stands_on_its_line_with_what_is_allowed(tmp_path: Path) -> None:
    """The column as it was written, the value, and the words that may stand there."""
    (tmp_path / "s.csv").write_text("题名,画幅,声轨\n羊病,宽,1\n猪病,完整,x\n", "utf-8")
    said = [str(problem) for problem in read_sheet(tmp_path / "s.csv").problems]

    assert [one.partition("s.csv:")[2] for one in said] == [
        '2: 画幅 — "宽" is not known here — write one of: 完整 letterbox / 居中裁切 centre-cut',
        '3: 声轨 — "x" is no number of a sound — write 1 for the first one, up to 32; '
        "xiaxiang programme lists them",
    ]


def test_wishes_are_put_over_one_another() -> None:
    """What is said replaces what was; what is left open stays; the change is told."""
    old = Programme("P1", "a", wishes=Wishes(shape="letterbox", sound=2))
    new = merge(Programme("", "", wishes=Wishes(sound=1, damage="accept")), old)

    assert new.wishes == Wishes(shape="letterbox", sound=1, damage="accept")
    assert changes(old, new) == {
        "wishes": [
            {"shape": "letterbox", "sound": 2},
            {"shape": "letterbox", "sound": 1, "damage": "accept"},
        ]
    }


def test_the_books_keep_the_wishes_of_a_sheet(tmp_path: Path, books, now) -> None:
    """Imported, and imported again without a change."""
    (tmp_path / "s.csv").write_text("题名,损坏\n羊病,接受\n", "utf-8")
    entries = read_sheet(tmp_path / "s.csv").entries
    first, again = (import_sheet(books, entries, now) for _time in range(2))

    assert first[0].programme.wishes == Wishes(damage="accept")
    assert "wishes" in first[0].changed
    assert again[0].changed == ()


def test_a_wish_is_shown_in_the_words_of_a_sheet() -> None:
    """Chinese on a Chinese screen; numbers and names as they are."""
    assert wish_word("shape", "centre-cut", chinese=True) == "居中裁切"
    assert wish_word("shape", "centre-cut", chinese=False) == "centre-cut"
    assert wish_word("subtitles", "none", chinese=True) == "不要"
    assert wish_word("sound", 2, chinese=True) == "2"
