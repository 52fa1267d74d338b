"""Recipes are read whole, or refused with every mistake on its line."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import words
from catalog.problem import Refusal
from catalog.programme import Programme
from catalog.vocabulary import terms
from catalog.wishes import Wishes
from recipes.recipe import Recipe, Season, Treat, read, schema
from recipes.targets import DataDisc, SiteChoice, SiteDrive, VideoCd, percent

HERE = Path(__file__).parent
SHIPPED = sorted((HERE.parents[1] / "recipes").glob("*.yaml"))
BAD = sorted((HERE / "bad").glob("*.yaml"))
KNOWN = frozenset(f"HX-P{number:04}" for number in range(1, 65))

WHOLE = """\
recipe: whole
title: 2026年三下乡惠民光盘
copies: 60
order: best-fit
rights: province
select:
  - programmes: [HX-P0002]
  - subject: [AGR.GREENHOUSE, S8, 羊]
    season: winter
    language: zh
    dialect: 陇东方言
    audience: [growers, 中老年人]
    type: [feature, lecture]
    text: 温棚 黄瓜
    at_most: 6
    minutes: 300
  - months: [11, 12, 1]
leave_out: [HX-P0031]
treat:
  - {programme: HX-P0002, shape: centre-cut, sound: 2, subtitles: none}
  - programme: HX-P0003
    fields: film
    borders: keep
    pace: blend
    denoise: gentle
    loudness: keep
    side: both
    subtitles: 羊病.zh.srt
    damage: accept
target:
  video-cd: {standard: ntsc, disc: 74, menu: no, quality: fast}
