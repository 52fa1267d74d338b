"""Whatever lies on a drive, the readers of its formats give a value or say what is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Problem
from pipeline.bundle import layout
from pipeline.bundle.bag import tag_files
from pipeline.bundle.bundle import Bundle, Offer, Piece
from pipeline.bundle.editions import Chain, EditionRecord, read_chain, read_edition_record
from pipeline.bundle.identity import Identity, read_identity, write_identity
from pipeline.bundle.signing import new_keys, sign, verified
from pipeline.plan.steps import FromSource

IDENTITY = write_identity(Identity("HXD-T02", "HX-T02", "ab" * 16, date(2026, 11, 1), 10**9, "1A"))
DIGEST = hashlib.sha256(b"film").hexdigest()
TAGS = dict(
    tag_files(
        Bundle(
            "winter", 1, "", "HXD-T02", "HX-T02", "曲子镇", "环县支中心", "冬季资源包",
            date(2026, 11, 23),
            tuple(
                Piece(f"data/戏曲/{number}.mp4", 4, DIGEST, FromSource(DIGEST, ".mp4"))
                for number in range(3)
            ),
            (Offer("P1", "三滴血", "戏曲", ()),),
        ),
        b"<html>", IDENTITY, {},
    )
)  # fmt: skip
RECORD = TAGS[layout.record_path(1)]
KEYS = new_keys()
SEAL = TAGS[layout.TAG_MANIFEST]
SIGNATURE = sign(KEYS.private, SEAL)
HUNDRED = {"max_examples": 150, "derandomize": True, "deadline": None}

# Bits and pieces that readers stumble over, put anywhere into a good file.
BITS = st.binary(max_size=12) | st.sampled_from(
    [b"\0", b"\n", b"\r", b"\xef\xbb\xbf", b"\xff", b"[" * 3000, b'"', b"9" * 5000, b"NaN",
     b"\\ud800", b"\xe2\x80\xae", b"data/../x", b"%0A", b"\\", b"-1e999", b"{}", b"null", b"true"]
)  # fmt: skip


@st.composite
def spoiled(draw: Callable[..., object], data: bytes) -> bytes:
    """A good file with a few pieces cut out, put in, doubled or overwritten."""
    for _round in range(draw(st.integers(1, 3))):  # type: ignore[call-overload]
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))  # type: ignore[operator]
        put = draw(BITS | st.just(data[start:end] * 2))
        data = data[:start] + put + data[end:]  # type: ignore[index, operator]
    return data


# Any JSON at all, and the good record with any of its values replaced.
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def exchanged(data: bytes) -> st.SearchStrategy[bytes]:
    good = json.loads(data)
    some = st.dictionaries(st.sampled_from(sorted(good)) | st.text(max_size=5), ANY, max_size=3)
    return some.map(lambda change: json.dumps(good | change).encode())


def are_problems(found: object) -> bool:
    return (
        isinstance(found, tuple)
        and 0 < len(found) <= 1000
        and all(isinstance(one, Problem) and one.wrong and one.mend for one in found)
        and all(len(str(one)) < 1000 and str(one).isprintable() for one in found)
    )


@given(spoiled(IDENTITY) | exchanged(IDENTITY) | st.binary(max_size=60))
@settings(**HUNDRED)
def test_any_identity(data: bytes) -> None:
    """An identity that is believed can be written again; all else is told in printable lines."""
    found = read_identity(data)

    if isinstance(found, Identity):
        assert read_identity(write_identity(found)) == found
    else:
        assert are_problems(found)


@given(spoiled(RECORD) | exchanged(RECORD) | st.binary(max_size=60))
@settings(**HUNDRED)
def test_any_edition_record(data: bytes) -> None:
    """The same for records, alone and as a chain."""
    found = read_edition_record(data, "0001.json")
    chain = read_chain({layout.record_path(1): RECORD, layout.record_path(2): data})

    assert isinstance(found, EditionRecord) or are_problems(found)
    assert isinstance(chain, Chain) or are_problems(chain)


@given(spoiled(SIGNATURE) | exchanged(SIGNATURE) | st.binary(max_size=60))
@settings(**HUNDRED)
def test_any_signature(data: bytes) -> None:
    """Nothing that says something else than the good signature is believed."""
    wrong = verified(data, SEAL, KEYS.public)

    assert wrong.isprintable()
    assert wrong or json.loads(data) == json.loads(SIGNATURE)


@given(st.binary(max_size=80).filter(lambda data: data != SEAL))
@settings(**HUNDRED)
def test_any_other_seal(data: bytes) -> None:
    """The signature of one seal holds for no other."""
    assert verified(SIGNATURE, data, KEYS.public)


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_refuses_the_number_of_no_edition(number: int) -> None:
    """Records are numbered from 1 with four digits."""
    with pytest.raises(ValueError, match="edition number"):
        layout.record_path(number)


@given(st.text(max_size=40))
@settings(**HUNDRED)
def test_any_path_of_a_record(path: str) -> None:
    """Only what we write ourselves is a record's path."""
    assert layout.record_number(path) == 0
    assert layout.record_number(layout.record_path(17) + path) in (0, 17 if not path else 0)
