"""Programmes as files on a medium: where each lies, what the page offers, what is known of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.analysis import Analysis, PictureAnalysis, SoundAnalysis
from catalog.programme import (
    AudioStream,
    Episode,
    Programme,
    Sidecar,
    Source,
    VideoStream,
)
from catalog.vocabulary import terms
from pipeline.bundle.bundle import Piece
from pipeline.plan.steps import Encode, FromSource, FromStep, WebVtt, key
from pipeline.plan.targets.files import (
    NOTHING,
    Filed,
    Marked,
    Stock,
    area_of,
    filed,
    laid,
    steps_of,
)
from pipeline.plan.targets.tracks import Workshop
from pipeline.workroom import Made, MadeFile
from recipes.recipe import Recipe
from recipes.targets import DataDisc

SHOP = Workshop("ffmpeg 9", "face", "清水县文化馆")
SEEN = VideoStream(0, "h264", 1280, 720, rate=Fraction(25), pixel_format="yuv420p")
HEARD = AudioStream(1, "aac", 2, 48_000)
GOOD = PictureAnalysis(
    0, 15_000, Fraction(25), profile="High", level=31, bits=8, chroma="420", bit_rate=2_000_000,
    matrix="bt709",
)  # fmt: skip
SOUND = SoundAnalysis(1, "stereo", -30.0, gain=7.0, profile="LC")
MP4 = (("major_brand", "isom"),)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def source(name: str, *, picture: bool = True, subtitles: bool = False) -> Source:
    """A file that plays as it is."""
    beside = (Sidecar(sha(name + ".srt"), f"{name}.srt", f"{name}.srt", 9_000),)
    return Source(
        sha(name), 100_000_000, f"{name}.mp4", f"library/{name}.mp4", "mov,mp4,m4a,3gp,3g2,mj2",
        600.0, (SEEN, HEARD) if picture else (HEARD,), MP4, beside if subtitles else (),
    )  # fmt: skip


def analysis(one: Source) -> Analysis:
    picture = GOOD if one.video else None
    return Analysis(one.sha256, "test", 600.0, 600.0, picture, (SOUND,), faststart=True)


def programme(id: str, title: str, *episodes: Source, **told: Any) -> Programme:
    parts = tuple(Episode(n, one.sha256) for n, one in enumerate(episodes, start=1))
    return Programme(id, title, parts, **{"subject": ("AGR.GREENHOUSE",)} | told)


def filed_of(programmes: list[Programme], sources: list[Source], **medium: Any) -> list[Filed]:
    """Their files, as a data disc would have them."""
    recipe = Recipe.model_validate(
        {"recipe": "disc", "title": "光盘", "select": ({"subject": ("AGR",)},),
         "target": {"data-disc": medium}}
    )  # fmt: skip
    by_digest = {one.sha256: one for one in sources}
    analyses = {one.sha256: analysis(one) for one in sources}
    found = filed(
        recipe, DataDisc.model_validate(medium), programmes, by_digest, analyses, workshop=SHOP
    )
    assert [*found] == [one.id for one in programmes]
    return [*found.values()]


def made_of(programmes: list[Filed]) -> Stock:
    """All of them, made."""
    made = {}
    for step in steps_of(programmes):
        if isinstance(step, Encode | WebVtt):
            files = tuple(MadeFile(name, 1_000, sha(key(step) + name)) for name in step.outputs)
            made[key(step)] = Made(key(step), files)
    subtitles = [key(step) for step in steps_of(programmes) if isinstance(step, WebVtt)]
    return Stock(made, dict.fromkeys(subtitles, b"WEBVTT\n"))


ONE, TWO = source("一"), source("二")


def test_a_film_lies_under_its_area_with_its_poster_beside_it() -> None:
    """`area/title.mp4`, and on the page the same paths."""
    (one,) = filed_of([programme("HX-P0001", "温棚黄瓜", ONE)], [ONE])

    found = laid([one], NOTHING)

    assert [piece.path for piece in found.pieces] == [
        "data/农业科技/温棚黄瓜.mp4", "data/农业科技/温棚黄瓜.jpg"
    ]  # fmt: skip
    (offer,) = found.offers
    (episode,) = offer.episodes
    assert (episode.name, episode.video, episode.poster, episode.captions) == (
        "", "data/农业科技/温棚黄瓜.mp4", "data/农业科技/温棚黄瓜.jpg", ""
    )  # fmt: skip
    assert (offer.subject, offer.seconds) == ("农业科技", 600.0)


def test_a_series_lies_in_a_folder_of_its_own() -> None:
    """One file an episode, numbered as the catalogue numbers them."""
    (one,) = filed_of([programme("HX-P0001", "温棚", ONE, TWO)], [ONE, TWO])

    found = laid([one], NOTHING, below="")

    assert [piece.path for piece in found.pieces] == [
        "农业科技/温棚/第1集.mp4", "农业科技/温棚/第1集.jpg",
        "农业科技/温棚/第2集.mp4", "农业科技/温棚/第2集.jpg",
    ]  # fmt: skip
    assert [each.name for each in found.offers[0].episodes] == ["第1集", "第2集"]
    assert one.seconds == 1200.0


def test_the_second_half_of_a_series_keeps_its_numbers() -> None:
    """As it lies on the second of two discs."""
    (one,) = filed_of([programme("HX-P0001", "温棚", ONE, TWO)], [ONE, TWO])
    half = replace(one, episodes=one.episodes[1:], first=2)

    found = laid([half], NOTHING, below="")

    assert [piece.path for piece in found.pieces] == [
        "农业科技/温棚/第2集.mp4", "农业科技/温棚/第2集.jpg"
    ]  # fmt: skip
    assert [each.number for each in half.numbered] == [2]


def test_subtitles_lie_beside_their_video_and_come_onto_the_page() -> None:
    """The third file of an episode; burnt in, there is none."""
    file = source("戏", subtitles=True)
    (one,) = filed_of([programme("HX-P0001", "戏", file)], [file])
    (burnt,) = filed_of([programme("HX-P0001", "戏", file)], [file], captions="burnt-in")
    stock = made_of([one])

    found = laid([one], stock)

    assert [piece.path.rpartition(".")[2] for piece in found.pieces] == ["mp4", "jpg", "vtt"]
    assert found.offers[0].episodes[0].captions == "data/农业科技/戏.vtt"
    assert stock.captions(found.pieces) == {"data/农业科技/戏.vtt": b"WEBVTT\n"}
    assert NOTHING.captions(found.pieces) == {}
    assert found.whole
    assert [piece.path.rpartition(".")[2] for piece in laid([burnt], NOTHING).pieces] == [
        "mp4", "jpg"
    ]  # fmt: skip


def test_a_programme_of_sound_alone_gets_a_picture() -> None:
    """A card with its title, of which the poster is made too; all its steps are there once."""
    file = source("秦腔", picture=False)
    (one,) = filed_of([programme("HX-P0001", "秦腔", file)], [file])

    steps = steps_of([one, one])

    assert [type(step).__name__ for step in steps] == ["Card", "Encode", "Encode"]
    assert isinstance(one.episodes[0].video.origin, FromStep)
    assert laid([one], NOTHING).offers[0].episodes[0].poster.endswith("秦腔.jpg")
    assert not laid([one], NOTHING).whole
    assert laid([one], made_of([one])).whole


def test_what_stays_untouched_is_known_before_anything_is_made() -> None:
    """Its bytes and digest are the library's; a made file's are its step's, and only of that."""
    (one,) = filed_of([programme("HX-P0001", "温棚黄瓜", ONE)], [ONE])
    video, poster = one.files()
    stock = made_of([one])
    assert isinstance(poster.origin, FromStep)
    other = Stock({poster.origin.key: Made(poster.origin.key, ())}, {})

    assert (video.origin, video.sha256) == (FromSource(ONE.sha256, ".mp4"), ONE.sha256)
    assert stock.known(video) == video
    assert NOTHING.known(poster) == poster
    assert poster.sha256 == ""
    assert stock.known(poster).bytes == 1_000
    assert stock.known(poster).sha256 == sha(poster.origin.key + "poster.jpg")
    assert other.known(poster) == poster


