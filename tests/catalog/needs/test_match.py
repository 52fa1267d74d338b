"""Which programmes answer a request, the best first, and why."""

from __future__ import annotations

from pathlib import Path

from catalog.circulation.entries import Answered, Requested
from catalog.needs.match import Match, Wish, match
from catalog.needs.sheet import read_requests
from catalog.programme import Programme
from catalog.sheet import read_sheet

SHEEP = Programme(
    "P1",
    "母羊产羔与羔羊护理",
    subject=("LIV.SHEEP",),
    months=(1, 11, 12),
    keywords=("羔羊", "产羔"),
)
CATTLE = Programme("P2", "肉牛育肥", subject=("LIV.CATTLE",), months=(6, 7))
OPERA = Programme("P3", "秦腔《三滴血》", subject=("ART.LOCAL",), dialect="陇东方言")
SHELF = (OPERA, CATTLE, SHEEP)


def told(found: tuple[Match, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.programme.id, tuple(ground for ground, _what in one.grounds)) for one in found]


def test_each_ground_is_told() -> None:
    """Subject, keyword, words of the title and season; a neighbour of the subject comes after."""
    found = match(Wish("产羔了，要羔羊护理", ("LIV.SHEEP",), "winter"), SHELF)

    assert told(found) == [("P1", ("subject", "keyword", "title", "season"))]
    assert found[0].told[0] == "subject LIV.SHEEP"


def test_a_subject_beside_the_one_asked_for_is_second_best() -> None:
    """And less so out of season."""
    assert told(match(Wish("", ("LIV.SHEEP",)), SHELF)) == [
        ("P1", ("subject",)), ("P2", ("near-subject",))
    ]  # fmt: skip
    assert told(match(Wish("", ("LIV.SHEEP",), "winter"), SHELF))[1:] == []


def test_local_speech_is_found_where_it_is_asked_for() -> None:
    """By the words of the request, or where it is spoken."""
    for wish in (Wish("老人听不懂，要本地话的"), Wish("放一场", dialect="陇东方言")):
        assert told(match(wish, SHELF)) == [("P3", ("dialect",))]


def test_what_fits_nothing_is_a_gap() -> None:
    """A season alone is no reason."""
    assert match(Wish("要种花生的", (), "winter"), SHELF) == ()


def test_the_sample_requests_find_what_the_librarian_chose(samples: Path) -> None:
    """All eleven, each in the first place."""
    programmes = [entry.programme for entry in read_sheet(samples / "programmes.csv").entries]
    entries = [entry for _line, entry in read_requests(samples / "requests.csv").entries]
    chosen = {e.request: e.programme for e in entries if isinstance(e, Answered)}
    first = {}
    for asked in entries:
        if isinstance(asked, Requested) and asked.request in chosen:
            wish = Wish(asked.text, tuple(asked.subject.split(";")), asked.season)
            first[asked.request] = match(wish, programmes)[0].programme.id

    assert len(chosen) == 11
    assert first == chosen
