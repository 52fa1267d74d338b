"""YAML read with its lines: every mistake told, on its line, in the one form of the house."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from catalog.document import (
    MOST_BYTES,
    Document,
    dotted,
    parse_yaml,
    plain_value,
    read_yaml,
    validate,
)
from catalog.problem import Problem


class Disc(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    standard: Literal["pal", "ntsc"] = "pal"
    size: Literal[74, 80] = 80
    menu: bool = True


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    subject: str | tuple[str, ...] = ()
    season: Literal["winter", "spring"] | None = None
    at_most: Annotated[int | None, Field(ge=1, le=500)] = None
    until: date | None = None


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    recipe: str = Field(pattern="^[a-z-]+$", examples=["fair-winter"])
    title: str = Field(max_length=10)
    share: float = 1.0
    select: tuple[Line, ...]
    target: Annotated[Disc | None, Field(alias="video-cd")] = None

    @field_validator("title")
    @classmethod
    def _no_x(cls, title: str) -> str:
        if "x" in title:
            raise ValueError("holds an x", "write it without")
        return title


def problems(text: str) -> list[str]:
    return [str(p) for p in validate(Order, parse_yaml(text, "r.yaml"))[1]]


def test_gives_the_value_and_the_line_of_everything() -> None:
    """Values keep their lines, lists and mappings too; a missing thing has its parent's line."""
    document = parse_yaml("a: 1\nb:\n  - x\n  - c: y\nd: {e: 2}\n", "f")

    assert document.value == {"a": 1, "b": ["x", {"c": "y"}], "d": {"e": 2}}
    assert document.line_of(("b",)) == 3
    assert document.line_of(("b",), key=True) == 2
    assert document.line_of(("b", 1, "c")) == 4
    assert document.line_of(("b", 1, "no", "such")) == 4
    assert document.line_of(("d", "e")) == 5


def test_a_good_document_becomes_the_model() -> None:
    """Lists fit tuples, dates fit dates, aliases are keys."""
    text = "recipe: a-b\ntitle: 惠民\nselect:\n- {subject: [S8], until: 2012-08-01}\n"
    text += "video-cd: {size: 74, menu: no}\n"
    value, found = validate(Order, parse_yaml(text, "r.yaml"))

    assert found == []
    assert value is not None
    assert value.select == (Line(subject=("S8",), until=date(2012, 8, 1)),)
    assert value.target == Disc(size=74, menu=False)


def test_tells_all_mistakes_at_once_each_on_its_line() -> None:
    """Unknown, missing, twice, wrong kind, out of range, misspelt, from the model's own check."""
    text = (
        "recipe: Bad_Name\ntitle: x\nshare: '3'\nshare: 4\nselect:\n"
        "  - subject: 12\n    seasn: winter\n    at_most: 900\n"
        "  - season: winer\n    until: 2012-02-31\n  - xx\n  -\n"
        "video-cd: {standard: pla, size: 90, menu: on}\nextra: *a\n"
    )

    assert problems(text) == [
        'r.yaml:1: recipe — "Bad_Name" does not have the right form — write it like fair-winter',
        "r.yaml:2: title — holds an x — write it without",
        'r.yaml:3: share — "3" is not a number — write it in digits, without quotes',
        "r.yaml:4: share — is written twice, first on line 3 — keep one of the two",
        "r.yaml:6: select[1].subject — 12 is not text; 12 is not a list — "
        'put it in quotes: "12" or write [12]',
        'r.yaml:7: select[1].seasn — "seasn" is not known here — did you mean "season"?',
        "r.yaml:8: select[1].at_most — 900 is out of range — write 1 to 500",
        'r.yaml:9: select[2].season — "winer" is not known here — did you mean "winter"?',
        'r.yaml:10: select[2].until — "2012-02-31" is not a date — write it like 2026-11-23',
        'r.yaml:11: select[3] — "xx" is not a list of keys — write key: value',
        "r.yaml:12: select[4] — is empty — write a value, or delete the line",
        'r.yaml:13: video-cd.menu — "on" is neither yes nor no — write yes or no',
        "r.yaml:13: video-cd.size — 90 is not known here — write one of: 74, 80",
        'r.yaml:13: video-cd.standard — "pla" is not known here — did you mean "pal"?',
        'r.yaml:14: extra — "extra" is not known here — delete it',
        "r.yaml:14: extra — *a repeats something written elsewhere, which is not read here — "
        "write it out, or put the text in quotes",
    ]


def test_an_empty_file_lacks_its_keys_and_no_more() -> None:
    """Nothing written is read as a mapping without keys."""
    assert problems("# only a comment\n") == [
        'r.yaml:1: recipe — is missing — add the line "recipe: fair-winter"',
        'r.yaml:1: select — is missing — add the line "select: …"',
        'r.yaml:1: title — is missing — add the line "title: …"',
    ]


