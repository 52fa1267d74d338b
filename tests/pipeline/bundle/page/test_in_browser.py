"""The page in a real Chromium from `file://`: found, played, printed, hostile words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundle.bundle import Bundle, Offer, Watchable
from pipeline.bundle.page.page import NAME, disc_page, page

Made = tuple[Callable[..., Offer], Callable[..., Bundle], Callable[..., Watchable]]
VTT = b"WEBVTT\n\n00:00.000 --> 00:09.000\n\xe7\xac\xac\xe4\xb8\x80\xe5\x8f\xa5 <b>1 & 2</b>\n"


@pytest.fixture(scope="session")
def film(ffmpeg_run: Callable[..., Path]) -> Path:
    """A second and a half of H.264 and AAC."""
    return ffmpeg_run(
        "film.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1.5"),
        *("-f", "lavfi", "-i", "sine=f=440:d=1.5", "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart"),
    )


@pytest.fixture
def lay(tmp_path: Path, film: Path) -> Callable[..., Path]:
    """Lay a bundle's page on a drive, with a film for each of `films`; gives the page."""

    def put(bundle: Bundle, *films: str, **more: Any) -> Path:
        root = tmp_path / "硬盘 #1 100%"
        root.mkdir(exist_ok=True)
        for path in films:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(film, root / path)
        (root / NAME).write_bytes(page(bundle, **more))
        return root / NAME

    return put


def three(made: Made) -> Bundle:
    offer, bundle, watchable = made
    return bundle(
        offer(1, "秦腔《三滴血》", creator="易俗社", dialect="关中方言"),
        offer(2, "肉羊养殖技术", subject="养殖技术", keywords=("育肥",), new=True),
        offer(3, "音乐欣赏", description="二胡名曲", asked=True,
              episodes=tuple(watchable(f"data/音/{n}.mp4", f"第{n}集") for n in (1, 2))),
    )  # fmt: skip


def names(tab: Any) -> list[str]:
    return tab.texts(".card .name")


def test_lists_what_is_asked_for_and_new_first(tab: Any, made: Made, lay: Any) -> None:
    """The header says whose drive it is; headings lead through the programmes; nothing is wrong."""
    tab.open(lay(three(made)))

    assert tab.texts("#site-name") == ["曲子镇"]
    assert tab.texts("#edition") == ["环县支中心　2020年1月2日 第3次更新"]
    assert tab.texts(".tab") == ["看节目", "需求登记", "播放登记", "签收", "打印目录"]
    assert names(tab) == ["音乐欣赏", "肉羊养殖技术", "秦腔《三滴血》"]
    assert tab.texts("#cards h2") == ["你们要的、本次新增", "戏曲艺术"]
    tab.click(".subject", "养殖技术")
    assert names(tab) == ["肉羊养殖技术"]
    assert tab.wrong == ["Failed to load resource: net::ERR_FILE_NOT_FOUND " + code_js(tab)]


def code_js(tab: Any) -> str:
    """The address of the receipt code, which no test here lays but one."""
    return tab.does("document.querySelector('script[src]').src")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sdx", ["秦腔《三滴血》"]),
        ("ＳＤＸ", ["秦腔《三滴血》"]),
        ("sandixue", ["秦腔《三滴血》"]),
        ("sandxie", ["秦腔《三滴血》"]),
        ("三滴", ["秦腔《三滴血》"]),
        ("qqsdx", ["秦腔《三滴血》"]),
        ("yss", ["秦腔《三滴血》"]),
        ("yy", ["音乐欣赏"]),
        ("ylxs", ["音乐欣赏"]),
        ("二胡", ["音乐欣赏"]),
        ("yf", ["肉羊养殖技术"]),
        ("育肥 羊", ["肉羊养殖技术"]),
        ("3号", ["音乐欣赏"]),
        ("yz", ["肉羊养殖技术"]),
        ("关中", ["秦腔《三滴血》"]),
        ("拖拉机", []),
    ],
)  # fmt: skip
def test_finds_as_one_types(tab: Any, made: Made, lay: Any, typed: str, found: list[str]) -> None:
    """By characters, initials of any reading, whole pinyin, keyword, creator, words, number."""
    tab.open(lay(three(made)))
    tab.type("#query", typed)
    first = found[:1]

    assert names(tab)[:1] == first
    assert set(found) <= set(names(tab))
    if not found:
        tab.click("#found button")
        assert tab.does("document.querySelector('#view-request textarea').value") == "想看：拖拉机"