def test_equal_titles_lie_side_by_side() -> None:
    """Film and poster of one programme keep one name."""
    both = filed_of(
        [programme("HX-P0001", "温棚", ONE), programme("HX-P0002", "温棚", TWO)], [ONE, TWO]
    )

    found = laid(both, NOTHING, below="")

    assert [piece.path for piece in found.pieces] == [
        "农业科技/温棚.mp4", "农业科技/温棚.jpg", "农业科技/温棚 (2).mp4", "农业科技/温棚 (2).jpg"
    ]  # fmt: skip
    assert found.offers[1].episodes[0].video == "农业科技/温棚 (2).mp4"


def test_what_lies_on_a_medium_stays_where_it_is() -> None:
    """Equal bytes keep their path; a person's file, or other bytes, are never written over."""
    (one,) = filed_of([programme("HX-P0001", "温棚", ONE)], [ONE])
    stock = made_of([one])
    there = {piece.path: piece.sha256 for piece in laid([one], stock).pieces}
    moved = {"data/农业科技/温棚 (3).mp4": ONE.sha256}

    assert [p.path for p in laid([one], stock, there).pieces] == [*there]
    assert laid([one], stock, moved).pieces[0].path == "data/农业科技/温棚 (3).mp4"
    for sha256 in ("", "f" * 64):
        barred = laid([one], stock, {"data/农业科技/温棚.mp4": sha256})
        assert [p.path for p in barred.pieces] == [
            "data/农业科技/温棚 (2).mp4", "data/农业科技/温棚 (2).jpg"
        ]  # fmt: skip
        assert barred.offers[0].episodes[0].video == "data/农业科技/温棚 (2).mp4"


