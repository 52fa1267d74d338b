"""The records of a drive's editions, and the chain they make."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from pipeline.bundle.bundle import Bundle, Offer, Piece
from pipeline.bundle.editions import (
    Chain,
    EditionRecord,
    edition_record,
    read_chain,
    read_edition_record,
)
from pipeline.bundle.layout import record_path
from pipeline.plan.steps import FromSource

PIECE = Piece("data/戏曲/三滴血.mp4", 7, "a" * 64, FromSource("a" * 64, ".mp4"))
FIRST = Bundle(
    "drive-1", 1, "", "HXD-T02", "HX-T02", "曲子镇", "环县支中心", "冬季资源包",
    date(2026, 11, 23), (PIECE,), (Offer("P1", "秦腔\n《三滴血》", "戏曲", ()),),
)  # fmt: skip


def records(last: int) -> dict[str, bytes]:
    """A sound chain of so many editions."""
    return {
        record_path(number): edition_record(
            replace(FIRST, number=number, previous=f"{number - 1:064x}" if number > 1 else "")
        )
        for number in range(1, last + 1)
    }


def changed(data: bytes, **fields: object) -> bytes:
    return json.dumps(json.loads(data) | fields).encode()


def test_a_record_is_read_as_it_was_written() -> None:
    """Number, names, programmes with titles in one line, and sums; equal bundles, equal bytes."""
    data = edition_record(FIRST)

    assert data == edition_record(replace(FIRST))
    assert read_edition_record(data) == EditionRecord(
        1, "drive-1", date(2026, 11, 23), "", "HXD-T02", "HX-T02", "冬季资源包",
        (("P1", "秦腔 《三滴血》"),), 1, 7,
    )  # fmt: skip


def test_a_chain_is_read_in_order() -> None:
    """Each record tells the root of the edition before it; that of the last stands nowhere."""
    chain = read_chain(records(12))

    assert isinstance(chain, Chain)
    assert (chain.number, chain.root_of(11), chain.root_of(12)) == (12, f"{11:064x}", "")
    assert read_chain({}) == Chain()


def test_a_chain_may_begin_later() -> None:
    """A new disk in the place of an older one goes on with its number."""
    later = {path: data for path, data in records(4).items() if path != record_path(1)}

    assert isinstance(read_chain(later), Chain)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({record_path(2): b"{}"}, "0002.json: format — None is not the format"),
        (
            {record_path(2): edition_record(FIRST)},
            "0002.json: it is the record of edition 1",
        ),
        (
            {record_path(5): edition_record(replace(FIRST, number=5, previous="0" * 64))},
            "0005.json: the edition before it is 3",
        ),
        (
            {record_path(3): edition_record(
                replace(FIRST, number=3, previous="0" * 64, drive="HXD-T09")
            )},
            "0003.json: the edition before it is of the drive HXD-T02",
        ),
        ({"_delivery/editions/last.json": edition_record(FIRST)}, "it is the record of edition 1"),
        (
            {record_path(1): changed(edition_record(FIRST), previous="0" * 64)},
            "edition 1 names 000000000000 as the one before",
        ),
        (
            {record_path(2): changed(records(2)[record_path(2)], previous="")},
            "edition 2 names none as the one before",
        ),
    ],
)  # fmt: skip
def test_refuses_a_chain_and_says_where(change: dict[str, bytes], told: str) -> None:
    """A record that cannot be read, moved, missing, of another drive, or hung on the wrong one."""
    found = read_chain(records(3) | change)

    assert isinstance(found, tuple)
    assert told in "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"number": 0}, "number — 0 is no whole number from 1 to 9999"),
        ({"previous": "x" * 64}, "has not 64 digits"),
        ({"programmes": {}}, "programmes — {…} is no list of programmes"),
        ({"programmes": [["P1"]]}, "programmes — […] is no programme"),
        ({"programmes": [["", "甲"]]}, "1 to 120 are right"),
        ({"programmes": [["P1", 7]]}, "7 is no text"),
        ({"programmes": [["P", "t"]] * 20_001}, "is no list of programmes"),
        ({"files": 10**6}, "is no whole number from 0 to 200000"),
        ({"bytes": "7"}, "bytes — 7 is no whole number"),
        ({"title": "甲" * 301}, "has 301 characters"),
    ],
)
def test_refuses_a_record_and_says_why(fields: dict[str, object], told: str) -> None:
    """Kinds, counts and lengths are limited."""
    found = read_edition_record(changed(edition_record(FIRST), **fields), "0001.json")

    assert isinstance(found, tuple)
    assert told in str(found[0])


def test_refuses_to_write_a_first_edition_after_another() -> None:
    """Number and root of the edition before must fit: another bundle is our own mistake."""
    with pytest.raises(ValueError, match="names"):
        edition_record(replace(FIRST, previous="0" * 64))
