"""The two tables that players read first."""

from __future__ import annotations

from pipeline.videocd.info import Entry, Info, entries_bytes, info_bytes


def test_info_begins_as_in_the_reference() -> None:
    """Album, volumes and PAL flags in their places; nothing of playback lists."""
    made = info_bytes(Info("MY_ALBUM", 3, 2, (True, False, False)))

    assert made[:31] == b"VIDEO_CD\2\0MY_ALBUM        \0\3\0\2\1"
    assert len(made) == 2048
    assert not any(made[31:])


def test_pal_flags_count_from_the_lowest_bit() -> None:
    """The tenth track is the second bit of the second byte."""
    made = info_bytes(Info("", 1, 1, (False,) * 9 + (True,)))

    assert made[30:43].hex() == "0002" + "00" * 11


def test_entries_are_those_of_the_reference() -> None:
    """The worked example of seven entries on three tracks."""
    places = [(2, 1612), (2, 2012), (2, 2407), (2, 2812), (2, 2916), (3, 3341), (4, 4173)]
    made = entries_bytes([Entry(*place) for place in places])

    assert made[:12] == b"ENTRYVCD\2\0\0\7"
    assert made[12:16].hex() == "02002337"
    assert made[12 + 5 * 4 : 12 + 7 * 4].hex(" ", 4) == "03004641 04005748"
    assert not any(made[12 + 7 * 4 :])
