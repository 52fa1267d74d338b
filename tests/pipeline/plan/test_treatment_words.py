"""Decisions about picture and sound are told in short words, in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from catalog import words
from pipeline.plan import treatment_words
from pipeline.plan.treatment import Reason
from pipeline.plan.treatment_words import tell

PLAN = Path(treatment_words.__file__).parent

TOLD = [
    (Reason("deinterlace", (("order", "top"),)), "去隔行（上场先）"),
    (Reason("deinterlace", (("order", "bottom"),)), "去隔行（下场先）"),
    (Reason("deinterlace", (("order", "marked"),)), "去隔行（按每帧自带的标记）"),
    (Reason("film"), "从 3:2 下拉还原 24 帧电影"),
    (Reason("speed-up", (("from", "24"), ("to", "25"))), "24→25 加速 4.2%，音调不变"),
    (Reason("speed-up", (("from", "23.976"), ("to", "25"))), "23.976→25 加速 4.3%，音调不变"),
    (Reason("blend", (("from", "30"), ("to", "25"))), "30→25 帧混合"),
    (Reason("plain-rate", (("from", "30"), ("to", "25"))), "30→25 丢帧"),
    (Reason("repeat-rate", (("from", "15"), ("to", "25"))), "15→25 重复帧"),
    (
        Reason("crop", (("left", "0"), ("top", "72"), ("right", "0"), ("bottom", "70"))),
        "裁去黑边：上 72、下 70",
    ),
    (Reason("letterbox", (("aspect", "1.78"),)), "完整画面，上下留黑（1.78:1）"),
    (Reason("pillarbox", (("aspect", "0.56"),)), "完整画面，左右留黑（0.56:1）"),
    (Reason("centre-cut", (("aspect", "1.78"),)), "裁去边缘，铺满 4:3（1.78:1）"),
    (Reason("turned", (("degrees", "90"),)), "转正（90°）"),
    (Reason("hdr", (("kind", "pq"),)), "HDR（PQ）转为普通电视亮度"),
    (Reason("denoise", (("noise", "3.4"),)), "降噪（噪点 3.4/255）"),
    (Reason("denoise", (("noise", "0.0"),), wished=True), "不降噪（按要求）"),
    (Reason("louder", (("from", "-31.2"), ("gain", "8.2"))), "响度 −31.2 LUFS，提高 8.2 dB"),
    (Reason("softer", (("from", "-9.0"), ("gain", "14.0"))), "响度 −9.0 LUFS，降低 14.0 dB"),
    (Reason("squeeze", (("range", "21"),)), "缩小声音强弱差（范围 21 LU）"),
    (Reason("limit"), "压低过响的峰值"),
    (Reason("downmix", (("channels", "6"),)), "6 声道混为双声道，突出人声"),
    (Reason("one-side", (("side", "left"),)), "只用左声道，两边同放"),
    (Reason("one-side", (("side", "right"),), wished=True), "只用右声道，两边同放（按要求）"),
    (Reason("two-voices", (("left", "1"), ("right", "2"))), "两路声音：左放 1，右放 2"),
    (Reason("silence"), "没有声音：静音"),
    (Reason("card"), "没有画面：显示题名卡"),
    (Reason("captions", (("name", "羊病.zh.srt"), ("language", ""))), "压入字幕：羊病.zh.srt"),
    (Reason("captions", (("name", "subrip"), ("language", "chi"))), "压入字幕：subrip chi"),
    (Reason("captions-none", wished=True), "不要字幕（按要求）"),
    (
        Reason("captions-missing", (("name", "羊病.srt"),)),
        "没有名为 羊病.srt 的字幕：请改正节目单或配方",
    ),
    (Reason("captions-pictures"), "字幕是图形，无法压入"),
    (Reason("captions-foreign"), "有字幕但没有中文，不压入"),
    (Reason("damaged", (("percent", "7.5"),), wished=True), "损坏或不完整：缺损 7.5%（按要求）"),
]


@pytest.mark.parametrize(("reason", "chinese"), TOLD, ids=lambda one: getattr(one, "what", None))
def test_a_decision_is_told_in_both_languages(reason: Reason, chinese: str) -> None:
    """Every value that matters stands there; nothing is left to fill in."""
    english = tell(reason)
    try:
        words.speak("zh")
        assert tell(reason) == chinese
    finally:
        words.speak("en")

    assert english.isascii() or set("→−°") & set(english) or "羊病" in english
    assert not set("{}?") & set(english + chinese)
    assert english.endswith("(as asked)") == reason.wished


def test_every_reason_that_is_given_can_be_told() -> None:
    """Each code in the modules that decide has its words."""
    given = set()
    for path in PLAN.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        given.add(part.value)

    assert given <= {reason.what for reason, _chinese in TOLD}
    assert given >= {"deinterlace", "captions"}


def test_what_is_not_known_stands_for_itself() -> None:
    """A value that is missing is a question mark; a code of a later version is shown."""
    assert tell(Reason("later")) == "later"
    assert tell(Reason("turned")) == "turned upright (?°)"
