"""Ten years of a nation's county libraries, made up from a seed: what happened, as arrays.

A county has a centre, its townships and their villages. Now and then a run of discs is made; a
visit hands copies of three of them over on one receipt, which mostly comes back signed. Nothing
here knows how books are kept: rows.py writes this down as posting would, and a test holds the two
together by really posting a small story.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from json import dumps

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

FIRST_DAY = date(2012, 1, 1)
SUBJECTS = (
    "AGR.VEG", "AGR.FRUIT", "LIV.CATTLE", "LIV.SHEEP", "ART.LOCAL", "HEA.CHRONIC", "LAW.LAND",
    "SCI.PC", "YOU.ETIQ", "AGR.WHEAT",
)  # fmt: skip
LINES = 3  # lines of a receipt
SPARE = 10  # copies of each run that stay in stock


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the story is. `visits` are the receipts of one site in all the years."""

    counties: int = 3000
    townships: int = 20
    villages: int = 179
    visits: int = 4
    productions: int = 2000
    programmes: int = 5000  # more than `each`
    each: int = 40  # programmes of a production
    years: int = 10
    signed: float = 0.96
    seed: int = 20260923

    @property
    def sites(self) -> int:
        return 1 + self.townships + self.villages

    @property
    def digest(self) -> str:
        """The name of what is built from it."""
        return sha256(dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


NATION = Scale()
COUNTY = Scale(counties=1, townships=20, villages=229, visits=67, productions=400)


def iso(day: int) -> str:
    """A day of the story, counted from 0, as text."""
    return (FIRST_DAY + timedelta(days=day)).isoformat()


class Story:
    """What happened. Sites and productions are counted from 0, days from FIRST_DAY."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.days = scale.years * 365
        chance = np.random.default_rng(scale.seed)
        count = scale.productions
        self.made_on: Numbers = np.arange(count) * (self.days - 60) // count
        self.subject_of: Numbers = chance.integers(0, len(SUBJECTS), scale.programmes)
        self.contents: Numbers = np.sort(
            np.argpartition(
                chance.random((count, scale.programmes), np.float32), scale.each, axis=1
            )[:, : scale.each],
            axis=1,
        )
        self._receipts(chance)
        self._copies(chance)

    def _receipts(self, chance: np.random.Generator) -> None:
        scale = self.scale
        total = scale.counties * scale.sites
        sites = np.repeat(np.arange(total), scale.visits)
        first = int(self.made_on[min(scale.productions - 1, 2 * LINES)])
        days = chance.integers(first, self.days, len(sites))
        order = np.lexsort((chance.permutation(len(sites)), days))
        self.site: Numbers = sites[order]
        self.day: Numbers = days[order]
        # Runs of the last year, three different ones.
        newest = np.searchsorted(self.made_on, self.day, "right")
        oldest = np.maximum(0, newest - max(2 * LINES, scale.productions // scale.years))
        among = newest - oldest
        start = chance.integers(0, among)
        second = chance.integers(1, among - 1)
        third = chance.integers(second + 1, among)
        steps = np.stack([np.zeros_like(second), second, third], axis=1)
        self.lines: Numbers = oldest[:, None] + (start[:, None] + steps) % among[:, None]
        signed = chance.random(len(sites)) < scale.signed
        self.signed_on: Numbers = np.where(
            signed, self.day + chance.integers(0, 30, len(sites)), -1
        )

    def _copies(self, chance: np.random.Generator) -> None:
        self.copies: Numbers = chance.choice([1, 1, 1, 2, 3], self.lines.shape)
        runs, copies = self.lines.ravel(), self.copies.ravel()
        order = np.argsort(runs, kind="stable")
        before = np.cumsum(copies[order]) - copies[order]
        starts = np.searchsorted(runs[order], np.arange(self.scale.productions))
        base = np.append(before, before[-1] + copies[order][-1])[starts]
        first = np.empty(len(runs), np.int64)
        first[order] = before - base[runs[order]] + 1
        self.first: Numbers = first.reshape(self.lines.shape)
        self.issued: Numbers = np.bincount(runs, copies, self.scale.productions).astype(np.int64)
        self.made: Numbers = self.issued + SPARE

    @cached_property
    def order(self) -> tuple[Numbers, Numbers]:
        """All that happened after the sites were registered, in order: its kind (0 a run was made,
        1 handed out, 2 signed) and the number of the run or receipt.
        """
        signed = np.flatnonzero(self.signed_on >= 0)
        kinds = np.repeat([0, 1, 2], [len(self.made_on), len(self.day), len(signed)])
        numbers = np.concatenate([np.arange(len(self.made_on)), np.arange(len(self.day)), signed])
        days = np.concatenate([self.made_on, self.day, self.signed_on[signed]])
        order = np.argsort(days * 3 + kinds, kind="stable")
        return kinds[order], numbers[order]


def production_id(number: int) -> str:
    return f"HX-P{number + 1:05d}"


def programme_id(number: int) -> str:
    return f"P{number + 1:05d}"


def site_id(scale: Scale, number: int) -> str:
    """C0007 a centre, C0007-T05 a township, C0007-V123 a village."""
    county, place = divmod(number, scale.sites)
    if place == 0:
        return f"C{county:04d}"
    if place <= scale.townships:
        return f"C{county:04d}-T{place:02d}"
    return f"C{county:04d}-V{place - scale.townships:03d}"
