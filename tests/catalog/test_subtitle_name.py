"""A subtitle file finds its video by name."""

from __future__ import annotations

import pytest

from catalog.subtitle_name import belonging, by_name, is_subtitle

VIDEOS = [
    "羊病.mp4",
    "羊病.avi",
    "第1讲.概论.mkv",
    "第1讲.mkv",
    "Film.two.mp4",
    "Film.mp4",
    "e\u0301.mp4",
]


@pytest.mark.parametrize(
    ("name", "videos"),
    [
        ("羊病.srt", ["羊病.mp4", "羊病.avi"]),
        ("羊病.mp4.srt", ["羊病.mp4"]),
        ("羊病.zh-CN.vtt", ["羊病.mp4", "羊病.avi"]),
        ("羊病.zh_CN.vtt", ["羊病.mp4", "羊病.avi"]),
        ("羊病.chs&eng.ass", ["羊病.mp4", "羊病.avi"]),
        ("羊病.简体.srt", ["羊病.mp4", "羊病.avi"]),
        ("羊病.avi.chs.forced.srt", ["羊病.avi"]),
        ("第1讲.概论.zh.srt", ["第1讲.概论.mkv"]),
        ("第1讲.srt", ["第1讲.mkv"]),
        ("第1讲.总论.srt", []),
        ("film.TWO.en.srt", ["Film.two.mp4"]),
        ("FILM.eng.srt", ["Film.mp4"]),
        ("é.zh.srt", ["e\u0301.mp4"]),
        ("羊病防治.srt", []),
        (".zh.srt", []),
    ],
)
def test_a_subtitle_file_finds_its_video(name: str, videos: list[str]) -> None:
    """The same name, or a language behind it; the longest name wins."""
    found = belonging(name, by_name((video, video) for video in VIDEOS))

    assert list(found) == videos


def test_subtitles_are_known_by_their_ending() -> None:
    """The four we can read; pictures of letters are not among them."""
    names = ["a.srt", "a.ASS", "a.ssa", "a.vtt", "a.sub", "a.idx", "a.sup", "srt"]

    assert [name for name in names if is_subtitle(name)] == names[:4]
