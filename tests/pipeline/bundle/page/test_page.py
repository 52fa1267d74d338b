"""The page as a file: whole in itself, escaped, in old JavaScript, the same bytes every time."""

from __future__ import annotations

import html.parser
import json
import re
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bundle.bundle import Bundle, Offer, Watchable
from pipeline.bundle.page import captions
from pipeline.bundle.page.page import disc_page, page, without_captions
from pipeline.bundle.page.wall import address

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"'><img src=x onerror=alert(1)>",
    "]]></script ><b>&lt;&amp;\u2028\u2029",
    "{{shelf}} {{script}} \\u003c \\",
    "秦腔😀'`${alert(1)}`",
    "__proto__",
)
VTT = "WEBVTT\n\n00:01.500 --> 00:02.250\n{line}\n\n1:00:00.000 --> 1:00:01.000\n二\n"
Made = tuple[Callable[..., Offer], Callable[..., Bundle], Callable[..., Watchable]]


class Elements(html.parser.HTMLParser):
    """Tags and scripts as a browser parts them."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and self.cdata_elem:
            self.scripts[-1] += data
        else:
            self.text += data

    def json(self, id: str) -> Any:
        named = [one for tag, one in self.tags if tag == "script"]
        return json.loads(self.scripts[[one.get("id") for one in named].index(id)])


def hostile(made: Made) -> Bundle:
    offer, bundle, watchable = made
    offers = [
        offer(n, f"{n}", creator=one, description=one, dialect=one, keywords=(one,), subject=one,
              audience=(one,), episodes=(watchable(f"data/{one}.mp4", one),))
        for n, one in enumerate(HOSTILE, 1)
    ]  # fmt: skip
    titled = [offer(n + 50, one) for n, one in enumerate(HOSTILE)]
    return bundle(*offers, *titled, site_name=HOSTILE[0], centre=HOSTILE[1], title=HOSTILE[2])


def test_hostile_words_add_no_element_and_come_back_as_they_were(made: Made) -> None:
    """Whatever titles hold, the page has the elements of a harmless one, and loses no letter."""
    offer, bundle, _watchable = made
    odd = Elements(page(hostile(made), phone=HOSTILE[0]))
    plain = Elements(page(bundle(offer(1, "三滴血"))))
    kinds = [tag for tag, _a in odd.tags if tag in ("script", "img", "b", "div")]

    assert kinds == [tag for tag, _a in plain.tags if tag in ("script", "img", "b", "div")]
    assert not [a for _t, a in odd.tags if any(name.startswith("on") for name in a)]
    shelf = odd.json("shelf")
    assert [one["title"] for one in shelf["offers"][len(HOSTILE) :]] == list(HOSTILE)
    assert [one["about"] for one in shelf["offers"][: len(HOSTILE)]] == list(HOSTILE)


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_words_break_out_of_where_they_stand(words: str) -> None:
    """Any text in every place gives the same elements, and is read back as it was."""
    film = Watchable(words, 60, f"data/{words}.mp4")
    one = Offer("P1", words, words, (film, film), words, words, words, (words,), (), (words,))
    told = Elements(disc_page(words, words, [one], date(2026, 1, 2), phone=words))
    scripts = [tag for tag, _a in told.tags if tag == "script"]

    assert len(scripts) == 2
    assert [tag for tag, _a in told.tags].count("a") == 2
    assert told.json("shelf")["offers"][0]["title"] == words


def test_asks_for_nothing_but_the_receipt_code(made: Made) -> None:
    """No address of a network, no file that must be there; only code.js, which may be missing."""
    offer, bundle, _watchable = made
    data = page(bundle(offer(1, "三滴血")))
    asked = [a["src"] for _t, a in Elements(data).tags if "src" in a]

    assert asked == ["_delivery/code.js"]
    assert not re.search(rb"https?:|//[a-z]|@import|url\(", data)
    assert not [t for t, _a in Elements(data).tags if t in ("link", "iframe", "base", "object")]


def test_equal_values_give_equal_bytes(made: Made) -> None:
    """The page has no clock and no chance in it; its bytes are in the drive's manifest."""
    assert page(hostile(made)) == page(hostile(made))


def test_a_disc_has_the_list_but_no_forms_and_no_code(made: Made) -> None:
    """Nothing can be saved on a disc, and it has no receipt code."""
    offer, bundle, _watchable = made
    told = Elements(disc_page("健康与养生", "环县支中心", [offer(1, "三滴血")], date(2026, 1, 2)))
    shelf = told.json("shelf")

    assert not [a for _t, a in told.tags if "src" in a]
    assert (shelf["feedback"], shelf["drive"], shelf["title"]) == (False, "", "健康与养生")
    assert not Elements(page(bundle(), feedback=False)).json("shelf")["feedback"]


