"""The few codes of requests and screenings, and the words people use for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from catalog.words import speaking

# code -> Chinese words (the first is shown), then English.
Words = Mapping[str, tuple[str, ...]]

STATES: Words = MappingProxyType(
    {
        "open": ("未办结", "未答复", "未办", "待办", "open"),
        "closed": ("已办结", "已答复", "已办", "办结", "closed"),
    }
)
SCREENINGS: Words = MappingProxyType(
    {
        "lecture": ("讲座", "视频讲座", "lecture"),
        "community_show": ("社区展播", "展播", "社区", "community show"),
        "school_show": ("学校放映", "学校", "校园放映", "school show"),
        "training": ("培训班", "培训", "training class"),
        "village_show": ("村组放映", "放映", "广场放映", "village show"),
    }
)
MEDIA: Words = MappingProxyType(
    {
        "vcd": ("VCD光盘", "光盘", "光碟", "VCD", "Video CD"),
        "iso": ("数据光盘", "data disc"),
        "drive": ("移动硬盘", "硬盘", "portable drive"),
        "leaflet": ("宣传资料", "资料", "leaflet"),
        "network": ("网络", "network"),
    }
)


def code_in(words: Words, said: str) -> str:
    """The code that a person means by a code or a word; empty where it is none."""
    wanted = said.strip().casefold()
    for code, names in words.items():
        if wanted in (code, *(name.casefold() for name in names)):
            return code
    return ""


def word_for(words: Words, code: str) -> str:
    """A code in the language of the screen."""
    names = words.get(code, (code,))
    return names[0] if speaking() == "zh" else names[-1]


def words_in(words: Words) -> str:
    """All words that may be written, in the language of the screen."""
    return ", ".join(word_for(words, code) for code in words)