def test_what_is_new_and_what_was_asked_for_is_marked() -> None:
    """And nothing else of the offer changes."""
    both = filed_of(
        [programme("HX-P0001", "温棚", ONE), programme("HX-P0002", "羊病", TWO)], [ONE, TWO]
    )

    found = laid(both, NOTHING, marked=Marked({"HX-P0001"}, {"HX-P0002"})).offers

    assert [(one.new, one.asked) for one in found] == [(True, False), (False, True)]
    plain = laid(both, NOTHING).offers
    assert plain == tuple(replace(one, new=False, asked=False) for one in found)


def test_an_offer_says_what_the_catalogue_says() -> None:
    """Groups by their Chinese name; a code that nobody knows is passed over."""
    told = programme(
        "HX-P0001", "温棚", ONE, description="说明", creator="农技站", dialect="陇东方言",
        audience=("growers", "nobody"), months=(11, 12), keywords=("黄瓜",),
    )  # fmt: skip

    (offer,) = laid(filed_of([told], [ONE]), NOTHING).offers

    assert (offer.description, offer.creator, offer.dialect) == ("说明", "农技站", "陇东方言")
    assert (offer.months, offer.keywords) == ((11, 12), ("黄瓜",))
    assert len(offer.audience) == 1
    assert not offer.audience[0].isascii()


@pytest.mark.parametrize(
    ("subject", "classes", "area"),
    [
        (("AGR.GREENHOUSE",), (), "农业科技"),
        (("AGR",), ("J825",), "农业科技"),
        ((), ("S626",), "农业科技"),
        ((), ("S",), "农业科技"),
        ((), ("Ｓ６２６．５",), "农业科技"),
        ((), ("ZZ9",), "其他"),
        ((), (), "其他"),
        (("NO.SUCH",), ("S626",), "农业科技"),
        (("NO.SUCH",), (), "其他"),
    ],
)
def test_the_area_is_that_of_the_first_subject_else_of_the_first_class(
    subject: tuple[str, ...], classes: tuple[str, ...], area: str
) -> None:
    """As a Chinese name; what lies under nothing lies under 其他."""
    assert area_of(Programme("", "", subject=subject, class_numbers=classes)) == area


def test_every_subject_lies_under_its_area() -> None:
    """The first part of its code."""
    names = {one.code: one.zh for one in terms("subject")}
    for one in terms("subject"):
        assert area_of(Programme("", "", subject=(one.code,))) == names[one.code.split(".")[0]]


_TITLES = st.one_of(st.sampled_from(["温棚", "温棚 (2)", "a", "A", "第1集"]), st.text(max_size=30))

_AREA = "data/农业科技"
_THERE = st.sampled_from(
    [_AREA, f"{_AREA}/温棚.mp4", f"{_AREA}/温棚/第1集.mp4", f"{_AREA}/a.jpg", f"{_AREA}/A (2).mp4"]
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(_TITLES, st.integers(1, 3)), max_size=8),
    st.dictionaries(_THERE, st.sampled_from(["", "f" * 64])),
    st.booleans(),
)  # fmt: skip
def test_every_piece_has_a_path_of_its_own_and_every_offer_its_pieces(
    told: list[tuple[str, int]], taken: dict[str, str], made: bool
) -> None:
    """Whatever titles there are and whatever lies there already."""
    files = [source(str(n)) for n in range(3)]
    programmes = filed_of(
        [programme(f"HX-P{n:04}", title, *files[:count])
         for n, (title, count) in enumerate(told, start=1)], files,
    )  # fmt: skip
    stock = made_of(programmes) if made else NOTHING

    found = laid(programmes, stock, taken)

    paths = [piece.path for piece in found.pieces]
    assert len({path.casefold() for path in paths}) == len(paths)
    assert {path.casefold() for path in paths}.isdisjoint(map(str.casefold, taken))
    offered = [
        path for offer in found.offers for one in offer.episodes for path in (one.video, one.poster)
    ]
    assert offered == paths
    assert [offer.programme for offer in found.offers] == [one.programme.id for one in programmes]
    files_of = [stock.known(file) for one in programmes for file in one.files()]
    assert [*found.pieces] == [
        Piece(path, file.bytes, file.sha256, file.origin)
        for path, file in zip(paths, files_of, strict=True)
    ]
