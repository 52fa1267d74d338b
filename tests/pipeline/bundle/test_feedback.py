"""What a page of a drive gives back is read strictly: a stranger's browser may have written it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.circulation.entries import Requested, Screened
from catalog.problem import Problem
from pipeline.bundle import feedback
from pipeline.bundle.feedback import Feedback, read_feedback

TODAY = date(2026, 11, 23)
REQUEST = {
    "entry": "request", "on": "2026-11-20", "text": "棚里黄瓜叶子发黄", "subject": "AGR",
    "asked_by": "种植户", "programme": "",
}  # fmt: skip
SCREENING = {
    "entry": "screening", "on": "2026-11-21", "programmes": ["HX-P0002", "HX-P0043"],
    "attendance": 85, "kind": "lecture", "recorded_by": "陈某",
}  # fmt: skip


def file(*entries: Any, **more: Any) -> bytes:
    said = {
        "xiaxiang": "feedback", "version": 1, "drive": "HXD-T02", "site": "HX-T02",
        "edition": "e3", "saved": "2026-11-22T15:30", "entries": list(entries), **more,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False).encode()


def read(data: bytes, site: str = "HX-T02") -> Feedback | tuple[Problem, ...]:
    return read_feedback(data, "需求-1.json", site=site, today=TODAY)


def entries(data: bytes, site: str = "HX-T02") -> tuple[Requested | Screened, ...]:
    found = read(data, site)
    assert isinstance(found, Feedback), found
    return found.entries


def refused(data: bytes) -> list[str]:
    found = read(data)
    assert isinstance(found, tuple), found
    return [str(one) for one in found]


def test_reads_a_request_and_a_screening() -> None:
    """Both kinds become entries of the books, with the number left to the books."""
    expected = (
        Requested("", date(2026, 11, 20), "HX-T02", "棚里黄瓜叶子发黄", "种植户", "AGR"),
        Screened("", "lecture", "HX-T02", date(2026, 11, 21), ("HX-P0002", "HX-P0043"), 85,
                 "drive", "陈某"),
    )  # fmt: skip

    assert entries(file(REQUEST, SCREENING)) == expected


def test_the_site_is_the_callers_whatever_the_file_says() -> None:
    """A file that claims another site does not write for it; the claim is told."""
    found = read(file(REQUEST, site="HX-T99"))

    assert isinstance(found, Feedback)
    assert found.site == "HX-T99"
    assert [one.site for one in found.entries] == ["HX-T02"]


def test_a_programme_that_is_meant_stands_in_the_words() -> None:
    """The books keep a request's words alone, so its programme is written into them."""
    wish = {**REQUEST, "text": "再要一些", "programme": "HX-P0043"}
    area = {**REQUEST, "text": "", "subject": "ART"}

    assert [one.text for one in entries(file(wish, area)) if isinstance(one, Requested)] == [
        "再要一些（HX-P0043）",
        "戏曲艺术",
    ]


def test_drops_what_cannot_be_seen() -> None:
    """Controls, marks that turn the direction, and private letters go."""
    hostile = {**REQUEST, "text": "a\x00b\x1b[31mc\u202ed\u200bef\ue000g\nh\t\u2028 i"}
    data = file(hostile)

    assert [one.text for one in entries(data) if isinstance(one, Requested)] == ["ab[31mcdefg h i"]


def test_a_lone_surrogate_in_an_escape_is_dropped() -> None:
    """JSON can escape half a letter; no text of the books holds it."""
    data = file(REQUEST).replace("种植户".encode(), b"\\ud800x")

    assert [one.asked_by for one in entries(data) if isinstance(one, Requested)] == ["x"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not written as the page"),
        (b"\xff\xfe\x00", "not written as the page"),
        (b"[" * 100_000, "not written as the page"),
        (b'{"xiaxiang": ' * 5_000, "not written as the page"),
        (b'{"xiaxiang":"feedback","xiaxiang":"feedback"}', "not written as the page"),
        (b"[]", "no feedback of a drive's page"),
        (b"null", "no feedback of a drive's page"),
        (b'{"version": 1}', "no feedback of a drive's page"),
        (file(REQUEST, version=2), "version 2 of the form is not known"),
        (file(REQUEST, version=True), "version True of the form is not known"),
        (file(), "not between 1 and 500 entries"),
        (file(*[REQUEST] * 501), "not between 1 and 500 entries"),
        (file(REQUEST, entries={"a": 1}), "not between 1 and 500 entries"),
        (b" " * (feedback.MOST_BYTES + 1), "larger than 256 KiB"),
        (file(REQUEST).replace(b"[{", b"[1e999, NaN, {"), "not written as the page"),
        (file({**SCREENING, "attendance": 7}).replace(b": 7", b": " + b"9" * 5000),
         "not written as the page"),
    ],
)  # fmt: skip
def test_refuses_what_is_no_such_file(data: bytes, said: str) -> None:
    """One sentence says that the whole file is not what the page writes."""
    told = refused(data)

    assert len(told) == 1
    assert said in told[0]
    assert told[0].startswith("需求-1.json: ")


