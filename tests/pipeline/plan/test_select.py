"""What a recipe takes, in which order, and the reason for everything it does not take."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.analysis import Analysis
from catalog.programme import (
    AudioStream,
    Episode,
    OtherStream,
    Programme,
    Rights,
    Source,
    VideoStream,
)
from catalog.wishes import Wishes
from pipeline.plan.select import LeftOut, Reason, Selected, select, tell
from recipes.recipe import Recipe

TODAY = date(2026, 11, 23)
PICTURE = VideoStream(0, "h264", 720, 576)
SOUND = AudioStream(1, "aac", 2, 44100)


def source(name: str, minutes: float = 30, streams=(PICTURE, SOUND)) -> Source:
    return Source(name, 1, name, name, "mp4", 60 * minutes, tuple(streams))


def programme(id: str, **known) -> Programme:
    known = {"title": id, "episodes": (Episode(1, id),), "rights": Rights("national"), **known}
    return Programme(id=id, **known)


def recipe(*lines, **known) -> Recipe:
    return Recipe.model_validate(
        {
            "recipe": "a",
            "title": "题",
            "select": tuple(lines),
            "target": {"video-cd": {}},
            **known,
        }
    )


def chosen(asked: Recipe, programmes, sources=None, today=TODAY) -> Selected:
    found = sources or {e.sha256: source(e.sha256) for p in programmes for e in p.episodes}
    return select(asked, programmes, found, today)


def ids(selected: Selected) -> list[str]:
    return [each.id for each in selected.chosen]


def reasons(selected: Selected) -> dict[str, Reason]:
    return {each.programme: each.reason for each in selected.left_out}


def test_lines_add_and_earlier_lines_come_first():
    """A programme that two lines ask for is taken once, where the first asks."""
    shelf = [
        programme("A", subject=("AGR.VEG",)),
        programme("B", subject=("LIV.SHEEP",)),
        programme("C", subject=("LIV.PIG",)),
    ]
    asked = recipe({"programmes": ("C",)}, {"subject": ("LIV",)}, {"subject": ("AGR", "LIV")})

    assert ids(chosen(asked, shelf)) == ["C", "B", "A"]


def test_what_open_requests_ask_for_comes_first():
    """The most wanted before all, the rest as on the shelf; only in lines that say so, and it is
    these that get the room.
    """
    shelf = [programme(id) for id in "ABCD"]
    found = {e.sha256: source(e.sha256) for p in shelf for e in p.episodes}
    wanted = {"D": 2, "C": 1, "Z": 9}

    def taken(line: dict[str, object], asked_for: dict[str, int] = wanted) -> list[str]:
        return ids(select(recipe(line), shelf, found, TODAY, asked_for=asked_for))

    assert taken({"requests": "first"}) == ["D", "C", "A", "B"]
    assert taken({"requests": "first", "at_most": 1}) == ["D"]
    assert taken({"requests": "first", "programmes": ("A", "C")}) == ["C", "A"]
    assert taken({"requests": "first"}, {}) == ["A", "B", "C", "D"]
    assert taken({"all": True}) == ["A", "B", "C", "D"]


def test_programmes_by_id_come_as_written():
    """Not in the order of the shelf, and each once."""
    shelf = [programme(id) for id in "ABC"]

    assert ids(chosen(recipe({"programmes": ("C", "A", "C")}), shelf)) == ["C", "A"]


def test_others_stand_as_on_the_shelf():
    """Class number by class number, digit by digit; without any, at the end."""
    numbers = {"A": "S63", "B": "S512.1", "C": "J825", "D": "S52", "E": ""}
    shelf = [programme(id, class_numbers=(n,) if n else ()) for id, n in numbers.items()]

    assert ids(chosen(recipe({"at_most": 9}), shelf)) == ["C", "B", "D", "A", "E"]


def test_a_series_stands_in_one_place_and_counts():
    """At its lowest class number, 2 before 10, 上 before 中 before 下, 九 before 十一."""
    titles = ["第10集", "第2集", "(下)", "(上)", "(中)", "第十一讲", "第九讲"]
    shelf = [
        programme(f"P{n}", title=f"戏{title}", series="戏", class_numbers=("J825",))
        for n, title in enumerate(titles)
    ]
    shelf[2] = replace(shelf[2], class_numbers=("J821",))
    others = [programme("X", title="戏", class_numbers=("J821.2",))]
    found = [each.title for each in chosen(recipe({"at_most": 9}), [*others, *shelf]).chosen]

    assert found[-1] == "戏"
    assert [found.index(f"戏{t}") for t in ("(上)", "(中)", "(下)")] == [0, 1, 2]
    assert found.index("戏第2集") < found.index("戏第10集")
    assert found.index("戏第九讲") < found.index("戏第十一讲")


@pytest.mark.parametrize(
    ("line", "known", "taken"),
    [
        ({"subject": ("LIV",)}, {"subject": ("LIV.SHEEP",)}, True),
        ({"subject": ("S8",)}, {"class_numbers": ("S823.9+2",)}, True),
        ({"subject": ("S512",)}, {"class_numbers": ("S52",)}, False),
        ({"season": "winter"}, {"months": (11, 3)}, True),
        ({"season": "winter"}, {"months": ()}, True),
        ({"season": "summer"}, {"months": (11, 12)}, False),
        ({"months": (3,)}, {"months": (3, 4)}, True),
        ({"language": "汉语"}, {"language": "zh"}, True),
        ({"language": "bo"}, {"language": "zh"}, False),
        ({"dialect": "陇东方言"}, {"dialect": "陇东方言"}, True),
        ({"dialect": "陇东方言"}, {"dialect": "普通话"}, False),
        ({"audience": ("elderly", "women")}, {"audience": ("women",)}, True),
        ({"audience": ("种植户",)}, {"audience": ("growers",)}, True),
        ({"audience": ("women",)}, {"audience": ()}, False),
        ({"type": ("stage", "film")}, {"type": "film"}, True),
        ({"type": ("stage",)}, {"type": ""}, False),
        ({"text": "ＶＣＤ 温棚"}, {"title": "温棚蔬菜", "keywords": ("vcd",)}, True),
        ({"text": "温棚 黄瓜"}, {"description": "温棚"}, False),
        ({"type": ("film",), "season": "winter"}, {"type": "film", "months": (6,)}, False),
    ],
)
def test_a_line_takes_what_is_everything_it_says(line, known, taken):
    """Within a key any word will do, all keys must hold."""
    found = chosen(recipe(line), [programme("A", **known)])

    assert (ids(found), found.left_out) == (["A"] if taken else [], ())


def test_what_is_named_but_does_not_match_is_told():
    """A person who writes an id expects to hear of it."""
    found = chosen(recipe({"programmes": ("A", "B"), "type": ("film",)}), [programme("A")])

    assert found.left_out == (
        LeftOut("A", "A", "does-not-match", (("line", "1"),)),
        LeftOut("B", "", "not-in-catalogue"),
    )


@pytest.mark.parametrize(
    ("rights", "reach", "reason"),
    [
        (Rights("county"), "county", None),
        (Rights("province"), "county", None),
        (Rights("national"), "national", None),
        (Rights("national", TODAY), "county", None),
        (Rights("unknown"), "county", "rights-unknown"),
        (Rights("unknown", date(2000, 1, 1)), "county", "rights-unknown"),
        (Rights("national", date(2026, 11, 22)), "county", "rights-expired"),
        (Rights("county"), "province", "rights-narrow"),
        (Rights("province"), "national", "rights-narrow"),
    ],
)
def test_rights_come_first(rights, reach, reason):
    """The last day counts; unknown, ended and too narrow keep a programme out."""
    asked = recipe({"programmes": ("A",)}, rights=reach)
    found = chosen(asked, [programme("A", rights=rights, episodes=())])

    assert reasons(found) == {"A": reason or "no-file"}


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (None, "file-missing"),
        (source("2", streams=()), "nothing-to-play"),
        (source("2", streams=(OtherStream(0, "cover", "png"),)), "nothing-to-play"),
        (source("2", minutes=0), "no-length"),
        (source("2", minutes=float("inf")), "no-length"),
        (source("2", minutes=float("nan")), "no-length"),
        (source("2", minutes=24 * 60 + 1), "too-long"),
    ],
)
def test_one_bad_file_keeps_the_whole_programme_out(second, reason):
    """And the episode is named."""
    two = programme("A", episodes=(Episode(1, "1"), Episode(2, "2")))
    files = {"1": source("1")} | ({"2": second} if second else {})
    found = chosen(recipe({"programmes": ("A",)}), [two], files)

    assert found == Selected((), (LeftOut("A", "A", reason, (("episodes", "2"),)),))


@pytest.mark.parametrize("streams", [(PICTURE,), (SOUND,)])
def test_picture_or_sound_alone_is_enough(streams):
    """Silent films and broadcasts are programmes too."""
    files = {"A": source("A", streams=streams)}

    assert ids(chosen(recipe({"programmes": ("A",)}), [programme("A")], files)) == ["A"]


def test_at_most_counts_only_what_is_taken():
    """What rights keep out leaves its place to the next."""
    shelf = [programme("A", rights=Rights()), programme("B"), programme("C"), programme("D")]
    found = chosen(recipe({"at_most": 2}), shelf)

    assert ids(found) == ["B", "C"]
    assert reasons(found) == {"A": "rights-unknown", "D": "at-most"}


def test_minutes_pass_over_what_is_too_long():
    """The shorter one behind still comes; a budget filled exactly is not exceeded."""
    lengths = {"A": 40, "B": 30, "C": 20, "D": 1}
    files = {id: source(id, minutes) for id, minutes in lengths.items()}
    found = chosen(recipe({"minutes": 60}), [programme(id) for id in lengths], files)

    assert ids(found) == ["A", "C"]
    assert found.left_out[0] == LeftOut("B", "B", "minutes", (("line", "1"), ("most", "60")))


def test_a_later_line_may_take_what_an_earlier_had_no_room_for():
    """Then there is nothing to tell."""
    shelf = [programme("A"), programme("B")]
    found = chosen(recipe({"at_most": 1}, {"programmes": ("B",)}), shelf)

    assert (ids(found), found.left_out) == (["A", "B"], ())


def test_leave_out_is_told_only_of_what_was_asked_for():
    """A programme that no line asks for is not mentioned."""
    shelf = [programme("A", type="film"), programme("B", type="stage")]
    found = chosen(recipe({"type": ("film",)}, leave_out=("A", "B")), shelf)

    assert found == Selected((), (LeftOut("A", "A", "leave-out"),))


def lost(sha256: str, share: float) -> Analysis:
    return Analysis(sha256, "1", 1000 * (1 - share), promised=1000)


def test_what_has_lost_too_much_is_left_out():
    """With the episodes and the share of the worst; a twentieth is allowed."""
    two = programme("A", episodes=tuple(Episode(n, str(n)) for n in (1, 2, 3)))
    files = {str(n): source(str(n)) for n in (1, 2, 3)}
    found = {"1": lost("1", 0.06), "2": lost("2", 0.05), "3": lost("3", 0.412)}
    selected = select(recipe({"programmes": ("A",)}), [two], files, TODAY, found)

    why = (("episodes", "1, 3"), ("percent", "42"))
    assert selected == Selected((), (LeftOut("A", "A", "damaged", why),))


@pytest.mark.parametrize("whose", ["sheet", "recipe"])
def test_what_is_damaged_is_taken_where_somebody_accepts_it(whose):
    """In the sheet or in the recipe."""
    wishes = Wishes(damage="accept") if whose == "sheet" else Wishes()
    treat = ({"programme": "A", "damage": "accept"},) if whose == "recipe" else ()
    asked = recipe({"programmes": ("A",)}, treat=treat)
    shelf = [programme("A", wishes=wishes)]
    selected = select(asked, shelf, {"A": source("A")}, TODAY, {"A": lost("A", 0.5)})

    assert (ids(selected), selected.left_out) == (["A"], ())


DETAILS = {
    "damaged": (("episodes", "2, 3"), ("percent", "42")),
    "too-large": (("gigabytes", "4.71"),),
    "rights-expired": (("until", "2026-01-31"),),
    "rights-narrow": (("scope", "county"), ("wanted", "national")),
    "at-most": (("line", "2"), ("most", "6")),
    "minutes": (("line", "2"), ("most", "300")),
    "does-not-match": (("line", "2"),),
} | dict.fromkeys(
    ("file-missing", "nothing-to-play", "no-length", "too-long"), (("episodes", "2, 3"),)
)


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_is_told_with_its_details(reason):
    """Programme, title, what is wrong, how to mend it."""
    details = DETAILS.get(reason, ())
    told = tell(LeftOut("HX-P0031", "生猪", reason, details))

    assert told.startswith("HX-P0031 生猪: ")
    assert " — " in told
    assert "{" not in told
    assert [value for key, value in details if key in ("line", "until") and value not in told] == []


def test_scopes_are_told_in_words():
    """Not as codes."""
    told = tell(LeftOut("A", "", "rights-narrow", DETAILS["rights-narrow"]))

    assert told == (
        "A: it may be used within the county, but the discs go further: in the whole nation"
        " — narrow rights in the recipe, or choose another programme"
    )


SCOPES = st.sampled_from(["national", "province", "county", "unknown"])
SHELVES = st.lists(
    st.tuples(SCOPES, st.sampled_from(["film", "stage", ""]), st.integers(0, 90)), max_size=15
)
LINES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from([("film",), ("stage",), ("film", "stage")]),
            "at_most": st.integers(1, 5),
            "minutes": st.integers(1, 200),
            "programmes": st.lists(st.sampled_from(["P01", "P05", "none"]), min_size=1).map(tuple),
        },
    ),
    min_size=1,
    max_size=4,
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(SHELVES, LINES, st.sampled_from(["national", "province", "county"]))
def test_everything_asked_for_is_taken_or_told(rows, lines, reach):
    """Once, never both, in any order of the catalogue."""
    shelf = [
        programme(f"P{n:02}", type=type, rights=Rights(scope))
        for n, (scope, type, _minutes) in enumerate(rows)
    ]
    files = {f"P{n:02}": source(f"P{n:02}", minutes) for n, (_s, _t, minutes) in enumerate(rows)}
    asked = recipe(*lines, rights=reach)
    found = select(asked, shelf, files, TODAY)
    told = [each.programme for each in found.left_out]
    wide = {"national": 3, "province": 2, "county": 1, "unknown": 0}

    assert len(set(ids(found)) | set(told)) == len(ids(found)) + len(told)
    assert all(wide[p.rights.scope] >= wide[reach] for p in found.chosen)
    assert found == select(asked, shelf[::-1], files, TODAY)
    if any(not {"type", "programmes"} & line.keys() for line in lines):
        assert {p.id for p in shelf} <= {*ids(found), *told}
