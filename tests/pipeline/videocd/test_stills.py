"""Still pictures in packs: nothing lost, every field where a player looks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Failure
from pipeline.videocd.muxed import UNKNOWN, classify
from pipeline.videocd.points import packets
from pipeline.videocd.stills import Still, still_packs

SIZES = {("lo", "pal"): (352, 288, 3), ("hi", "pal"): (704, 576, 3),
         ("lo", "ntsc"): (352, 240, 4), ("hi", "ntsc"): (704, 480, 4)}  # fmt: skip
END = b"\0\0\1\xb7"


def picture(kind: str, standard: str, size: int, vbv: int = 20) -> bytes:
    """A stream of one I picture of so many bytes, whose slices hold no code."""
    width, height, rate = SIZES[kind, standard]
    fields = width << 52 | height << 40 | 8 << 36 | rate << 32 | 20000 << 14 | 1 << 13 | vbv << 3
    head = b"\0\0\1\xb3" + fields.to_bytes(8, "big")
    head += bytes.fromhex("000001b8 00080040 00000100 000ffff8")
    return head + b"\0\0\1\1" + b"\x5a" * (size - len(head) - 4)


def save(folder: Path, name: str, data: bytes) -> Path:
    place = folder / name
    place.write_bytes(data)
    return place


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("stills")


def taken_out(packs: bytes, stream: int) -> bytes:
    rows = [packs[at : at + 2324] for at in range(0, len(packs), 2324)]
    return b"".join(p.data for row in rows for p in packets(row) if p.stream == stream)


lengths = st.integers(60, 46 * 1024 - 4)
# Where the last bytes of a picture meet the border of a pack.
borders = st.builds(lambda packs, more: 2294 + 2296 * packs + more, st.integers(0, 18),
                    st.integers(-12, 12))  # fmt: skip


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.one_of(lengths, borders),
    st.one_of(lengths, borders, st.integers(46 * 1024, 224 * 1024 - 4)),
    st.sampled_from(["lo", "hi", "both"]),
    st.sampled_from(["pal", "ntsc"]),
)
def test_pictures_of_any_length_come_out_whole(folder, lo, hi, kind, standard) -> None:
    """End codes in one pack, no pack cut, no code out of place, the clock from 0."""
    raw = {"lo": picture("lo", standard, lo), "hi": picture("hi", standard, hi, 112)}
    files = {name: save(folder, f"{name}.m1v", data + b"\0" * 5) for name, data in raw.items()}
    still = Still(
        files["lo"] if kind != "hi" else None, files["hi"] if kind != "lo" else None, standard
    )
    block = still_packs(still)
    data = block.tobytes()

    assert UNKNOWN not in classify(block)
    for number, (name, stream) in enumerate((("lo", 0xE1), ("hi", 0xE2))):
        wanted = raw[name] + END if kind in {name, "both"} else b""
        assert taken_out(data, stream) == wanted, number
    rows = [row.tobytes() for row in block]
    assert sum(END in row for row in rows) == (2 if kind == "both" else 1)
    assert data.endswith(b"\0\0\1\xb9")
    assert sum(b"\0\0\1\xb9" in row for row in rows) == 1
    assert len(block) <= 150
    stamped = {p.stamp for row in rows for p in packets(row)} - {-1}
    assert stamped == {1200 * len(block) + 600 + (3600 if standard == "pal" else 3003)}
    for number, row in enumerate(rows):
        assert row[:4] == b"\0\0\1\xba"
        assert _clock(row[4:9]) == 1200 * number


def _clock(field: bytes) -> int:
    bits = int.from_bytes(field, "big")
    return (bits >> 33 & 7) << 30 | (bits >> 17 & 0x7FFF) << 15 | bits >> 1 & 0x7FFF


def test_first_packs_have_the_fields_of_the_reference(folder) -> None:
    """System header with both buffers; the first packet declares its own and both times."""
    still = Still(
        save(folder, "a.m1v", picture("lo", "pal", 5000)),
        save(folder, "b.m1v", picture("hi", "pal", 9000, 112)),
        "pal",
    )
    rows = [row.tobytes() for row in still_packs(still)]
    first_high = next(row for row in rows[1:] if row[15] == 0xE2)

    assert len(rows) == 1 + 3 + 4
    assert rows[0][:12].hex() == "000001ba2100010001801b91"
    assert rows[0][12:30].hex(" ") == "00 00 01 bb 00 0c 80 1b 91 00 e2 ff e1 e0 2e e2 e0 e0"
    assert rows[0][30:37].hex() == "000001be" + (2324 - 36).to_bytes(2, "big").hex() + "0f"
    assert rows[1][12:20].hex(" ") == "00 00 01 e1 09 02 60 2e"
    assert rows[1][20] >> 4 == 3
    assert rows[1][25] >> 4 == 1
    assert rows[2][18:28].hex() == "ff" * 9 + "0f"
    assert first_high[18:20].hex() == "60e0"


def test_an_end_code_that_is_there_is_not_doubled(folder) -> None:
    """Some encoders write it."""
    raw = picture("lo", "pal", 3000)
    with_code = Still(save(folder, "with.m1v", raw + END), None, "pal")
    without = Still(save(folder, "without.m1v", raw), None, "pal")

    assert still_packs(with_code).tobytes() == still_packs(without).tobytes()


GOOD = picture("lo", "pal", 3000)
WRONG = {
    "no sequence header": b"\0\0\1\0" + GOOD,
    "byte 0: no sequence header": b"",
    "704x576 at 25 pictures a second is no PAL 352x288 still": picture("hi", "pal", 3000),
    "352x240 at 29.97 .* is no PAL": picture("lo", "ntsc", 3000),
    "2 pictures; a still has one": GOOD + b"\0\0\1\0\0\x0f\xff\xf8" + b"\x5a" * 50,
    "0 pictures": GOOD[:20],
    "no I picture that begins a group": GOOD.replace(b"\0\0\1\xb8", b"\0\0\1\xb2"),
    "byte 20: no I picture": GOOD.replace(b"\0\0\1\0\0\x0f", b"\0\0\1\0\0\x17"),
    "byte 47104: the picture has more than 47104 bytes": picture("lo", "pal", 46 * 1024 - 3),
    "more than 47104": picture("lo", "pal", 900_000),
}


@pytest.mark.parametrize("what", WRONG)
def test_refuses_what_is_no_still(what: str, folder) -> None:
    """The file and the offset are named."""
    place = save(folder, "wrong.m1v", WRONG[what])

    with pytest.raises(Failure, match=what) as refused:
        still_packs(Still(place, None, "pal"))
    assert "wrong.m1v" in str(refused.value)


def test_refuses_a_still_without_a_picture_or_without_its_file(folder) -> None:
    """Neither of both, or a name that leads nowhere."""
    with pytest.raises(Failure, match="neither a normal nor a high"):
        still_packs(Still(None, None, "pal"))
    with pytest.raises(Failure, match=r"gone\.m1v"):
        still_packs(Still(folder / "gone.m1v", None, "pal"))
