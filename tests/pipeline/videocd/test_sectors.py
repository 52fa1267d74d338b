"""Sectors against vectors written by GNU VCDImager, and against the laws of their codes."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.videocd import sectors

RAMP = np.arange(2324) % 256


def sector(lsn: int, subheader: str, data: object = 0) -> sectors.Block:
    """One sealed sector; its form is what the submode says."""
    block = sectors.blank(1)
    sub = bytes.fromhex(subheader)
    sectors.write_headers(block, lsn, sub)
    if sub[2] & sectors.FORM_2:
        block[:, 24:2348] = data
        sectors.seal_form2(block)
    else:
        block[:, 24:2072] = data
        sectors.seal_form1(block)
    return block


TERMINATOR = np.frombuffer(b"\xffCD001\x01".ljust(2048, b"\0"), np.uint8)

GOLDEN = [
    (0, "00000800", 0, "0B888194", "019d8734ffd82181a112f3b3c485312e"),
    (299, "00000800", 0, "0B888194", "a4a8bcbf71231d1e2cd6c1f94af5de93"),
    (17, "00008900", TERMINATOR, "25BA30C7", "d1c7f071b5b2d87e6c3cc7c5bcd12799"),
    (300, "00002000", 0, "3F13B0BE", "5841b5a9d44dc37bee6d6faf9e681fc1"),
    (450, "01006000", 0, "AF2B17D8", "716b9777e9969c128ba05ee29fe7d250"),
    (2028, "0100E000", 0, "5667D2F2", "bf0d6adf8ea4688f8538e1f2016a2f67"),
    (0, "00000800", RAMP[:2048], "E90CD059", "dc34c41e0727a097f0b4b1d0e2cd4cc2"),
    (0, "0101620F", RAMP, "2EAA153E", "60fe81221abdbb84ae4c81e7313416b0"),
]


@pytest.mark.parametrize(("lsn", "subheader", "data", "edc", "digest"), GOLDEN)
def test_makes_the_sectors_that_vcdimager_makes(lsn, subheader, data, edc, digest) -> None:
    """Whole sectors of known images: every byte, by their digest."""
    made = sector(lsn, subheader, data)

    place = 2348 if bytes.fromhex(subheader)[2] & 0x20 else 2072
    assert edc == made[0, place : place + 4].tobytes().hex().upper()
    assert digest == hashlib.sha256(made).hexdigest()[:32]


def test_parity_begins_as_in_the_reference() -> None:
    """The first bytes of P and Q of the counting sector."""
    made = sector(0, "00000800", RAMP[:2048])

    assert made[0, 2076:2084].tobytes().hex() == "59ff7fd9a80e3f62"
    assert made[0, 2248:2256].tobytes().hex() == "13fd68aa3fe400e9"


def test_address_counts_minutes_seconds_and_frames() -> None:
    """LSN 0 stands 150 sectors after 00:00:00, in decimal digits."""
    assert [sectors.address(lsn).hex() for lsn in (0, 172, 59 * 4500 - 150, 360000 - 151)] == [
        "000200",
        "000422",
        "590000",
        "795974",
    ]


@settings(max_examples=20, derandomize=True, deadline=None)
@given(arrays(np.uint8, (3, sectors.RAW)))
def test_a_block_is_sealed_like_its_sectors_one_by_one(block) -> None:
    """Vectors over many sectors give what each alone gives, and sealing twice changes nothing."""
    sectors.write_headers(block, 1000, b"\0\0\x08\0")
    together, alone = block.copy(), block.copy()
    sectors.seal_form1(together)
    for i in range(3):
        sectors.seal_form1(alone[i : i + 1])
    again = together.copy()
    sectors.seal_form1(again)

    assert together.tobytes() == alone.tobytes() == again.tobytes()


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(16, 2071), st.integers(1, 255))
def test_any_changed_byte_changes_edc_and_both_parities(place: int, change: int) -> None:
    """What a checker relies on: EDC, P and Q each notice one altered byte."""
    made = sector(7, "00000800", RAMP[:2048])
    made[0, place] ^= change
    parity = sectors.ecc(made)[0]

    assert made[0, 2072:2076].tobytes() != sectors.form1_edc(made).tobytes()
    assert made[0, 2076:2248].tobytes() != parity[:172].tobytes()
    assert made[0, 2248:].tobytes() != parity[172:].tobytes()


def test_moving_a_sector_keeps_its_parity() -> None:
    """The address is outside the ECC of mode 2 and outside the EDC."""
    here, there = sector(0, "00000800", 5), sector(4711, "00000800", 5)

    assert here[0, 16:].tobytes() == there[0, 16:].tobytes()
    assert here[0, :16].tobytes() != there[0, :16].tobytes()
