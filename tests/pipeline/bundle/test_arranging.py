"""Paths for the pieces of a bundle: never over what lies there, never moved without need."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bundle.arranging import WantedPath, arranged
from pipeline.bundle.names import LONGEST_PATH
from pipeline.manifest import collisions, name_fault


def film(title: str, digest: str = "", programme: str = "", ending: str = ".mp4") -> WantedPath:
    return WantedPath(programme or title, "戏曲", title, ending, "", digest)


def episode(name: str, digest: str = "", programme: str = "P1") -> WantedPath:
    return WantedPath(programme, "戏曲", "三滴血", ".mp4", name, digest)


def test_a_piece_lies_under_its_area_and_title() -> None:
    """One file under its title; several episodes in a folder of the title; posters beside."""
    wanted = [film("三滴血"), film("三滴血", ending=".jpg"), episode("第1集"), episode("第2集")]

    assert arranged(wanted, {}) == (
        "data/戏曲/三滴血.mp4",
        "data/戏曲/三滴血.jpg",
        "data/戏曲/三滴血/第1集.mp4",
        "data/戏曲/三滴血/第2集.mp4",
    )


def test_a_disc_has_no_data_folder() -> None:
    """The same arrangement serves a disc, whose folders lie at its root."""
    assert arranged([film("三滴血")], {}, below="") == ("戏曲/三滴血.mp4",)


def test_two_programmes_of_one_title_are_numbered() -> None:
    """The second gets a number, with all that lies beside it."""
    wanted = [
        film("三滴血", programme="P1"),
        film("三滴血", programme="P2"),
        film("三滴血", programme="P2", ending=".jpg"),
    ]

    assert arranged(wanted, {})[1:] == ("data/戏曲/三滴血 (2).mp4", "data/戏曲/三滴血 (2).jpg")


def test_two_series_of_one_title_have_two_folders() -> None:
    """Episodes of two series never lie in one folder."""
    wanted = [episode("第1集"), episode("第1集", programme="P2"), episode("第2集", programme="P2")]

    assert arranged(wanted, {}) == (
        "data/戏曲/三滴血/第1集.mp4",
        "data/戏曲/三滴血 (2)/第1集.mp4",
        "data/戏曲/三滴血 (2)/第2集.mp4",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Abc", "aBC"),
        ("caf\u00e9", "cafe\u0301"),
        ("a:b", "a：b"),
        ("秦" * 90, "秦" * 95),
        ("straße", "strasse"),
    ],
)
def test_titles_that_some_media_hold_as_one_are_numbered(one: str, other: str) -> None:
    """Case, normal form, replaced characters and cut ends make two titles one."""
    paths = arranged([film(one), film(other)], {})

    assert paths[1].endswith(" (2).mp4")
    assert collisions(paths) == ()


def test_a_title_that_looks_numbered_is_not_taken_over() -> None:
    """A title may end in a number itself."""
    wanted = [film("三滴血 (2)"), film("三滴血", programme="P1"), film("三滴血", programme="P2")]

    assert arranged(wanted, {}) == (
        "data/戏曲/三滴血 (2).mp4",
        "data/戏曲/三滴血.mp4",
        "data/戏曲/三滴血 (3).mp4",
    )


def test_a_piece_that_lies_there_keeps_its_path() -> None:
    """The same bytes stay where they are, also where an earlier refresh had numbered them."""
    taken = {"data/戏曲/三滴血 (2).mp4": "d" * 64, "data/戏曲/火焰驹.mp4": "e" * 64}
    wanted = [film("火焰驹", "e" * 64), film("三滴血", "d" * 64)]

    assert arranged(wanted, taken) == ("data/戏曲/火焰驹.mp4", "data/戏曲/三滴血 (2).mp4")


def test_a_piece_never_takes_a_path_where_other_bytes_lie() -> None:
    """A new version gets the next number; the refresh after that may have the plain name again."""
    first = arranged([film("三滴血", "b" * 64)], {"data/戏曲/三滴血.mp4": "a" * 64})
    then = arranged([film("三滴血", "c" * 64)], dict.fromkeys(first, "b" * 64))

    assert (first, then) == (("data/戏曲/三滴血 (2).mp4",), ("data/戏曲/三滴血.mp4",))


def test_a_file_of_a_person_is_never_in_the_way_nor_taken() -> None:
    """Also where it differs only in case, and where its digest is not known."""
    taken = {"DATA/戏曲/Film.MP4": "", "data/戏曲/film (2).mp4": ""}

    assert arranged([film("film", "a" * 64)], taken) == ("data/戏曲/film (3).mp4",)


def test_what_comes_beside_a_piece_that_stays_takes_its_number() -> None:
    """New captions of a numbered film that stays are named like the film."""
    taken = {"data/戏曲/三滴血 (2).mp4": "d" * 64}
    wanted = [film("三滴血", "d" * 64), film("三滴血", "c" * 64, ending=".vtt")]

    assert arranged(wanted, taken)[1] == "data/戏曲/三滴血 (2).vtt"


def test_a_series_stays_in_the_folder_that_holds_most_of_it() -> None:
    """A changed episode gets a number in that folder; another series goes elsewhere."""
    taken = {
        "data/戏曲/三滴血 (2)/第1集.mp4": "1" * 64,
        "data/戏曲/三滴血 (2)/第2集.mp4": "2" * 64,
        "data/戏曲/三滴血 (2)/第3集.mp4": "3" * 64,
    }
    wanted = [
        episode("第4集", "9" * 64, programme="P2"),
        episode("第1集", "1" * 64),
        episode("第2集", "7" * 64),
        episode("第3集", "3" * 64),
    ]

    assert arranged(wanted, taken) == (
        "data/戏曲/三滴血/第4集.mp4",
        "data/戏曲/三滴血 (2)/第1集.mp4",
        "data/戏曲/三滴血 (2)/第2集 (2).mp4",
        "data/戏曲/三滴血 (2)/第3集.mp4",
    )


def test_a_series_stays_with_most_of_its_episodes() -> None:
    """Where two folders hold some of it, the one with more decides, not the lower number."""
    taken = {
        "data/戏曲/三滴血/第1集.mp4": "1" * 64,
        "data/戏曲/三滴血 (2)/第2集.mp4": "2" * 64,
        "data/戏曲/三滴血 (2)/第3集.mp4": "3" * 64,
        "data/戏曲/三滴血 (3)/第1集.mp4": "1" * 64,
    }
    wanted = [episode(f"第{number}集", str(number) * 64) for number in (1, 2, 3)]

    assert arranged(wanted, taken) == (
        "data/戏曲/三滴血 (2)/第1集.mp4",
        "data/戏曲/三滴血 (2)/第2集.mp4",
        "data/戏曲/三滴血 (2)/第3集.mp4",
    )


def test_two_programmes_of_the_same_bytes_have_a_file_each() -> None:
    """Bytes that lie there once serve one of them."""
    wanted = [film("三滴血", "d" * 64, programme) for programme in ("P1", "P2")]

    assert arranged(wanted, {"data/戏曲/三滴血.mp4": "d" * 64}) == (
        "data/戏曲/三滴血.mp4",
        "data/戏曲/三滴血 (2).mp4",
    )


def test_a_file_where_a_folder_should_be_is_gone_around() -> None:
    """And a folder where a file should be."""
    taken = {"data/戏曲": "", "data/健康/三滴血.mp4/照片.jpg": ""}
    wanted = [film("三滴血"), WantedPath("P2", "健康", "三滴血", ".mp4")]

    assert arranged(wanted, taken) == ("data/戏曲 (2)/三滴血.mp4", "data/健康/三滴血 (2).mp4")


def test_a_film_named_as_the_folder_of_a_series_gets_a_number() -> None:
    """A folder `a.mp4` and a file `a.mp4` cannot lie side by side."""
    wanted = [film("a", programme="P1"), WantedPath("P2", "戏曲", "a.mp4", ".mp4", "第1集")]

    assert arranged(wanted, {}) == ("data/戏曲/a (2).mp4", "data/戏曲/a.mp4/第1集.mp4")


def test_many_equal_titles_take_no_time() -> None:
    """Ten thousand programmes of one name are numbered one after the other."""
    paths = arranged([film("三滴血", programme=f"P{n}") for n in range(10_000)], {})

    assert paths[-1] == "data/戏曲/三滴血 (10000).mp4"


def test_refuses_an_ending_that_is_none() -> None:
    """An ending comes from the program; another is our own mistake."""
    with pytest.raises(ValueError, match="ending"):
        arranged([film("三滴血", ending="/../x")], {})


TITLES = st.sampled_from(
    ["甲", "甲 (2)", "A", "a", "a.mp4", "é", "e\u0301", "秦" * 90, "秦" * 81, ""]
)
PIECES = st.builds(
    WantedPath,
    programme=st.sampled_from("123"),
    area=st.sampled_from(["戏曲", "a.mp4", "A.MP4", ""]),
    title=TITLES,
    ending=st.sampled_from([".mp4", ".jpg"]),
    episode=st.sampled_from(["", "", "甲", "a", "A"]),
    sha256=st.sampled_from(["", "1" * 64, "2" * 64, "3" * 64]),
)
TAKEN = st.dictionaries(
    st.builds(
        "/".join,
        st.lists(
            st.sampled_from(["data", "戏曲", "a.mp4", "A.mp4", "甲.mp4", "甲 (2).mp4", "é.mp4"]),
            min_size=1,
            max_size=4,
        ),
    ),
    st.sampled_from(["", "1" * 64, "2" * 64, "3" * 64]),
    max_size=8,
)


def one_disk(taken: Mapping[str, str]) -> dict[str, str]:
    """What can lie on one disk: no file where another has a folder."""
    return {
        path: digest
        for path, digest in taken.items()
        if not any(other.startswith(f"{path}/") for other in taken)
    }


@given(st.lists(PIECES, max_size=10), st.lists(PIECES, max_size=6), TAKEN)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_any_bundle_finds_its_paths(
    wanted: list[WantedPath], before: list[WantedPath], added: dict[str, str]
) -> None:
    """All paths differ in more than case, fit every file system, and lie over nothing else: neither
    the edition before nor what people added.
    """
    there = dict(zip(arranged(before, {}), (one.sha256 for one in before), strict=True))
    taken = one_disk(added | there)
    paths = arranged(wanted, taken)
    folders = {path.rsplit("/", count)[0] for path in paths for count in range(1, 5)}

    assert collisions(paths) == ()
    assert [path for path in paths if name_fault(path) or "%" in path] == []
    assert max((len(path.encode("utf-16-le")) // 2 for path in paths), default=0) <= LONGEST_PATH
    assert not {path.casefold() for path in paths} & {folder.casefold() for folder in folders}
    for one, path in zip(wanted, paths, strict=True):
        assert taken.get(path, one.sha256) == one.sha256
        assert taken.get(path) != ""
        assert path in taken or path.casefold() not in {found.casefold() for found in taken}


@given(st.lists(PIECES, max_size=12))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_nothing_to_do_moves_nothing(wanted: list[WantedPath]) -> None:
    """Arranged again onto the drive that was just filled, every piece keeps its bytes in place."""
    known = [
        WantedPath(
            one.programme,
            one.area,
            one.title,
            one.ending,
            one.episode,
            hashlib.sha256(f"{place}".encode()).hexdigest(),
        )
        for place, one in enumerate(wanted)
    ]
    paths = arranged(known, {})
    taken = {path: one.sha256 for path, one in zip(paths, known, strict=True)}

    assert arranged(known, taken) == paths
