"""Readings of titles, as the search wants them."""

from __future__ import annotations

from pipeline.bundle.page.pinyin import readings


def test_gives_all_readings_of_each_character() -> None:
    """A character with several readings is found by each of them."""
    assert readings("三滴血") == "san di xie/xue"
    assert readings("重庆长行") == "chong/tong/zhong qing chang/zhang hang/heng/xing"


def test_leaves_out_signs_and_keeps_letters_and_digits() -> None:
    """Signs, emoji and letters that nobody types are passed over; wide letters become plain."""
    assert readings("《A１》、 绿😀ю") == "a 1 lu/lv"
    assert readings("") == ""