"""


def written(folder: Path, text: str, name: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_every_key(tmp_path):
    """Each value of the example lands where it belongs."""
    text = WHOLE
    recipe = read(written(tmp_path, text, "whole"), KNOWN)
    second = recipe.select[1]

    assert (recipe.id, recipe.copies, recipe.order) == ("whole", 60, "best-fit")
    assert recipe.rights == "province"
    assert recipe.leave_out == ("HX-P0031",)
    assert second.subject == ("AGR.GREENHOUSE", "S8", "羊")
    assert (second.at_most, second.minutes, second.useful_in()) == (6, 300, (1, 11, 12))
    assert (second.language, second.dialect, second.text) == ("zh", "陇东方言", "温棚 黄瓜")
    assert recipe.select[2].useful_in() == (11, 12, 1)
    assert recipe.target.medium == VideoCd(standard="ntsc", disc=74, menu=False, quality="fast")


def test_wishes_of_the_recipe_stand_over_those_of_the_sheet(tmp_path):
    """What a line of treat says of a programme; what it leaves open stays as the sheet has it."""
    recipe = read(written(tmp_path, WHOLE, "whole"), KNOWN)
    sheet = Wishes(shape="letterbox", pace="plain", damage="accept")
    found = [recipe.wishes(Programme(f"HX-P000{n}", "题", wishes=sheet)) for n in (2, 3, 4)]

    assert found == [
        Wishes(shape="centre-cut", pace="plain", sound=2, subtitles="none", damage="accept"),
        Wishes(
            fields="film",
            shape="letterbox",
            borders="keep",
            pace="blend",
            denoise="gentle",
            loudness="keep",
            side="both",
            subtitles="羊病.zh.srt",
            damage="accept",
        ),
        sheet,
    ]


def values(kind) -> set[str]:
    """The words of a Literal, wherever it stands in a type."""
    if get_origin(kind) is Literal:
        return {*get_args(kind)} - {""}
    return {word for inner in get_args(kind) for word in values(inner)}


def test_a_recipe_can_wish_for_all_that_a_sheet_can():
    """The same keys with the same words."""
    wishes = {name: values(kind) for name, kind in get_type_hints(Wishes).items()}
    treat = {name: values(field.annotation) for name, field in Treat.model_fields.items()}

    assert treat == {"programme": set(), **wishes}


def test_what_is_not_written_is_the_usual(tmp_path):
    """Fifty copies, for the county, in the order written, on a PAL disc of 80 minutes."""
    text = "recipe: a\ntitle: 题\nselect: [{subject: [S8]}]\ntarget:\n  video-cd:\n"
    recipe = read(written(tmp_path, text, "a"))

    assert (recipe.copies, recipe.order, recipe.rights) == (50, "fixed", "county")
    assert recipe.leave_out == ()
    assert recipe.target.medium == VideoCd(standard="pal", disc=80, menu=True, quality="best")


HEAD = "recipe: a\ntitle: 题\nselect: [{subject: [S8]}]\ntarget:\n"


def test_a_data_disc_is_read_with_every_key(tmp_path):
    """And is a DVD of 720 lines, subtitles beside the files, where nothing is written."""
    keys = "{size: cd74, height: 480, quality: fast, captions: burnt-in}"
    told = read(written(tmp_path, f"{HEAD}  data-disc: {keys}\n", "a")).target.medium
    usual = read(written(tmp_path, f"{HEAD}  data-disc:\n", "a")).target.medium

    assert told == DataDisc(size="cd74", height=480, quality="fast", captions="burnt-in")
    assert usual == DataDisc(size="dvd5", height=720, quality="best", captions="beside")


def test_drives_are_read_with_every_key(tmp_path):
    """Which sites there must be; the rest has its usual values."""
    keys = (
        "{sites: {level: village, only: [HX-V01], township: HX-T02, route: R1}, height: 576, "
        "quota: {ART: 30%, S8: 5%}, first: [season, requests], keep_free: 10%}"
    )
    told = read(written(tmp_path, f"{HEAD}  site-drive: {keys}\n", "a")).target.medium
    usual = read(written(tmp_path, f"{HEAD}  site-drive: {{sites: {{all: yes}}}}\n", "a"))

    sites = SiteChoice(level="village", only=("HX-V01",), township="HX-T02", route="R1")
    assert told == SiteDrive(
        sites=sites, height=576, quota={"ART": "30%", "S8": "5%"}, first=("season", "requests"),
        keep_free="10%",
    )  # fmt: skip
    assert usual.target.medium == SiteDrive(
        sites=SiteChoice(all=True), quota={}, keep_free="5%",
        first=("requests", "industries", "season", "dialect"),
    )  # fmt: skip
    assert (percent("30%"), percent("0%"), percent("100%")) == (0.3, 0.0, 1.0)


def test_a_recipe_is_a_value(tmp_path):
    """Equal, hashable, not to be changed, and the same after a journey between processes."""
    path = written(tmp_path, WHOLE, "whole")
    recipe = read(path)

    assert recipe == read(path)
    assert hash(recipe) == hash(read(path))
    assert pickle.loads(pickle.dumps(recipe)) == recipe
    with pytest.raises(ValueError, match="frozen"):
        recipe.copies = 1


def test_ids_are_not_looked_up_without_a_catalogue(tmp_path):
    """A recipe can be checked before anything is added."""
    text = "recipe: a\ntitle: 题\nselect: [{programmes: [X9]}]\ntarget: {video-cd: {}}\n"
    path = written(tmp_path, text, "a")

    assert read(path).select[0].programmes == ("X9",)
    with pytest.raises(Refusal, match="not in the catalogue"):
        read(path, frozenset())


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_refuses_a_bad_recipe_with_exactly_these_lines(path, monkeypatch):
    """Each NAME.yaml in bad/ prints NAME.txt, no line more and no line less."""
    monkeypatch.chdir(path.parent)
    with pytest.raises(Refusal) as refused:
        read(Path(path.name), KNOWN)

    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text("utf-8")


def test_every_bad_recipe_has_its_lines():
    """A pair without its half would test nothing."""
    assert len(BAD) >= 12
    assert {path.stem for path in BAD} == {path.stem for path in (HERE / "bad").glob("*.txt")}


def test_a_file_that_is_not_there_is_refused(tmp_path):
    """One line, with the name of the file."""
    with pytest.raises(Refusal, match="there is no such file"):
        read(tmp_path / "none.yaml")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recipe_fits_every_catalogue(path):
    """It chooses by subject and season, has few lines, and says in Chinese what each is for."""
    recipe = read(path, frozenset())
    text = path.read_text("utf-8")

    assert not any(line.programmes for line in recipe.select)
    assert 10 <= len(text.splitlines()) <= 20
    assert re.search("#.*[一-龥]", text)


def test_the_fair_the_ploughing_and_the_opera_are_shipped():
    """The sets that domain.md, section 7, asks for."""
    assert {p.stem for p in SHIPPED} >= {"sanxiaxiang-winter", "spring-ploughing", "opera"}


def test_seasons_are_those_of_the_vocabulary():
    """All but `all`, which is no season."""
    assert {*get_args(Season), "all"} == {term.code for term in terms("season")}


def properties(node):
    if isinstance(node, dict):
        yield from node.get("properties", {}).items()
        for each in node.values():
            yield from properties(each)


def test_the_schema_explains_every_key():
    """Editors show the description while one writes."""
    found = dict(properties(schema()))

    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"recipe", "select", "season", "at_most", "video-cd", "quality"} <= found.keys()
    assert [name for name, each in found.items() if not each.get("description")] == []
    assert schema()["additionalProperties"] is False


def test_the_schema_speaks_chinese_on_a_chinese_screen():
    """Every description has its Chinese."""
    try:
        words.speak("zh")
        found = dict(properties(schema()))
    finally:
        words.speak("en")

    assert [n for n, each in found.items() if each["description"].isascii()] == []


def test_the_schema_refuses_what_read_refuses():
    """Form of the id, length of the title, an empty choice."""
    found = schema()["properties"]

    assert found["recipe"]["pattern"] == "^[a-z0-9]+(-[a-z0-9]+)*$"
    assert (found["title"]["maxLength"], found["select"]["minItems"]) == (40, 1)
    assert "recipe" in Recipe.model_fields


VALUES = st.recursive(
    st.sampled_from(["", "~", "yes", "12", "-3", "1.5", "2026-01-01", "x", "题", "HX-P0002", "[]"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(inner, min_size=1, max_size=2).map(
            lambda items: "{" + ", ".join(f"k{n}: {item}" for n, item in enumerate(items)) + "}"
        )
    ),
    max_leaves=5,
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*Recipe.model_fields, "wrong"]), VALUES))
def test_whatever_is_written_is_read_or_refused(tmp_path_factory, keys):
    """Never a traceback, and every problem names the file, what is wrong and how to mend it."""
    folder = tmp_path_factory.getbasetemp()
    path = written(folder, "".join(f"{key}: {value}\n" for key, value in keys.items()), "any")
    try:
        recipe = read(path, KNOWN)
    except Refusal as refusal:
        assert refusal.problems
        assert all(p.file == str(path) and p.line and p.wrong and p.mend for p in refusal.problems)
    else:
        assert recipe.id == "any"


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_is_read_or_refused(tmp_path_factory, text):
    """Also what is not YAML."""
    path = tmp_path_factory.getbasetemp() / "text.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Refusal) as refused:
        read(path, KNOWN)

    assert refused.value.problems
