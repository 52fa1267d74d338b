"""Manifests: what is missing, unexpected, altered; names; the text of SHA256SUMS."""

from __future__ import annotations

import hashlib
import subprocess
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest import Item, collisions, compare, name_fault, read_sums, write_sums

DIGEST = "a" * 64
names = st.text("abc盘/._ é", min_size=1, max_size=12).filter(lambda name: not name_fault(name))
items = st.builds(Item, names, st.integers(0, 9), st.sampled_from(["", DIGEST, "b" * 64]))


def kinds(expected: list[Item], found: list[Item]) -> list[tuple[str, str]]:
    return [(each.kind, each.name) for each in compare(expected, found)]


def test_tells_missing_unexpected_and_altered_apart():
    """One file of each kind, told in the order of names."""
    expected = [Item("a", 1), Item("b", 2), Item("c", 3)]
    found = [Item("b", 5), Item("c", 3), Item("d", 4)]

    assert kinds(expected, found) == [("missing", "a"), ("altered", "b"), ("unexpected", "d")]


def test_digests_prove_what_sizes_do_not():
    """A changed byte is altered only where both sides know the digest."""
    assert kinds([Item("a", 1, DIGEST)], [Item("a", 1, "b" * 64)]) == [("altered", "a")]
    assert kinds([Item("a", 1, DIGEST)], [Item("a", 1)]) == []
    assert kinds([Item("a", 1, DIGEST)], [Item("a", 1, DIGEST.upper())]) == []


def test_two_forms_of_one_name_are_one_file():
    """A system that stores names decomposed does not make files missing."""
    assert kinds([Item("é.mp4")], [Item(unicodedata.normalize("NFD", "é.mp4"))]) == []


@given(st.lists(items, max_size=6))
@settings(max_examples=50, derandomize=True)
def test_nothing_differs_from_itself(listed):
    """Any list equals itself, and all of it is missing from nothing."""
    names_listed = {unicodedata.normalize("NFC", item.name) for item in listed}

    assert compare(listed, listed) == ()
    assert {each.name for each in compare(listed, [])} == names_listed
    assert {each.kind for each in compare([], listed)} <= {"unexpected"}


@pytest.mark.parametrize(
    "name",
    ["", "/a", "a//b", "../a", "a/..", ".", "a\\b", "C:a", "a\nb", "a\0", "\ud800", "x" * 2000],
)
def test_refuses_names_that_lead_elsewhere(name):
    """Absolute names, parents, control characters and monsters are named as faults."""
    assert name_fault(name) != ""


@pytest.mark.parametrize(
    "name", ["a", "disc-01.bin", "papers/route 1.pdf", "三下乡/第1集.mpg", "..a"]
)
def test_takes_ordinary_names(name):
    """Names of the house are without fault."""
    assert name_fault(name) == ""


def test_finds_names_that_some_media_hold_once():
    """Names that differ in case or normalisation only are grouped."""
    assert collisions(["a.mp4", "A.MP4", "b"]) == (("a.mp4", "A.MP4"),)


@given(st.lists(items, max_size=6, unique_by=lambda item: unicodedata.normalize("NFC", item.name)))
@settings(max_examples=50, derandomize=True)
def test_sums_come_back_as_written(listed):
    """What is written as SHA256SUMS is read again, in the order of names."""
    listed = [Item(unicodedata.normalize("NFC", item.name), -1, DIGEST) for item in listed]

    read, bad = read_sums(write_sums(listed))

    assert read == tuple(sorted(listed, key=lambda item: item.name))
    assert bad == ()


def test_sums_are_those_of_sha256sum(tmp_path):
    """coreutils accepts our text, and we read theirs."""
    (tmp_path / "a b.txt").write_bytes(b"hello")
    text = write_sums([Item("a b.txt", 5, hashlib.sha256(b"hello").hexdigest())])
    (tmp_path / "SHA256SUMS").write_text(text)

    said = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True)
    theirs = subprocess.run(["sha256sum", "-b", "a b.txt"], cwd=tmp_path, capture_output=True)

    assert said.returncode == 0
    assert read_sums(theirs.stdout.decode())[0] == read_sums(text)[0]


def test_names_the_lines_that_are_no_sums():
    """Broken lines, short digests and names with .. are told by their numbers."""
    text = f"{DIGEST}  ok\nnonsense\n{DIGEST[:9]}  a\n{DIGEST}  ../a\n\n"

    assert read_sums(text) == ((Item("ok", -1, DIGEST),), (2, 3, 4))
