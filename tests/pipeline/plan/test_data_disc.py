"""Programmes on data discs: all of them, whole or in order, and never more than a disc holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.programme import Episode, Programme
from pipeline.bundle.iso_size import CAPACITY, MOST_BYTES, SECTOR, image_bytes
from pipeline.bundle.layout import PAGE
from pipeline.bundle.page import captions
from pipeline.bundle.page.length import PAGE_BYTES
from pipeline.bundle.page.page import disc_page
from pipeline.plan.pc_file import PcFile, PcSteps
from pipeline.plan.planning import plan as planned
from pipeline.plan.select import Selected
from pipeline.plan.steps import Encode, FromSource, FromStep, WebVtt, WriteIso, key
from pipeline.plan.targets.data_disc import PlannedIso, data_discs
from pipeline.plan.targets.files import NOTHING, Filed, Stock, laid, steps_of
from pipeline.plan.targets.spreading import page_bound, spread
from pipeline.plan.targets.tracks import Workshop
from pipeline.workroom import Made, MadeFile
from recipes.recipe import Recipe
from recipes.targets import DataDisc, Size

CD = CAPACITY["cd80"]
CUE = "00:00:{s:02}.000 --> 00:00:{s:02}.900\n{text}\n\n"


def recipe(size: Size = "cd80", order: str = "fixed", title: str = "农技光盘") -> Recipe:
    """A recipe for data discs."""
    return Recipe.model_validate(
        {
            "recipe": "nongji",
            "title": title,
            "order": order,
            "select": ({"subject": ("AGR",)},),
            "target": {"data-disc": {"size": size}},
        }
    )


def disc_of(size: Size = "dvd5") -> DataDisc:
    """A medium as a recipe would name it."""
    return DataDisc.model_validate({"size": size})


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def episode(name: str, video: int, *, poster: int = 40_000, captions: int = 0) -> PcSteps:
    """The steps of one episode, whose video is made."""
    made = Encode(name, 60.0, (name,), (), ("programme.mp4",), "ffmpeg 9")
    pictured = Encode(name, 60.0, (name, "poster"), (), ("poster.jpg",), "ffmpeg 9")
    vtt = WebVtt(name, (FromSource(digest_of(name), ".srt"),), -1, "ffmpeg 9")
    return PcSteps(
        "encoded",
        (made, pictured, *([vtt] if captions else [])),
        PcFile(FromStep(key(made), "programme.mp4"), video),
        PcFile(FromStep(key(pictured), "poster.jpg"), poster),
        PcFile(FromStep(key(vtt), vtt.name), captions) if captions else None,
        60.0,
        (),
    )


def filed(number: int, *videos: int, captions: int = 0, **told: Any) -> Filed:
    """A programme of so many episodes, with the bytes of their videos."""
    id = f"HX-P{number:04}"
    parts = tuple(Episode(n, digest_of(f"{id}/{n}")) for n in range(1, len(videos) + 1))
    told = {"title": f"节目{number}", "subject": ("AGR",)} | told
    programme = Programme(id, episodes=parts, **told)
    episodes = (episode(f"{id}/{n}", size, captions=captions) for n, size in enumerate(videos))
    return Filed(programme, tuple(episodes))


def vtt(size: int, text: str = "话") -> bytes:
    """A caption file of about so many bytes."""
    one = CUE.format(s=1, text=text)
    count = max(1, size // len(one.encode()))
    return ("WEBVTT\n\n" + "".join(CUE.format(s=n % 60, text=text) for n in range(count))).encode()


def made_of(programmes: list[Filed], share: float = 1.0, text: str = "话") -> Stock:
    """All their files, made: `share` as large as the plan counted with."""
    made: dict[str, Made] = {}
    texts: dict[str, bytes] = {}
    for file in (file for one in programmes for file in one.files()):
        assert isinstance(file.origin, FromStep)
        step, name = file.origin.key, file.origin.name
        size = int(file.bytes * share)
        if name.endswith(".vtt"):
            texts[step] = vtt(size, text)
            size = len(texts[step])
        made[step] = Made(step, (MadeFile(name, size, digest_of(step)),))
    return Stock(made, texts)


def discs_of(
    programmes: list[Filed], stock: Stock = NOTHING, *, order: str = "fixed", size: Size = "cd80"
) -> tuple[tuple[PlannedIso, ...], tuple[WriteIso, ...], list[str]]:
    """The discs, what writes them, and the ids of what is left out."""
    medium = disc_of(size)
    discs, writes, out = data_discs(recipe(size, order), medium, programmes, stock, "清水县文化馆")
    return discs, writes, [one.programme for one in out]


def lying(discs: tuple[PlannedIso, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Programmes in the order of the discs, with the names of their episodes there."""
    return [
        (offer.programme, tuple(one.name for one in offer.episodes))
        for disc in discs
        for offer in disc.offers
    ]


