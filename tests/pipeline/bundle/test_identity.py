"""The identity of a drive: written once, read as a stranger's."""

from __future__ import annotations

import json
from datetime import date

import pytest

from pipeline.bundle.identity import Identity, read_identity, write_identity

HXD = Identity(
    "HXD-T02", "HX-T02", "0123456789abcdef" * 2, date(2026, 11, 23), 500_000_000_000, "1A2B-3C4D"
)


def changed(**fields: object) -> bytes:
    told = json.loads(write_identity(HXD)) | fields
    return json.dumps({key: value for key, value in told.items() if value is not ...}).encode()


def test_an_identity_is_read_as_it_was_written() -> None:
    """Equal identities, equal bytes; a person can read them."""
    data = write_identity(HXD)

    assert read_identity(data) == HXD
    assert data == write_identity(HXD)
    assert b'"drive": "HXD-T02"' in data


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (changed(drive=""), 'drive —  has 0 characters; 1 to 80 are right'),
        (changed(drive=7), "drive — 7 is no text"),
        (changed(site=...), "site — this key is missing"),
        (changed(token="0" * 31), "has not 32 digits of 0-9 and a-f"),
        (changed(token="G" * 32), "has not 32 digits of 0-9 and a-f"),
        (changed(registered_on="2026-02-30"), "2026-02-30 is no day"),
        (changed(registered_on="２０２６-02-01"), "is no day"),
        (changed(capacity=True), "capacity — True is no whole number"),
        (changed(capacity=1.5), "capacity — 1.5 is no whole number"),
        (changed(capacity=-1), "capacity — -1 is no whole number"),
        (changed(capacity=10**300), "is no whole number"),
        (changed(volume=None), "volume — None is no text"),
        (changed(volume="a\u202eb"), "volume — a�b has control characters"),
        (changed(drive="\ud800"), "has control characters"),
        (changed(drive={"a": []}), "drive — {…} is no text"),
        (changed(owner="me"), "owner — this key is not known here"),
        (changed(format="xiaxiang drive 2"), "format — xiaxiang drive 2 is not the format"),
        (b"[1]", "format — […] is not the format xiaxiang drive 1"),
        (b"", "this cannot be read: it is no JSON"),
        (b"\xff\xfe{}", "this cannot be read: it is no JSON"),
        (b'{"a": 1,\n"a": 2}', "this cannot be read: the key a is written twice"),
        (b"[" * 16_000, "this cannot be read"),
        (b'{"a": ' + b"9" * 9_000 + b"}", "this cannot be read"),
        (b" " * 20_000, "20000 bytes are more than a file of ours has"),
    ],
)  # fmt: skip
def test_refuses_an_identity_and_says_why(data: bytes, told: str) -> None:
    """Each fault names the file, the key, the value and what to do."""
    found = read_identity(data)

    assert isinstance(found, tuple)
    assert told in str(found[0])
    assert str(found[0]).startswith("_delivery/drive.json")
    assert found[0].mend


def test_all_faults_are_told_at_once() -> None:
    """Two wrong fields and a strange key are three problems."""
    found = read_identity(changed(drive="", token="", extra=1))

    assert isinstance(found, tuple)
    assert {one.key for one in found} == {"drive", "token", "extra"}


def test_refuses_to_write_what_could_not_be_read() -> None:
    """A token that is none is our own mistake, found before it lies on a drive."""
    with pytest.raises(ValueError, match="no identity"):
        write_identity(Identity("HXD-T02", "HX-T02", "short", date(2026, 11, 23), 1))
