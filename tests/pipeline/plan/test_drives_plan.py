"""What a recipe holds ready for drives, which sites it is for, and what each drive shall hold."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from catalog.analysis import Analysis, PictureAnalysis, SoundAnalysis
from catalog.drives.asking import DriveStanding
from catalog.drives.facts import DriveHere, SiteFacts
from catalog.programme import AudioStream, Episode, Programme, Source, VideoStream
from pipeline.plan.drives import (
    DrivesPlan,
    bundle,
    by_the_books,
    chosen_sites,
    drives_plan,
    shared,
)
from pipeline.plan.select import LeftOut, Selected
from pipeline.plan.share import DriveRoom, Shared, registered
from pipeline.plan.steps import Encode, FromStep, key
from pipeline.plan.targets.files import NOTHING, Stock
from pipeline.plan.targets.tracks import Workshop
from pipeline.workroom import Made, MadeFile
from recipes.recipe import Recipe
from recipes.targets import SiteChoice, SiteDrive

TODAY = date(2026, 11, 23)
SHOP = Workshop("ffmpeg 9", "face", "清水县文化馆")
STREAMS = (
    VideoStream(0, "h264", 1280, 720, rate=Fraction(25), pixel_format="yuv420p"),
    AudioStream(1, "aac", 2, 48_000),
)
GOOD = PictureAnalysis(
    0, 15_000, Fraction(25), profile="High", level=31, bits=8, chroma="420", bit_rate=2_000_000,
    matrix="bt709",
)  # fmt: skip
SOUND = SoundAnalysis(1, "stereo", -30.0, gain=7.0, profile="LC")
SITES = (
    SiteFacts("QS-C1", "文化馆", "county", described=False, drives=(DriveHere("HD-1", 1000),)),
    SiteFacts("QS-T1", "白沙镇", "township", township="", route="东线",
              players=(("pc", 1),), drives=(DriveHere("HD-2", 500, "exfat"),)),
    SiteFacts("QS-V1", "王河村", "village", township="QS-T1", route="东线", asked=("HX-P0003",),
              players=(("pc", 1),), drives=(DriveHere("HD-3", 500), DriveHere("HD-4", 1))),
    SiteFacts("QS-V2", "李沟村", "village", township="QS-T2", route="西线", players=(("pc", 1),)),
)  # fmt: skip


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def world(count: int = 3, *, size: int = 400_000_000, share: str = "100%") -> DrivesPlan:
    """The plan of a recipe with so many programmes, whose videos stay as they are."""
    sources, analyses, programmes = {}, {}, []
    for n in range(1, count + 1):
        digest = sha(str(n))
        sources[digest] = Source(
            digest, size, f"{n}.mp4", f"library/{n}.mp4", "mov,mp4,m4a,3gp,3g2,mj2", 600.0,
            STREAMS, (("major_brand", "isom"),),
        )  # fmt: skip
        analyses[digest] = Analysis(digest, "", 600.0, 600.0, GOOD, (SOUND,), faststart=True)
        subject = ("AGR.GREENHOUSE", "ART")[n % 2]
        programmes.append(
            Programme(f"HX-P{n:04}", f"节目{n}", (Episode(1, digest),), subject=(subject,))
        )
    recipe = Recipe.model_validate(
        {"recipe": "winter", "title": "冬季", "select": ({"subject": ("AGR",)},),
         "target": {"site-drive": {"sites": {"all": True}, "quota": {"ART": share}}}}
    )  # fmt: skip
    selected = Selected(tuple(programmes), (LeftOut("HX-P0099", "旧", "leave-out"),), (1,) * count)
    medium = recipe.target.medium
    assert isinstance(medium, SiteDrive)
    return drives_plan(recipe, medium, selected, sources, analyses, workshop=SHOP)


def made_of(plan: DrivesPlan, size: int = 50_000) -> Stock:
    made = {}
    for step in plan.steps(plan.files):
        assert isinstance(step, Encode)
        made[key(step)] = Made(key(step), (MadeFile("poster.jpg", size, sha(key(step))),))
    return Stock(made, {})


def standing(**told: Any) -> DriveStanding:
    """A drive of 王河村, as the books have it."""
    first = DriveStanding(
        "HD-3", "QS-V1", "t" * 32, "v", 0, "", 0, "", "", (), "", "", "QS-V1", "held"
    )
    return replace(first, **told)


ALL = Shared("QS-V1", "HD-3", ("HX-P0001", "HX-P0002", "HX-P0003"))


# -- which sites ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        ({"all": True}, ["QS-C1", "QS-T1", "QS-V1", "QS-V2"]),
        ({"level": "village"}, ["QS-V1", "QS-V2"]),
        ({"only": ("QS-V2", "QS-C1")}, ["QS-C1", "QS-V2"]),
        ({"only": ("QS-V2", "QS-C1"), "level": "village"}, ["QS-V2"]),
        ({"township": "QS-T1"}, ["QS-T1", "QS-V1"]),
        ({"township": "QS-T1", "level": "village"}, ["QS-V1"]),
        ({"route": "东线"}, ["QS-T1", "QS-V1"]),
        ({"route": "北线"}, []),
    ],
)
def test_a_recipe_is_for_the_sites_that_are_all_it_says(
    choice: dict[str, Any], ids: list[str]
) -> None:
    """In the order of the register; a township is of itself."""
    found = chosen_sites(SiteChoice.model_validate(choice), SITES)

    assert [site.id for site in found] == ids


# -- what each gets -------------------------------------------------------------------------------


def test_every_drive_of_a_site_is_planned_and_a_site_without_one_is_told() -> None:
    """By the books, each drive has the capacity that the register says."""
    found = by_the_books(world(), SITES, NOTHING, TODAY)

    assert [(one.site, one.drive) for one in found] == [
        ("QS-C1", "HD-1"), ("QS-T1", "HD-2"), ("QS-V1", "HD-3"), ("QS-V1", "HD-4"), ("QS-V2", "")
    ]  # fmt: skip
    assert found[4].out is not None
    assert found[4].out.reason == "no-drive"
    assert len(found[2].chosen) == 3
    assert len(found[3].chosen) == 2
    assert [one.reason for one in found[3].left_out] == ["no-room"]


def test_what_was_asked_for_comes_first_on_that_drive_alone() -> None:
    """On the small drive of 王河村 too."""
    found = by_the_books(world(), SITES, NOTHING, TODAY)

    assert found[1].chosen[0] == "HX-P0001"
    assert found[2].chosen[0] == found[3].chosen[0] == "HX-P0003"


def test_the_books_and_one_drive_agree() -> None:
    """Many at once are shared out as each alone."""
    plan = world(12, share="40%")
    stock = made_of(plan)

    together = by_the_books(plan, SITES[:3], stock, TODAY)

    alone = [
        shared(plan, site, registered(drive), stock, TODAY)
        for site in SITES[:3]
        for drive in site.drives
    ]
    assert [*together] == alone


def test_what_is_made_counts_with_its_own_bytes() -> None:
    """A poster may take 400,000 bytes, and takes 50,000: that is room for others."""
    plan = world(20, size=1)
    room = DriveRoom("HD-3", 7_000_000)

    before = shared(plan, SITES[2], room, NOTHING, TODAY)
    after = shared(plan, SITES[2], room, made_of(plan), TODAY)

    assert len(before.chosen) < len(after.chosen)
    assert after.used <= after.room


def test_steps_and_goals_are_those_of_what_is_chosen() -> None:
    """Each once; nothing is made for what nobody gets."""
    plan = world()

    steps = plan.steps({"HX-P0002", "HX-P0003"})

    assert [step.label for step in steps] == ["节目2", "节目3"]
    assert plan.goals(["HX-P0002", "HX-P0003"]) == tuple(map(key, steps))
    assert plan.steps(()) == ()
    assert len(plan.steps(plan.files)) == 3


def test_what_cannot_be_made_is_left_out_as_if_nobody_had_chosen_it() -> None:
    """The rest goes on, and what the recipe left out is still told."""
    plan = world().without({"HX-P0002"})

    found = by_the_books(plan, SITES[:2], NOTHING, TODAY)

    assert [one.chosen for one in found] == [("HX-P0001", "HX-P0003")] * 2
    assert [one.programme for one in plan.left_out] == ["HX-P0099"]


# -- the bundle -----------------------------------------------------------------------------------


def test_a_bundle_holds_what_was_shared_out_in_its_order() -> None:
    """With all that the drive's page and lists say."""
    plan = world()
    gets = replace(ALL, chosen=("HX-P0003", "HX-P0001"))

    one = bundle(plan, gets, SITES[2], standing(), stock=made_of(plan), taken={}, on=TODAY)

    assert [offer.programme for offer in one.offers] == ["HX-P0003", "HX-P0001"]
    assert (one.number, one.previous, one.drive, one.site) == (1, "", "HD-3", "QS-V1")
    assert (one.site_name, one.centre, one.title, one.on) == ("王河村", SHOP.centre, "冬季", TODAY)
    assert [piece.path for piece in one.pieces] == [
        "data/戏曲艺术/节目3.mp4", "data/戏曲艺术/节目3.jpg",
        "data/戏曲艺术/节目1.mp4", "data/戏曲艺术/节目1.jpg",
    ]  # fmt: skip
    assert all(piece.sha256 for piece in one.pieces)
    assert [(offer.new, offer.asked) for offer in one.offers] == [(True, True), (True, False)]