def test_plays_with_captions_and_goes_on_to_the_next(tab: Any, made: Made, lay: Any) -> None:
    """A click plays in the page; the cue is shown and can be switched off; the next episode starts
    by itself; then the screening log proposes what was played.
    """
    offer, bundle, watchable = made
    paths = ("data/戏/100% #1?.mp4", "data/戏/二.mp4")
    episodes = (watchable(paths[0], "第1集", captions="c.vtt"), watchable(paths[1], "第2集"))
    tab.open(lay(bundle(offer(1, "看", episodes=episodes)), *paths, captions={"c.vtt": VTT}))
    tab.click(".card")
    film = "document.getElementById('video')"
    # Held as soon as it plays: on a machine at work the rest of it may pass between two questions.
    tab.wait(f"{film}.currentTime > 0.2 && {film}.videoWidth === 160 && ({film}.pause(), true)")

    cue = f"{film}.textTracks[0].activeCues[0]"
    assert tab.wait(f"{cue} && {cue}.getCueAsHTML().textContent") == "第一句 1 & 2"
    assert tab.does(f"{film}.textTracks[0].mode") == "showing"
    tab.click("#captions")
    assert tab.does(f"{film}.textTracks[0].mode") == "hidden"
    tab.does(f"{film}.play()")
    tab.wait("location.hash === '#play-1-2'")
    tab.wait(f"{film}.currentTime > 0.2 && {film}.textTracks[0].cues.length === 0")
    tab.click("#play-told button", "登记这次放映")
    tab.wait("!!document.querySelector('#view-screening').offsetParent")
    assert tab.texts("#view-screening .taken .one span") == ["✔ 1号　看"]
    assert [one for one in tab.wrong if "code.js" not in one] == []


def test_says_what_to_do_when_a_film_does_not_play(tab: Any, made: Made, lay: Any) -> None:
    """A file that is no film: which file to open instead, and whom to call."""
    offer, bundle, _watchable = made
    where = lay(bundle(offer(1, "三滴血")), phone="0934-1")
    (where.parent / "data/戏曲艺术").mkdir(parents=True)
    (where.parent / "data/戏曲艺术/三滴血.mp4").write_bytes(b"no film" * 99)
    tab.open(where, "#play-1-1")
    said = " ".join(tab.wait("document.getElementById('play-trouble').innerText").split())

    assert "这个节目在这里放不出来" in said
    assert "双击文件夹“data” 双击文件夹“戏曲艺术” 双击文件“三滴血.mp4”" in said
    assert "打电话给环县支中心，电话 0934-1，告诉他们：硬盘 HXD-T02，1号节目" in said


def test_hostile_words_are_only_words(tab: Any, made: Made, lay: Any) -> None:
    """No title, description, subject or name runs anything; all are shown letter by letter."""
    offer, bundle, watchable = made
    odd = (
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "'\"--><svg onload=alert(1)>",
        "__proto__",
        "😀 `${alert(1)}` &lt; \u2028",
    )
    offers = [
        offer(n, one, creator=one, description=one, dialect=one, subject=one, audience=(one,),
              keywords=(one,), episodes=(watchable(f"data/{one}.mp4", one),) * 2)
        for n, one in enumerate(odd, 1)
    ]  # fmt: skip
    tab.open(lay(bundle(*offers, site_name=odd[0], centre=odd[1], drive=odd[2]), phone=odd[1]))

    shown = tab.does(
        "[].map.call(document.querySelectorAll('.card .name'),"
        "function (one) { return one.textContent; })"
    )
    assert shown == list(odd)
    for view in (*(f"play-{n}-2" for n in range(1, 6)), "request", "receipt", "screening"):
        tab.does(f"location.hash = '{view}'")
        tab.wait(f"!!document.querySelector('#view-{view.split('-')[0]}').offsetParent")
    tab.type("#view-screening .picker input", "alert")
    tab.does("location.hash = ''")
    tab.type("#query", "<img")
    assert tab.does("document.querySelectorAll('svg, #app img').length") == 0
    assert tab.does("document.scripts.length") == 3
    assert [one for one in tab.wrong if "ERR_FILE_NOT_FOUND" not in one] == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('window.XIAXIANG = {"code": "7K3M-9QXA-T"};', "7K3M-9QXA-T"),
        ('window.XIAXIANG = {"code": "<b>x</b>"};', "这里没有签收码"),
        ("window.XIAXIANG = 7;", "这里没有签收码"),
        ("this is no script", "这里没有签收码"),
        ("", "这里没有签收码"),
    ],
)
def test_shows_the_receipt_code(tab: Any, made: Made, lay: Any, script: str, said: str) -> None:
    """The code of `_delivery/code.js`, large; without a good one nothing breaks."""
    where = lay(three(made))
    if script:
        (where.parent / "_delivery").mkdir()
        (where.parent / "_delivery/code.js").write_text(script)
    tab.open(where)
    tab.click("#tab-receipt")

    tab.wait("!!document.getElementById('view-receipt').offsetParent")
    assert said in tab.does("document.getElementById('view-receipt').innerText")
    assert names(tab) == []


