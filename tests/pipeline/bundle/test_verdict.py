"""Whether a drive is the one that is meant: every way in which it may not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.bundle.editions import Chain, EditionRecord
from pipeline.bundle.identity import Identity
from pipeline.bundle.verdict import Expectation, Seen, judge

TOKEN = "ab" * 16
ROOTS = {number: f"{number}" * 64 for number in range(1, 6)}


def chain(last: int, roots: dict[int, str] = ROOTS) -> Chain:
    """Editions 1 to `last`, each naming the root of the one before."""
    return Chain(
        tuple(
            EditionRecord(
                number, f"E{number}", date(2026, number, 1), roots.get(number - 1, ""),
                "HXD-T02", "HX-T02", "", (), 0, 0,
            )
            for number in range(1, last + 1)
        )
    )  # fmt: skip


IDENTITY = Identity("HXD-T02", "HX-T02", TOKEN, date(2026, 1, 1), 500_000_000_000, "1A2B-3C4D")
SEEN = Seen(IDENTITY, "1A2B-3C4D", 499_000_000_000, ROOTS[3], 3, chain(3), ours=True)
BOOKS = Expectation("HXD-T02", "HX-T02", TOKEN, "1A2B-3C4D", 500_000_000_000, 3, "E3", ROOTS[3])
ASIDE = ROOTS | {2: "f" * 64, 3: "e" * 64}


@pytest.mark.parametrize(
    ("seen", "books", "kind", "why"),
    [
        (SEEN, BOOKS, "known", "it is as the books know it"),
        (replace(SEEN, volume="", capacity=0), BOOKS, "known", "as the books know it"),
        (Seen(None), BOOKS, "blank", "no identity lies on it"),
        (Seen(None), None, "blank", "no identity lies on it"),
        (Seen(None, ours=True), BOOKS, "unknown", "no identity that can be read"),
        (Seen(None, root=ROOTS[1], number=1), None, "unknown", "no identity that can be read"),
        (SEEN, None, "unknown", "HXD-T02 of HX-T02, which the books do not know"),
        (SEEN, replace(BOOKS, drive="HXD-T03"), "another", "it is HXD-T02 of HX-T02, not HXD-T03"),
        (
            SEEN, replace(BOOKS, drive="HXD-T03", token="cd" * 16), "another",
            "it is HXD-T02 of HX-T02, not HXD-T03",
        ),
        (SEEN, replace(BOOKS, token="cd" * 16), "another", "another disk was registered"),
        (SEEN, replace(BOOKS, site="HX-V09"), "another", "registered for HX-T02, not for HX-V09"),
        (SEEN, replace(BOOKS, also=("/mnt/b",)), "copy", "lies on /mnt/b too"),
        (replace(SEEN, volume="FFFF-0000"), BOOKS, "copy", "volume FFFF-0000"),
        (replace(SEEN, capacity=320_000_000_000), BOOKS, "copy", "it has 320 GB"),
        (
            replace(SEEN, number=2, root=ROOTS[2], chain=chain(2)), BOOKS, "copy",
            "it holds edition 2; the books know 3",
        ),
        (
            replace(SEEN, root="e" * 64, chain=Chain()), replace(BOOKS, volume=""), "copy",
            "its edition 3 is not the one of the books",
        ),
        (
            replace(SEEN, number=4, root=ROOTS[4], chain=chain(4, ASIDE)), BOOKS, "copy",
            "it holds edition 4; the books know 3",
        ),
        (
            replace(SEEN, number=4, root=ROOTS[4], chain=chain(4)), BOOKS, "ahead",
            "it holds edition 4; the books know 3",
        ),
        (
            replace(SEEN, number=4, root=ROOTS[4], chain=chain(4)),
            replace(BOOKS, coming=ROOTS[4]), "known", "the new edition is on it already",
        ),
        (SEEN, replace(BOOKS, number=0, edition="", root=""), "ahead", "the books know 0"),
        (replace(SEEN, root="9" * 64), BOOKS, "known", "changed or deleted"),
        (Seen(IDENTITY, "1A2B-3C4D", ours=True), BOOKS, "known", "changed or deleted"),
        (Seen(IDENTITY, ours=True), BOOKS, "copy", "it holds edition 0; the books know 3"),
        (
            Seen(IDENTITY, "1A2B-3C4D", ours=True),
            replace(BOOKS, number=0, edition="", root=""), "known", "as the books know it",
        ),
    ],
)  # fmt: skip
def test_a_drive_is_judged(seen: Seen, books: Expectation | None, kind: str, why: str) -> None:
    """Each kind with its reason; whatever may not be written to says what to do."""
    verdict = judge(seen, books)

    assert (verdict.kind, why in verdict.why) == (kind, True), verdict
    assert verdict.known or verdict.mend


def test_a_clone_that_went_its_own_way_is_a_copy() -> None:
    """A block for block copy has the volume too; its chain, refreshed elsewhere, betrays it."""
    seen = replace(SEEN, root=ASIDE[3], chain=chain(3, ASIDE))
    other = replace(seen.chain.records[-1], edition="E3x")

    assert (
        judge(replace(seen, chain=Chain((*seen.chain.records[:-1], other))), BOOKS).kind == "copy"
    )


def test_a_refresh_under_way_does_not_change_who_it_is() -> None:
    """The next record lies there before the seal does: the seal counts."""
    assert judge(replace(SEEN, chain=chain(4)), BOOKS).known


def test_a_drive_is_known_by_what_it_said_when_registered() -> None:
    """Where the books keep no volume, that of the identity on it is held against the disk."""
    verdict = judge(replace(SEEN, volume="FFFF-0000"), replace(BOOKS, volume=""))

    assert verdict.kind == "copy"
