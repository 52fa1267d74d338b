"""What of a recipe goes onto the drive of one site, and what is left out and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from catalog.drives.facts import DriveHere, SiteFacts
from catalog.programme import Programme
from catalog.words import speak
from pipeline.bundle.bundle import Bundle, Offer, Piece, Watchable
from pipeline.manifest import Item
from pipeline.plan.drive_room import beside, reserve, room_of
from pipeline.plan.refresh import Holding, Refresh
from pipeline.plan.refreshing import refresh
from pipeline.plan.share import Choice, DriveRoom, NotShared, Shared, SiteOut, registered, share
from pipeline.plan.share_words import tell, tell_site
from pipeline.plan.steps import FromSource
from recipes.targets import SiteChoice, SiteDrive

TODAY = date(2026, 11, 23)
MIB = 1 << 20
SITE = SiteFacts(
    "HX-V1", "双城村", "village", dialect="环县方言", industries=("LIV.SHEEP",),
    players=(("pc", 1),), months=3,
)  # fmt: skip
TARGET = SiteDrive(sites=SiteChoice(all=True), keep_free="0%")
LARGE = DriveRoom("HXD-1", 10**12)


def programme(id: str, subject: str = "", **more: object) -> Programme:
    return Programme(id, f"题{id}", subject=(subject,) if subject else (), **more)  # type: ignore[arg-type]


def shared(
    choices: list[Choice], drive: DriveRoom | None = LARGE, target: SiteDrive = TARGET,
    site: SiteFacts = SITE, size: int = MIB,
) -> Shared:  # fmt: skip
    sizes = {one.programme.id: (size, 5000) for one in choices}
    return share(choices, sizes, site, target, drive, today=TODAY)


def room_for(count: int, size: int = MIB) -> int:
    """Bytes of a drive that holds so many programmes and not one more."""
    each = room_of((size, 5000), 4096) + beside(2, 1, 4096)
    capacity = count * each
    while capacity - reserve(capacity, 0, 0, 4096) < count * each:
        capacity += 4096
    return capacity


def test_lines_stand_in_the_order_of_the_recipe() -> None:
    """What the site needs most comes first within its line, never before an earlier line."""
    choices = [
        Choice(programme("P1"), 1),
        Choice(programme("P2", "LIV.SHEEP"), 2),
        Choice(programme("P3"), 2),
        Choice(programme("P4"), 1),
    ]

    assert shared(choices).chosen == ("P1", "P4", "P2", "P3")


def test_what_comes_first_within_a_line() -> None:
    """Requests by name, then by subject, then industries, season, dialect, in the given order."""
    site = replace(SITE, asked=("P6",), asked_subjects=("HEA",))
    choices = [
        Choice(one, 1) for one in (
            programme("P1", dialect="粤语"), programme("P2", months=(6, 7)), programme("P3"),
            programme("P4", "LIV.SHEEP"), programme("P5", "HEA.ELDER"), programme("P6"),
        )
    ]  # fmt: skip
    turned = TARGET.model_copy(update={"first": ("dialect", "season")})

    assert shared(choices, site=site).chosen == ("P6", "P5", "P4", "P3", "P1", "P2")
    assert shared(choices, site=site, target=turned).chosen == ("P3", "P4", "P5", "P6", "P2", "P1")


@pytest.mark.parametrize(
    ("months", "cycle", "fits"),
    [((1,), 3, True), ((3,), 3, False), ((3,), 6, True), ((11,), 1, True), ((6,), 0, True)],
)
def test_useful_until_the_next_refresh(months: tuple[int, ...], cycle: int, fits: bool) -> None:
    """From November on: a quarter reaches to February, half a year to May, no cycle a year."""
    choices = [Choice(programme("P1", months=months), 1), Choice(programme("P2"), 1)]
    found = shared(choices, site=replace(SITE, months=cycle))

    assert found.chosen[0] == ("P1" if fits else "P2")


@pytest.mark.parametrize(
    ("spoken", "first"),
    [("环县", "P1"), ("环县方言", "P1"), ("普通话", "P1"), ("", "P1"), ("陇东方言", "P2")],
)
def test_the_speech_of_the_place_comes_first(spoken: str, first: str) -> None:
    """The site's own speech and the standard are one; another comes later."""
    choices = [Choice(programme("P1", dialect=spoken), 1), Choice(programme("P2"), 1)]

    assert shared(choices).chosen[0] == first