def test_keys_lead_through_the_page(tab: Any, made: Made, lay: Any) -> None:
    """Arrows go from card to card, Enter plays, Escape leads back to the same card."""
    tab.open(lay(three(made), "data/戏曲艺术/肉羊养殖技术.mp4"))
    tab.does("document.getElementById('query').focus()")
    here = "(document.activeElement.querySelector('.name') || {}).textContent"
    for key, name in (("ArrowDown", "音乐欣赏"), ("ArrowRight", "肉羊养殖技术")):
        tab.press(key)
        assert tab.does(here) == name
    tab.press("Enter")
    tab.wait("location.hash === '#play-2-1' && document.getElementById('video').currentTime > 0")
    tab.press("Escape")
    assert tab.wait(here) == "肉羊养殖技术"
    tab.press("ArrowDown")
    assert tab.does(here) == "秦腔《三滴血》"
    tab.press("ArrowUp")
    tab.press("ArrowUp")
    assert tab.does("document.activeElement.id") == "query"


def test_prints_the_list_for_the_wall(tab: Any, made: Made, lay: Any) -> None:
    """On A4 upright, black on white, only the plain list."""
    offer, bundle, _watchable = made
    tab.open(lay(bundle(*(offer(n, f"节目{n}") for n in range(1, 101)))))
    tab.call("Emulation.setEmulatedMedia", media="print")
    shown = tab.texts("#app, #wall h1, #blocked")
    tab.call("Emulation.setEmulatedMedia", media="")
    paper = tab.pdf()

    assert shown == ["曲子镇　节目目录"]
    assert b"/MediaBox [0 0 594.95996 841.91998]" in paper or b"/MediaBox [0 0 595" in paper
    assert 2 <= paper.count(b"/Type /Page\n") <= 4


def test_without_scripts_there_is_a_list_of_links(tab: Any, made: Made, lay: Any) -> None:
    """Where a browser blocks scripts, each programme is a link to its file."""
    where = lay(three(made))
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(where)
        links = tab.does("[].map.call(document.querySelectorAll('#wall a'), String)")
        shown = tab.texts("#app, #blocked b")
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)

    assert [one.rpartition("/")[2] for one in links[1:]] == [
        "1.mp4", "2.mp4", "%E8%82%89%E7%BE%8A%E5%85%BB%E6%AE%96%E6%8A%80%E6%9C%AF.mp4",
    ]  # fmt: skip
    assert shown == ["请看一下浏览器的上边或下边："]


@pytest.mark.parametrize("width", [360, 600, 800, 1024, 1366])
def test_fits_the_screen(tab: Any, made: Made, lay: Any, width: int) -> None:
    """No view is wider than the screen, and no letter smaller than 20 pixels."""
    tab.size(width, 600)
    tab.open(lay(three(made)))
    small = (
        "[].filter.call(document.querySelectorAll('#app *'), function (one) {"
        "return one.offsetParent && parseFloat(getComputedStyle(one).fontSize) < 20; }).length"
    )
    for view in ("", "play-1-1", "request", "receipt", "screening"):
        tab.does(f"location.hash = '{view}'")
        tab.wait(f"!!document.querySelector('#view-{view.split('-')[0] or 'list'}').offsetParent")

        assert tab.does("document.documentElement.scrollWidth - innerWidth") <= 0, view
        assert tab.does(small) == 0, view


def test_many_programmes_come_in_portions(tab: Any, made: Made, lay: Any) -> None:
    """An old computer draws 24 cards at a time; a button brings the next."""
    offer, bundle, _watchable = made
    tab.open(lay(bundle(*(offer(n, f"节目{n}") for n in range(1, 61)))))
    assert len(names(tab)) == 24
    tab.click("#more", "36")
    assert len(names(tab)) == 48
    tab.click("#more", "12")

    assert len(names(tab)) == 60
    assert tab.texts("#more") == []


def test_a_disc_has_no_forms(tab: Any, made: Made, tmp_path: Path) -> None:
    """The page of a data disc lists and plays; nothing asks for what a disc cannot take."""
    offer, _bundle, _watchable = made
    where = tmp_path / NAME
    where.write_bytes(disc_page("健康与养生", "环县支中心", [offer(1, "甲")]))
    tab.open(where)

    assert tab.texts(".tab") == ["看节目", "打印目录"]
    assert tab.texts("#site-name") == ["健康与养生"]
    assert tab.texts("#edition") == ["环县支中心"]
    assert tab.wrong == []