@pytest.mark.parametrize(
    ("entry", "place", "said"),
    [
        ({**REQUEST, "price": 5}, "entries.1", '"price" is not known here'),
        ({**REQUEST, "on": "2026-11-24"}, "entries.1.on", "2026-11-24 has not come yet"),
        ({**REQUEST, "on": "1980-01-04"}, "entries.1.on", "cannot be the day"),
        ({**REQUEST, "on": "2026-W12-1"}, "entries.1.on", "cannot be the day"),
        ({**REQUEST, "on": 20261123}, "entries.1.on", "20261123 cannot be the day"),
        ({**REQUEST, "text": ["x"]}, "entries.1.text", "a list is no text"),
        ({**REQUEST, "text": "长" * 1001}, "entries.1.text", "longer than 1000 letters"),
        ({**REQUEST, "text": "长" * 90_000}, "", "larger than 256 KiB"),
        ({**REQUEST, "text": " \x00", "subject": ""}, "entries.1.text", "what is wanted"),
        ({**REQUEST, "subject": "ROCKETS"}, "entries.1.subject", '"ROCKETS" is not known here'),
        ({**REQUEST, "programme": "../x"}, "entries.1.programme", "no programme's number"),
        ({**SCREENING, "attendance": True}, "entries.1.attendance", "True is no number of people"),
        ({**SCREENING, "attendance": 8.5}, "entries.1.attendance", "8.5 is no number of people"),
        ({**SCREENING, "attendance": -1}, "entries.1.attendance", "-1 is no number of people"),
        ({**SCREENING, "attendance": "85"}, "entries.1.attendance", '"85" is no number of people'),
        ({**SCREENING, "programmes": []}, "entries.1.programmes", "does not name the programmes"),
        ({**SCREENING, "programmes": [""]}, "entries.1.programmes", "number is empty"),
        ({**SCREENING, "programmes": "HX"}, "entries.1.programmes", "does not name"),
        ({**SCREENING, "kind": "party"}, "entries.1.kind", '"party" is not known here'),
        ({**SCREENING, "kind": None}, "entries.1.kind", "None is not known here"),
        ({"entry": "drop table"}, "entries.1", "no request and no screening"),
        ("request", "entries.1", "no request and no screening"),
    ],
)
def test_each_mistake_is_told_at_its_place(entry: Any, place: str, said: str) -> None:
    """A wrong value is shown with the place where it stands; nothing of the file is taken in."""
    told = read(file(entry))

    assert isinstance(told, tuple)
    assert [one.key for one in told] == [place]
    assert said in told[0].wrong
    assert told[0].mend


def test_all_mistakes_are_told_at_once_and_not_endlessly() -> None:
    """Each entry's mistakes are told, up to a number that a person reads."""
    two = read(file({**REQUEST, "on": "x", "subject": "?"}, SCREENING, {"entry": 1}))
    many = read(file(*[{"entry": n} for n in range(500)]))

    assert [one.key for one in two] == ["entries.1.on", "entries.1.subject", "entries.3"]  # type: ignore[union-attr]
    assert len(many) == feedback.MOST_PROBLEMS  # type: ignore[arg-type]


def test_a_file_that_an_editor_saved_again_is_read() -> None:
    """Some editors put a mark before UTF-8 text and turn line ends; both change nothing."""
    data = json.dumps(json.loads(file(SCREENING)), indent=1).replace("\n", "\r\n").encode()

    assert entries(b"\xef\xbb\xbf" + data) == entries(file(SCREENING))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
_keys = st.sampled_from([*REQUEST, *SCREENING])


@given(st.dictionaries(_keys, _json), st.sampled_from(["request", "screening"]))
def test_no_entry_breaks_the_reader(values: dict[str, Any], kind: str) -> None:
    """Whatever stands in the fields, it is an entry of the caller's site or a told mistake."""
    sound = REQUEST if kind == "request" else SCREENING
    found = read(file({**sound, **values, "entry": kind}))

    if isinstance(found, Feedback):
        assert all(one.site == "HX-T02" and one.on <= TODAY for one in found.entries)
    else:
        assert all(one.wrong and "\n" not in str(one) for one in found)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Bytes of any kind are told to be none of ours."""
    assert isinstance(read(data), tuple)