def test_scripts_are_old_javascript() -> None:
    """No word or sign that a browser of 2015 would not read, and no HTML made of texts."""
    newer = re.compile(
        r"=>|`|\b(let|const|class|async|await|import|export|yield|fetch|Promise|Symbol|Map|Set)\b"
        r"|\.\.\.|\?\?|\?\.|\*\*|\bof\b(?=[^'\"]*\))|for \(var \w+ of"
        r"|\.(includes|startsWith|endsWith|padStart|repeat|assign|entries|values|find|closest|append"
        r"|remove|before|after|matches)\("
    )
    html_made = re.compile(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(")
    for one in files("pipeline.bundle.page").iterdir():
        if not one.name.endswith(".js"):
            continue
        code = re.sub(r"/\*.*?\*/", "", one.read_text("utf-8"), flags=re.DOTALL)

        assert newer.findall(code) == [], one.name
        assert html_made.findall(code) == [], one.name
        assert "</script" not in code.lower(), one.name
        assert code.count("\n") < 300, one.name


def test_styles_are_for_old_browsers() -> None:
    """Grids and variables came later; no letter on the screen is under 20 pixels."""
    style = (files("pipeline.bundle.page") / "page.css").read_text("utf-8")

    assert not re.search(r"display:\s*grid|var\(|clamp\(|\bgap:|--", style)
    assert min(map(int, re.findall(r"font-size: (\d+)px", style))) >= 20


def test_captions_are_carried_by_the_page(made: Made) -> None:
    """The cues of a film stand in the page, in milliseconds; texts of any kind are escaped."""
    offer, bundle, watchable = made
    film = watchable("data/a.mp4", captions="data/a.vtt")
    other = watchable("data/b.mp4", captions="data/b.vtt")
    vtt = VTT.format(line="1 < 2 </script><script>").encode()
    told = Elements(
        page(bundle(offer(1, "甲", episodes=(film, other))), captions={"data/a.vtt": vtt})
    )

    assert [one["cues"] for one in told.json("shelf")["offers"][0]["episodes"]] == [0, -1]
    assert told.json("cues-0") == [[1500, 2250, "1 < 2"], [3600000, 3601000, "二"]]


def test_captions_that_do_not_fit_are_told(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for and new keeps its captions; the rest and unreadable ones are named."""
    monkeypatch.setattr(captions, "MOST_BYTES", 100)
    offer, _bundle, watchable = made
    offers = [
        offer(
            n, f"{n}", episodes=(watchable(f"data/{n}.mp4", captions=f"data/{n}.vtt"),), new=n == 3
        )
        for n in range(1, 5)
    ]
    given = {f"data/{n}.vtt": VTT.format(line="一" * 8).encode() for n in (1, 2, 3)}

    assert without_captions(offers, {**given, "data/4.vtt": b"no captions"}) == (
        "data/1.vtt", "data/2.vtt", "data/4.vtt",
    )  # fmt: skip


def test_addresses_keep_chinese_and_escape_what_means_something() -> None:
    """`#`, `?` and `%` in a name are letters of the name; no name is another scheme."""
    assert address("data/戏/100% #1?.mp4") == "./data/戏/100%25%20%231%3F.mp4"
    assert address("javascript:alert(1)") == "./javascript:alert(1)"
    assert address('a\\b"<>') == "./a%5Cb%22%3C%3E"


def test_the_list_for_the_wall_has_every_programme_by_subject(made: Made) -> None:
    """Numbers are those of the page; minutes are whole; episodes are counted."""
    offer, bundle, watchable = made
    two = tuple(watchable(f"data/{n}.mp4", f"第{n}集", 1500) for n in (1, 2))
    first = offer(1, "三滴血", subject="戏曲艺术", dialect="关中方言")
    said = page(
        bundle(first, offer(2, "养羊", subject="养殖技术", episodes=two, new=True))
    ).decode()
    rows = re.findall("<tr><td>.*", said)
    plain = [re.sub(r"<i>.*</i>|<[^>]*>", "", row) for row in rows]

    assert plain == ["1三滴血 关中方言 1", "2养羊 新 共2集50"]
    assert "第3次更新　2020年1月2日　共2个节目" in said
    assert 'href="./data/戏曲艺术/三滴血.mp4"' in said


def test_an_edition_where_all_is_new_marks_nothing(made: Made) -> None:
    """On the first drive a site gets, a mark at every programme would say nothing."""
    offer, bundle, _watchable = made

    assert (
        "<small>" not in page(bundle(offer(1, "甲", new=True), offer(2, "乙", new=True))).decode()
    )