def test_what_does_not_fit_is_left_out_and_smaller_ones_still_fit() -> None:
    """The second is too large for what is left; the third is not."""
    choices = [Choice(programme(f"P{n}"), 1) for n in (1, 2, 3)]
    sizes = {"P1": (50 * MIB,), "P2": (60 * MIB,), "P3": (30 * MIB,)}
    drive = DriveRoom("D", 100 * MIB)
    found = share(choices, sizes, SITE, TARGET, drive, today=TODAY)

    assert found.chosen == ("P1", "P3")
    assert [(one.programme, one.reason) for one in found.left_out] == [("P2", "no-room")]
    assert 0 < found.used <= found.room < drive.capacity


def test_a_drive_holds_just_so_many() -> None:
    """With room for five there are five; a byte less, people's files or kept room, and there are
    four.
    """
    choices = [Choice(programme(f"P{n}"), 1) for n in range(6)]
    just = DriveRoom("D", room_for(5))

    assert len(shared(choices, just).chosen) == 5
    assert len(shared(choices, replace(just, others=4096)).chosen) == 4
    assert len(shared(choices, replace(just, capacity=just.capacity - 4096)).chosen) == 4
    half = TARGET.model_copy(update={"keep_free": "50%"})
    assert len(shared(choices, replace(just, capacity=2 * just.capacity), half).chosen) >= 4
    assert len(shared(choices, just, half).chosen) < 3
    assert shared(choices, replace(just, others=10**12)).room == 0


def test_a_quota_covers_what_lies_below_its_code() -> None:
    """Opera of any kind has half of the room; so has a class by its number; farming takes the
    rest.
    """
    opera = [Choice(programme(f"A{n}", "ART.LOCAL"), 1) for n in range(6)]
    classed = Choice(Programme("A9", "题", class_numbers=("J825",)), 1)
    choices = [*opera, classed, *(Choice(programme(f"F{n}", "AGR.VEG"), 2) for n in range(3))]
    drive = DriveRoom("D", room_for(8))
    for code in ("ART", "J8"):
        target = TARGET.model_copy(update={"quota": {code: "50%"}})
        found = shared(choices, drive, target)

        assert found.chosen == ("A0", "A1", "A2", "A3", "F0", "F1", "F2")
        assert {(one.programme, one.reason) for one in found.left_out} == {
            ("A4", "quota"), ("A5", "quota"), ("A9", "quota")
        }  # fmt: skip


def test_fat32_holds_no_file_of_4_gib() -> None:
    """One such episode leaves its programme out; a byte less does not, nor another file system."""
    choices = [Choice(programme("P1"), 1)]
    fat = replace(LARGE, file_system="FAT32")

    assert shared(choices, fat, size=1 << 32).left_out == (
        NotShared("P1", "题P1", "fat32", (("bytes", str(1 << 32)),)),
    )
    assert shared(choices, fat, size=(1 << 32) - 1).chosen == ("P1",)
    assert shared(choices, replace(LARGE, file_system="exFAT"), size=1 << 32).chosen == ("P1",)


@pytest.mark.parametrize(
    ("players", "level", "described", "instead"),
    [
        ("vcd tv", "village", True, "video-cd"),
        ("dvd", "township", True, "video-cd"),
        ("tv", "village", True, "leaflets"),
        ("", "village", True, "leaflets"),
        ("", "village", False, ""),
        ("", "venue", True, ""),
        ("projector", "village", True, ""),
        ("pc vcd", "village", True, ""),
    ],
)
def test_a_site_that_plays_no_drive_is_left_out_whole(
    players: str, level: str, described: bool, instead: str
) -> None:
    """Without PC and projector other media are sent; what nobody described is not judged."""
    works = tuple((kind, 1) for kind in players.split())
    site = replace(SITE, players=works, level=level, described=described)
    found = shared([Choice(programme("P1"), 1)], site=site)

    assert (found.out.instead if found.out else "") == instead
    assert found.chosen == (() if instead else ("P1",))


def test_a_site_without_a_drive_is_told() -> None:
    """It can play one, but has none."""
    found = shared([Choice(programme("P1"), 1)], None)

    assert found.out == SiteOut("HX-V1", "双城村", "no-drive", "any")


def test_a_drive_that_is_not_plugged_in_is_taken_as_registered() -> None:
    """What the drive told once goes before what the register says of it."""
    assert registered(DriveHere("D", 500, "NTFS")) == DriveRoom("D", 485 * 10**9, 0, 4096, "NTFS")
    assert registered(DriveHere("D", 500, "FAT32", 499)).capacity == 499
    assert registered(DriveHere("D")).capacity == 0