def test_the_next_edition_follows_the_last() -> None:
    """Its number is one more, and it names the root of the last, also after a new disk."""
    plan, root = world(), "a" * 64
    before = standing(number=4, root=root, last_root=root, programmes=("HX-P0001", "HX-P0002"))
    renewed = standing(number=4, last_root=root)

    one = bundle(plan, ALL, SITES[2], before, stock=made_of(plan), taken={}, on=TODAY)
    two = bundle(plan, ALL, SITES[2], renewed, stock=made_of(plan), taken={}, on=TODAY)

    assert (one.number, one.previous) == (two.number, two.previous) == (5, root)
    assert [offer.programme for offer in one.offers if offer.new] == ["HX-P0003"]
    assert all(offer.new for offer in two.offers)


def test_a_bundle_leaves_everything_where_it_lies() -> None:
    """What is on the drive keeps its path, people's files are never in the way of anything."""
    plan = world()
    stock = made_of(plan)
    first = bundle(plan, ALL, SITES[2], standing(), stock=stock, taken={}, on=TODAY)
    lying = {piece.path: piece.sha256 for piece in first.pieces}
    people = {"data/戏曲艺术/节目1.mp4": "", "data/农业科技": ""}

    again = bundle(plan, ALL, SITES[2], standing(), stock=stock, taken=lying, on=TODAY)
    beside = bundle(plan, ALL, SITES[2], standing(), stock=stock, taken=people, on=TODAY)

    assert again == first
    assert [piece.path for piece in beside.pieces] == [
        "data/戏曲艺术/节目1 (2).mp4", "data/戏曲艺术/节目1 (2).jpg",
        "data/农业科技 (2)/节目2.mp4", "data/农业科技 (2)/节目2.jpg",
        "data/戏曲艺术/节目3.mp4", "data/戏曲艺术/节目3.jpg",
    ]  # fmt: skip


def test_an_editions_name_is_that_of_its_drive_number_and_bytes() -> None:
    """The same again has the same name; any of them otherwise, another."""
    plan = world()
    stock = made_of(plan)
    poster = plan.files["HX-P0001"].episodes[0].poster.origin
    assert isinstance(poster, FromStep)
    other = Made(poster.key, (MadeFile("poster.jpg", 50_000, sha("other")),))
    changed, fresh = Stock({**stock.made, poster.key: other}, {}), standing()

    def name(one: DriveStanding = fresh, which: Stock = stock, gets: Shared = ALL) -> str:
        return bundle(plan, gets, SITES[2], one, stock=which, taken={}, on=TODAY).edition

    assert name() == name()
    assert name().startswith("winter-HD-3-")
    assert len({
        name(),
        name(standing(drive="HD-4")),
        name(standing(number=1)),
        name(which=changed),
        name(gets=replace(ALL, chosen=ALL.chosen[:2])),
    }) == 5  # fmt: skip