MEGA = 1 << 20
_SIZES = st.one_of(st.integers(0, 3 * MEGA), st.integers(0, CD // 2), st.integers(0, CD + MEGA))
_EDGES = st.integers(CD - 3 * MEGA, CD)
_TITLES = st.one_of(
    st.just("同名"),
    st.text(min_size=1, max_size=60),
    st.text('温棚黄瓜;：<&"', min_size=1, max_size=80),
)
_PROGRAMMES = st.lists(
    st.tuples(
        st.lists(st.one_of(_SIZES, _EDGES), min_size=1, max_size=6),
        st.sampled_from([0, 0, 1, 60_000]),
        _TITLES,
        st.text(max_size=300),
    ),
    max_size=12,
)


def built(told: list[tuple[list[int], int, str, str]]) -> list[Filed]:
    """Programmes of what hypothesis chose."""
    return [
        filed(number, *videos, captions=captions, title=title, description=about)
        for number, (videos, captions, title, about) in enumerate(told, start=1)
    ]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_PROGRAMMES, st.sampled_from(["fixed", "best-fit"]), st.sampled_from([0.3, 1.0]))
def test_every_programme_is_on_the_discs_once_and_no_disc_holds_too_much(
    told: list[tuple[list[int], int, str, str]], order: str, share: float
) -> None:
    """Whole on one disc, or its episodes in their order over several; else left out."""
    programmes = built(told)
    for stock in (NOTHING, made_of(programmes, share)):
        discs, _writes, out = discs_of(programmes, stock, order=order)

        held = lying(discs)
        assert {id for id, _names in held}.isdisjoint(out)
        for one in programmes:
            if one.programme.id in out:
                continue
            count = len(one.episodes)
            names = [f"第{n}集" for n in range(1, count + 1)] if count > 1 else [""]
            assert [n for id, there in held if id == one.programme.id for n in there] == names
        for disc in discs:
            pages = [] if disc.write else [PAGE_BYTES]
            pieces = [(piece.path, piece.bytes) for piece in disc.pieces]
            assert disc.bytes <= CD, (order, disc.free)
            assert disc.bytes + disc.free == CD
            files = sum(-(-size // SECTOR) * SECTOR for _path, size in pieces)
            assert disc.bytes >= min(files, CD if not disc.write else files)
            assert disc.bytes >= sum(pages)
        assert [disc.number for disc in discs] == [*range(1, len(discs) + 1)]
        assert all(disc.files for disc in discs)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_PROGRAMMES, st.booleans())
def test_the_recipes_order_is_kept_and_the_best_fit_never_needs_more_discs(
    told: list[tuple[list[int], int, str, str]], made: bool
) -> None:
    """Fixed: over all discs. Best fit: on each disc."""
    programmes = built(told)
    stock = made_of(programmes) if made else NOTHING

    fixed, _writes, out = discs_of(programmes, stock)
    best, _others, also_out = discs_of(programmes, stock, order="best-fit")

    ids = [one.programme.id for one in programmes if one.programme.id not in out]
    assert made or not out  # nothing is known for sure yet
    assert list(dict.fromkeys(id for id, _names in lying(fixed))) == ids
    assert out == also_out
    assert len(best) <= len(fixed)
    for disc in best:
        assert list(disc.programmes) == sorted(disc.programmes)


def test_the_next_disc_begins_only_where_a_programme_does_not_fit() -> None:
    """Three of 300 MB on a CD of 700: two, and one."""
    programmes = [filed(n, 300 * MEGA) for n in (1, 2, 3)]

    discs, _writes, out = discs_of(programmes)

    assert [disc.programmes for disc in discs] == [("HX-P0001", "HX-P0002"), ("HX-P0003",)]
    assert not out


def test_the_best_fit_finds_the_discs_that_the_order_does_not() -> None:
    """Large and small by turns: four discs in their order, three when they are packed."""
    sizes = [400, 450, 250, 500, 180, 150]
    programmes = [filed(n, size * MEGA) for n, size in enumerate(sizes, start=1)]

    assert len(discs_of(programmes)[0]) == 4
    assert len(discs_of(programmes, order="best-fit")[0]) == 3


def test_two_series_over_several_discs_share_one_where_the_order_lets_them() -> None:
    """Packing would begin each on a disc of its own, and need one more."""
    programmes = [filed(1, 400 * MEGA, 340 * MEGA), filed(2, 340 * MEGA, 400 * MEGA)]

    fixed, _writes, _out = discs_of(programmes)
    best, _others, _also = discs_of(programmes, order="best-fit")

    assert len(fixed) == len(best) == 3
    assert lying(fixed)[1:3] == [("HX-P0001", ("第2集",)), ("HX-P0002", ("第1集",))]


def test_an_episode_keeps_its_number_on_whichever_disc_it_lies() -> None:
    """Two to a disc: the third is 第3集, in its name and on the page; so is one after a gap."""
    one = filed(1, *[300 * MEGA] * 5)
    gap = replace(one, programme=replace(
        one.programme,
        episodes=tuple(replace(e, number=e.number + 10) for e in one.programme.episodes),
    ))  # fmt: skip

    discs, _writes, _out = discs_of([one])
    others, _more, _left = discs_of([gap])

    assert [names for _id, names in lying(discs)] == [
        ("第1集", "第2集"), ("第3集", "第4集"), ("第5集",)
    ]  # fmt: skip
    assert discs[1].offers[0].episodes[0].video == "农业科技/节目1/第3集.mp4"
    assert discs[2].offers[0].episodes[0].video == "农业科技/节目1/第5集.mp4"
    assert others[1].offers[0].episodes[0].video == "农业科技/节目1/第13集.mp4"
    assert [disc.listed[0][0] for disc in discs] == [
        "节目1 第1—2集", "节目1 第3—4集", "节目1 第5集"
    ]  # fmt: skip


def test_a_disc_that_holds_all_of_a_series_lists_its_title_alone() -> None:
    """No numbers where nothing lies elsewhere."""
    discs, _writes, _out = discs_of([filed(1, MEGA, MEGA), filed(2, MEGA)])

    assert [name for name, _seconds in discs[0].listed] == ["节目1", "节目2"]


@pytest.mark.parametrize(
    ("size", "video"), [("cd80", CD - MEGA // 4), ("dvd9", MOST_BYTES + 1), ("cd74", CD)]
)
def test_what_no_disc_holds_is_left_out_with_its_size(size: Size, video: int) -> None:
    """One episode is enough; the others go on."""
    programmes = [filed(1, MEGA), filed(2, MEGA, video), filed(3, MEGA)]

    stock = made_of(programmes)
    _discs, _writes, found = data_discs(recipe(size), disc_of(size), programmes, stock, "")
    discs, _more, out = discs_of(programmes, stock, size=size)

    assert out == ["HX-P0002"]
    assert [disc.programmes for disc in discs] == [("HX-P0001", "HX-P0003")]
    assert (found[0].reason, found[0].title) == ("too-large", "节目2")
    assert found[0].details == (("gigabytes", f"{video / 1e9:.2f}"),)


def test_what_lies_beside_a_video_counts_when_it_is_looked_at_whether_a_disc_holds_it() -> None:
    """A video that just fits, with a poster that does not."""
    room = CD - 3 * MEGA // 2
    small, large = filed(1, room), filed(1, room)
    large = replace(large, episodes=(episode("x", room, poster=2 * MEGA),))

    assert discs_of([small], made_of([small]))[2] == []
    assert discs_of([large], made_of([large]))[2] == ["HX-P0001"]


def test_what_may_turn_out_small_enough_is_made_before_it_is_left_out() -> None:
    """A film counts with the most it can have, which is two or three times what it will have."""
    film = [filed(1, 2 * CD, MEGA), filed(2, MEGA)]

    before, _writes, nobody = discs_of(film)
    small, written, none = discs_of(film, made_of(film, 0.4))
    large, _others, out = discs_of(film, made_of(film, 0.6))

    assert not nobody
    assert all(disc.bytes <= CD for disc in before)
    assert (len(small), len(written), none) == (1, 1, [])
    assert ([disc.programmes for disc in large], out) == ([("HX-P0002",)], ["HX-P0001"])


def test_what_can_hardly_turn_out_small_enough_is_left_out_at_once() -> None:
    """Nor is what stays as it is, whose bytes are known."""
    huge, known = filed(1, 5 * CD), filed(2, CD)
    video = PcFile(FromSource("a" * 64, ".mp4"), CD, "a" * 64)
    known = replace(known, episodes=(replace(known.episodes[0], video=video),))

    assert discs_of([huge, known])[2] == ["HX-P0001", "HX-P0002"]


def test_many_long_captions_need_no_endless_search() -> None:
    """Hundreds of films whose subtitles stand in the page once more."""
    programmes = [filed(n, 5 * MEGA, captions=400_000) for n in range(1, 121)]

    discs, _writes, out = discs_of(programmes)

    assert not out
    assert sum(len(disc.programmes) for disc in discs) == 120


def test_an_empty_choice_gives_no_disc() -> None:
    """Nothing to write is no disc."""
    assert discs_of([]) == ((), (), [])


# -- the page -------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=100),
            st.one_of(st.text(max_size=400), st.text('<>&\x01\u2028\ufdfa"\\戏', max_size=5000)),
            st.lists(st.text(max_size=40), max_size=20),
            st.integers(1, 12),
            st.text(min_size=1, max_size=20),
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["话", "<&>", '"', "——⸺", "a\nb"]),
)
def test_no_page_is_longer_than_was_counted_with(
    told: list[tuple[str, str, list[str], int, str]], line: str
) -> None:
    """Whatever descriptions, titles, keywords and subtitles hold."""
    programmes = [
        filed(number, *[MEGA] * count, captions=3_000, title=title, description=about,
              keywords=tuple(words), creator=who, dialect=who, audience=("growers",))
        for number, (title, about, words, count, who) in enumerate(told, start=1)
    ]  # fmt: skip
    stock = made_of(programmes, text=line)
    placed = laid(programmes, stock, below="")

    real = disc_page("题" * 40, "馆" * 40, placed.offers, captions=stock.captions(placed.pieces))

    assert len(real) <= PAGE_BYTES + page_bound(programmes, placed.offers, stock)


def test_a_page_of_long_descriptions_still_fits_its_disc() -> None:
    """5,000 characters each, which are three times as many bytes, and twice in the page."""
    programmes = [filed(n, 700_000, description="说" * 5_000) for n in range(1, 1_001)]
    stock = made_of(programmes)

    discs, writes, _out = discs_of(programmes, stock)

    assert len(discs) == len(writes)
    page = next(file for file in writes[0].files if file.path == PAGE)
    assert page.bytes > 20_000_000
    assert all(disc.bytes <= CD for disc in discs)


def test_page_bounds_are_not_far_from_the_truth() -> None:
    """Room that is counted with and not needed is room for programmes."""
    programmes = [filed(n, MEGA, description="说" * 200) for n in range(1, 101)]
    offers = laid(programmes, NOTHING, below="").offers

    real = len(disc_page("", "", offers)) - len(disc_page("", "", []))

    assert real <= page_bound(programmes, offers, NOTHING) <= 1.2 * real


# -- from what is known to what is final ----------------------------------------------------------


def test_discs_are_written_only_when_every_file_is_known() -> None:
    """One poster is missing: there are discs, of the most bytes they can have, and no image."""
    programmes = [filed(n, 300 * MEGA) for n in (1, 2, 3)]
    stock = made_of(programmes, 0.5)
    poster = programmes[2].episodes[0].poster.origin
    assert isinstance(poster, FromStep)
    without = Stock({k: v for k, v in stock.made.items() if k != poster.key}, stock.texts)

    discs, writes, _out = discs_of(programmes, without)
    final, written, _left = discs_of(programmes, stock)

    assert len(discs) == 1
    assert not writes
    assert [disc.write for disc in discs] == [""]
    assert [disc.write for disc in final] == [key(step) for step in written]
    assert final[0].bytes == image_bytes(written[0].files) == written[0].bytes


def test_captions_that_the_page_cannot_hold_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only once all files are known: before, nothing is said of them."""
    programmes = [filed(n, 300 * MEGA, captions=5_000) for n in (1, 2)]
    monkeypatch.setattr(captions, "MOST_BYTES", 10)
    ((unmade,), _writes, _out) = discs_of(programmes, NOTHING)
    ((made,), _writes, _out) = discs_of(programmes, made_of(programmes))

    assert unmade.mute == ()
    assert made.mute == tuple(one.episodes[0].captions for one in made.offers)
    assert all(made.mute)


def the_plan(programmes: list[Filed], stock: Stock, monkeypatch: pytest.MonkeyPatch) -> Any:
    files: Mapping[str, Filed] = {one.programme.id: one for one in programmes}
    monkeypatch.setattr("pipeline.plan.planning.filed", lambda *_a, **_k: files)
    chosen = tuple(one.programme for one in programmes)
    return planned(
        recipe(), Selected(chosen, ()), {}, Workshop("ffmpeg 9", "face", "馆"), stock=stock
    )


def test_two_rounds_end_in_a_plan_that_is_final(monkeypatch: pytest.MonkeyPatch) -> None:
    """First the files, then by their bytes the discs; both rounds take the same programmes."""
    programmes = [filed(n, 300 * MEGA, captions=5_000) for n in (1, 2, 3)]

    first = the_plan(programmes, NOTHING, monkeypatch)
    stock = made_of(programmes, 0.4)
    second = the_plan(programmes, stock, monkeypatch)

    assert not first.final
    assert (first.edition, len(first.discs)) == ("nongji", 2)
    assert set(first.goals) == set(stock.made)
    assert second.final
    assert len(second.discs) == 1
    assert second.goals == (second.discs[0].write,)
    assert second.programmes == first.programmes
    assert second.steps[:-1] == first.steps == steps_of(programmes)


def test_an_editions_name_goes_by_the_bytes_on_its_discs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal bytes, equal name; other bytes, another."""
    programmes = [filed(n, MEGA) for n in (1, 2)]
    stock = made_of(programmes)
    first, again = (the_plan(programmes, stock, monkeypatch) for _turn in (1, 2))
    poster = programmes[0].episodes[0].poster.origin
    assert isinstance(poster, FromStep)
    other = Made(poster.key, (MadeFile("poster.jpg", 40_000, digest_of("other")),))
    changed = Stock({**stock.made, poster.key: other}, stock.texts)

    assert first == again
    assert first.edition.startswith("nongji-")
    assert the_plan(programmes, changed, monkeypatch).edition != first.edition
    told = [replace(p, programme=replace(p.programme, description="新")) for p in programmes]
    assert the_plan(told, stock, monkeypatch).edition != first.edition


def test_programmes_that_no_disc_holds_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disc that nobody could burn is not worth an hour of encoding."""
    programmes = [filed(1, MEGA), filed(2, 5 * CD)]

    found = the_plan(programmes, NOTHING, monkeypatch)

    assert [one.programme for one in found.left_out] == ["HX-P0002"]
    assert found.steps == programmes[0].steps


@pytest.mark.parametrize("size", ["cd74", "cd80", "dvd5", "dvd9"])
def test_all_sizes_of_discs_are_used_to_their_last_megabytes(size: Size) -> None:
    """What is set aside for names and page is little."""
    parts = [(CAPACITY[size] - 3 * MEGA) // 3] * 3

    discs, _writes, out = discs_of([filed(1, *parts)], size=size)

    assert (len(discs), out) == (1, [])


def test_spreading_takes_every_order_of_a_recipe() -> None:
    """The words of the recipe are those that spreading knows."""
    assert spread(disc_of(), "best-fit", [filed(1, MEGA)], NOTHING).discs
    assert spread(disc_of(), "fixed", [filed(1, MEGA)], NOTHING).discs