def test_every_reason_has_its_words() -> None:
    """In both languages, with sizes a person can read."""
    reasons = [
        NotShared("P1", "羊", "no-room", (("needs", "5000000000"), ("left", "3"))),
        NotShared("P1", "羊", "quota",
                  (("needs", "9"), ("subject", "ART"), ("share", "30%"), ("left", "0"))),
        NotShared("P1", "羊", "fat32", (("bytes", "5000000000"),)),
    ]  # fmt: skip
    outs = [SiteOut("V", "村", "cannot-play", "video-cd"), SiteOut("V", "村", "no-drive", "any"),
            SiteOut("V", "村", "cannot-play", "leaflets")]  # fmt: skip
    english = [*map(tell, reasons), *map(tell_site, outs)]
    try:
        speak("zh")
        chinese = [*map(tell, reasons), *map(tell_site, outs)]
    finally:
        speak("en")

    assert english[0].startswith("P1 羊: needs 5.0 GB, the drive has 3 B left — ")
    assert "Opera and performing arts has 30% of the drive at most" in english[1]
    assert "戏曲艺术" in chinese[1]
    assert not set(english) & set(chinese)
    assert "{" not in "".join((*english, *chinese))


@settings(max_examples=150, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 80), min_size=1, max_size=12),
    lines=st.lists(st.integers(1, 3), min_size=12, max_size=12),
    about=st.lists(st.sampled_from(["ART.LOCAL", "LIV.SHEEP", ""]), min_size=12, max_size=12),
    capacity=st.integers(0, 600),
    quota=st.sampled_from([{}, {"ART": "20%"}, {"ART": "0%", "LIV": "50%"}]),
)
def test_any_share_fits_and_tells_of_all(
    sizes: list[int], lines: list[int], about: list[str], capacity: int, quota: dict[str, str]
) -> None:
    """Each programme is taken or left out, once; what is taken fits with its tag files; the same
    question has the same answer.
    """
    choices = [
        Choice(programme(f"P{n}", about[n]), lines[n]) for n in range(len(sizes))
    ]  # fmt: skip
    of = {f"P{n}": (size * MIB, 9_000) for n, size in enumerate(sizes)}
    target = TARGET.model_copy(update={"quota": quota, "keep_free": "5%"})
    drive = DriveRoom("D", capacity * MIB, 7 * MIB)
    found = share(choices, of, SITE, target, drive, today=TODAY)
    again = share(choices, of, SITE, target, drive, today=TODAY)
    taken = [size for id in found.chosen for size in of[id]]

    assert found == again
    assert sorted([*found.chosen, *(one.programme for one in found.left_out)]) == sorted(of)
    whole = reserve(drive.capacity, len(taken), len(found.chosen), 4096) + drive.others
    assert not taken or room_of(taken, 4096) + whole <= drive.capacity * 0.95 + 1
    for code, part in quota.items():
        inside = [id for id in found.chosen if about[int(id[1:])].startswith(code)]
        assert sum(room_of(of[id], 4096) for id in inside) <= found.room * int(part[:-1]) / 100


@settings(max_examples=100, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 80), min_size=1, max_size=10),
    before=st.lists(st.integers(1, 80), max_size=10),
    capacity=st.integers(100, 500),
    kept=st.integers(0, 5),
)
def test_what_is_shared_has_room_whatever_lay_there(
    sizes: list[int], before: list[int], capacity: int, kept: int
) -> None:
    """A drive filled with an older edition can always be brought to what was chosen for it."""
    choices = [Choice(programme(f"P{n}"), 1) for n in range(len(sizes))]
    of = {f"P{n}": (size * MIB + 1,) for n, size in enumerate(sizes)}
    others = (Item("照片.jpg", 4 * MIB),)
    drive = DriveRoom("D", capacity * MIB, 4 * MIB)
    found = share(choices, of, SITE, TARGET, drive, today=TODAY)
    pieces = [
        Piece(f"data/新/{id}.mp4", of[id][0], f"{n:064x}", FromSource("", ".mp4"))
        for n, id in enumerate(found.chosen)
    ]
    offers = tuple(Offer(id, "", "新", (Watchable("", 1, p.path),)) for id, p in
                   zip(found.chosen, pieces, strict=True))  # fmt: skip
    edition = [Item(p.path, p.bytes, p.sha256) for p in pieces[:kept]]
    left = drive.capacity - drive.others - room_of((item.bytes for item in edition), 4096)
    for n, size in enumerate(before):
        if left > room_of((size * MIB,), 4096):
            edition.append(Item(f"data/旧/{n}.mp4", size * MIB, f"{n + 99:064x}"))
            left -= room_of((size * MIB,), 4096)
    day = date(2026, 11, 1)
    whole = Bundle("e", 2, "f" * 64, "D", "S", "站", "中心", "题", day, tuple(pieces), offers)
    done = refresh(whole, Holding(tuple(edition), others, drive.capacity, left))

    assert isinstance(done, Refresh)