def test_a_missing_key_is_told_at_its_mapping() -> None:
    """The line is where the mapping begins that lacks the key."""

    class Outer(BaseModel):
        model_config = ConfigDict(extra="forbid")
        inner: Order

    found = validate(Outer, parse_yaml("\n\ninner:\n  recipe: a\n  select: []\n", "f"))[1]

    assert found == [Problem("f", 4, "inner.title", "is missing", 'add the line "title: …"')]


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("a:\n\tb: 1\n", 2, "a tab stands at the start of the line"),
        ('a: 1\nb: "x\nc: 1\n', 2, "a quotation mark is not closed"),
        ("a: b: c\n", 1, "a colon stands where none can be"),
        ("a: 1\n  b: 2\n", 2, "a colon stands where none can be"),
        ("a: [1\nb: 2\n", 2, "a bracket opened on line 1 is not closed"),
        ("- a\nb: 1\n", 2, "the line does not fit the lines before it"),
        ("a: @x\n", 1, "a text begins with a mark that means something else here (@ ` % ! & *)"),
        ("a: 1\n---\nb: 2\n", 2, "a second document begins"),
        ("a: 1\nb: \x07\n", 2, "holds the control character U+0007"),
        ('a: "x\\e[31m"\n', 1, "holds the control character U+001B"),
        ('a: "\\ud800"\n', 1, "a \\ in double quotes means something else here"),
        ('a: 1\nb: "D:\\视频"\n', 2, "a \\ in double quotes means something else here"),
        ("a: !!python/object:os.x y\n", 1, '"!!python/object:os.x" is not read here'),
        ("[a, b]: 1\n", 1, "a key is not plain text"),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\n", 2, "two versions of the file were put together"),
    ],
)
def test_tells_what_is_no_yaml_of_ours(text: str, line: int, wrong: str) -> None:
    """Syntax errors, and parts of YAML that are refused, in plain words."""
    found = parse_yaml(text, "f").problems

    assert [(p.line, p.wrong[: len(wrong)]) for p in found] == [(line, wrong)]


def test_a_bomb_of_aliases_is_refused_unexploded() -> None:
    """Aliases are not followed; there is nothing to multiply."""
    rows = ["a: &a [x, x]"] + [
        f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    ]
    document = parse_yaml("\n".join(rows), "f")

    assert len(document.problems) == 14
    assert document.value["h"] == [None, None]


@pytest.mark.parametrize("text", ["[" * 5000, "a: {" * 5000, "- " * 5000])
def test_too_deep_is_refused(text: str) -> None:
    """Depth is limited before it can hurt."""
    assert "too deep" in parse_yaml(text, "f").problems[0].wrong


def test_too_large_is_refused(tmp_path: Path) -> None:
    """A file over the limit is not read."""
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))

    assert [p.wrong for p in read_yaml(path).problems] == ["larger than 4096 KiB"]


def test_too_many_values_are_refused() -> None:
    """So is a small file of very many values."""
    assert "too large" in parse_yaml("[" + "1," * 300_000 + "1]", "f").problems[-1].wrong


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    """A wrong name is the person's to mend, not a crash."""
    missing, folder = read_yaml(tmp_path / "no.yaml"), read_yaml(tmp_path)

    assert [missing.problems[0].wrong, folder.problems[0].wrong] == [
        "there is no such file",
        "this is a folder",
    ]
    assert validate(Order, missing) == (None, list(missing.problems))


def test_a_file_of_an_old_editor_is_read(tmp_path: Path) -> None:
    """GB18030, as Notepad may save it, and a byte-order mark are no obstacle."""
    path = tmp_path / "r.yaml"
    path.write_bytes("title: 三下乡惠民光盘\n".encode("gb18030"))
    assert read_yaml(path).value == {"title": "三下乡惠民光盘"}
    path.write_bytes("\ufefftitle: 三下乡\r\n".encode())

    assert read_yaml(path).value == {"title": "三下乡"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("No", False),
        ("true", True),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("0123", "0123"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        ("1e3", "1e3"),
        ("0x1F", "0x1F"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("2026-11-23", date(2026, 11, 23)),
        ("2026-02-30", "2026-02-30"),
        ("2026-1-2", "2026-1-2"),
        ("~", None),
        ("null", None),
        ("", None),
        ("S512.1+1", "S512.1+1"),
        ("30%", "30%"),
        ("9" * 30, "9" * 30),
    ],
)
def test_plain_words_mean_what_they_look_like(text: str, value: object) -> None:
    """Nothing is turned into what it is not: no sexagesimals, no octals, no on and off."""
    assert plain_value(text) == value
    assert type(plain_value(text)) is type(value)


def test_quoted_words_stay_text() -> None:
    """Quotes keep numbers, dates and yes as text; the writing itself is kept too."""
    document = parse_yaml("a: '12'\nb: \"yes\"\nc: 007\n", "f")

    assert document.value == {"a": "12", "b": "yes", "c": "007"}
    assert document.text_of(("c",)) == "007"


def test_paths_are_written_as_people_read_them() -> None:
    """List items count from 1."""
    assert dotted(("select", 1, "months", 0)) == "select[2].months[1]"


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.text(alphabet="ab:-[]{}\"'\n\t #&*!|>%@,?~中0", max_size=60))
def test_any_text_is_read_or_told(text: str) -> None:
    """Whatever is written, there is a value or a problem, never a crash; lines are in the file."""
    document = parse_yaml(text, "f")
    _value, found = validate(Order, document)

    assert isinstance(document, Document)
    assert all(0 <= p.line <= text.count("\n") + 2 for p in found)
    assert found
