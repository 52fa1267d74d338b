"""The story as rows, made as quickly as Python can: the same that posting would have written.

`chained` is the ledger; the others are the tables that follow from it. A test compares all of them
with what `post` writes of the same story.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from catalog.circulation.entries import details_of
from catalog.ledger import canonical
from tests.bench.books.entries import at, copied, receipts_of, signer
from tests.bench.books.story import (
    SPARE,
    SUBJECTS,
    Numbers,
    Story,
    iso,
    production_id,
    programme_id,
    site_id,
)

Row = tuple[Any, ...]
Told = tuple[str, str, str, str]  # at, kind, subjects, details
_PIECE = 100_000


class Chain:
    """Gives told events their serials and digests, one after the other."""

    def __init__(self, serial: int, digest: str) -> None:
        self.serial, self.digest = serial, digest

    def rows(self, told: Iterator[Told]) -> Iterator[Row]:
        """Rows of the table `event`."""
        serial, previous, sha256 = self.serial, self.digest, hashlib.sha256
        for when, kind, subjects, details in told:
            serial += 1
            text = (
                f'{{"at":"{when}","details":{details},"kind":"{kind}","previous":"{previous}",'
                f'"serial":{serial},"subjects":{subjects}}}'
            )
            digest = sha256(text.encode()).hexdigest()
            yield serial, when, kind, subjects, details, previous, digest
            previous = digest
        self.serial, self.digest = serial, previous


def events(story: Story) -> Iterator[Told]:
    """What happened after the sites were registered."""
    stamps = [at(day).isoformat(timespec="microseconds") for day in range(story.days + 60)]
    handed, signed = _handed_out(story), _signed(story)
    days, backs = story.day.tolist(), story.signed_on.tolist()
    kinds, numbers = story.order
    for kind, number in zip(kinds.tolist(), numbers.tolist(), strict=True):
        if kind == 1:
            yield stamps[days[number]], "delivered", *next(handed)
        elif kind == 2:
            yield stamps[backs[number]], "signed", *signed(number)
        else:
            entry = copied(story, number)
            stamp = stamps[int(story.made_on[number])]
            yield stamp, "copied", canonical(list(entry.subjects)), canonical(details_of(entry))


def _handed_out(story: Story) -> Iterator[tuple[str, str]]:
    """Subjects and details of every receipt, in order."""
    scale, days = story.scale, list(map(iso, range(story.days)))
    names = [production_id(run) for run in range(scale.productions)]
    places = [site_id(scale, site) for site in range(scale.counties * scale.sites)]
    together = zip(
        receipts_of(story), story.day.tolist(), story.site.tolist(), story.lines.tolist(),
        story.copies.tolist(), story.first.tolist(), strict=True,
    )  # fmt: skip
    for receipt, day, place, runs, copies, firsts in together:
        site = places[place]
        lines = ",".join(
            f'{{"copies":{count},"numbers":"{_numbers(first, count)}","production":"{names[run]}"}}'
            for run, count, first in zip(runs, copies, firsts, strict=True)
        )
        subjects = '","'.join((receipt, site, *(names[run] for run in runs)))
        said = f'"mode":"direct","on":"{days[day]}","receipt":"{receipt}","site":"{site}"'
        yield f'["{subjects}"]', f'{{"lines":[{lines}],{said}}}'


def _signed(story: Story) -> Callable[[int], tuple[str, str]]:
    """Subjects and details of a receipt's signing."""
    receipts, sites = receipts_of(story), story.site.tolist()
    days, backs = list(map(iso, range(story.days + 60))), story.signed_on.tolist()
    scale = story.scale

    def told(number: int) -> tuple[str, str]:
        receipt, by, on = receipts[number], signer(sites[number], scale), days[backs[number]]
        return f'["{receipt}"]', f'{{"by":"{by}","on":"{on}","receipt":"{receipt}"}}'

    return told


def _numbers(first: int, copies: int) -> str:
    return f"{first}-{first + copies - 1}" if copies > 1 else f"{first}"


def serials(story: Story, before: int) -> tuple[Numbers, Numbers, Numbers]:
    """The serials of the events of all runs, all receipts, and their signings (0: none)."""
    kinds, numbers = story.order
    found = []
    for kind, count in enumerate((story.scale.productions, len(story.day), len(story.day))):
        each = np.zeros(count, np.int64)
        places = np.flatnonzero(kinds == kind)
        each[numbers[places]] = before + places + 1
        found.append(each)
    return found[0], found[1], found[2]


DELIVERY = (
    "number", "receipt", "production", "site", "county", "copies", "numbers", "issued_on", "mode",
    "signed_by", "signed_on", "event", "signed_event",
)  # fmt: skip


def deliveries(story: Story, before: int) -> Iterator[Row]:
    """Lines of receipts, in the order of DELIVERY. Numbers of sites and runs count from 1."""
    scale, receipts = story.scale, receipts_of(story)
    days = list(map(iso, range(story.days + 60)))
    _made, handed, signed = serials(story, before)
    number = 0
    for start in range(0, len(receipts), _PIECE):
        piece = slice(start, start + _PIECE)
        together = zip(
            receipts[piece], story.site[piece].tolist(), story.day[piece].tolist(),
            story.signed_on[piece].tolist(), handed[piece].tolist(), signed[piece].tolist(),
            story.lines[piece].tolist(), story.copies[piece].tolist(), story.first[piece].tolist(),
            strict=True,
        )  # fmt: skip
        for receipt, site, day, back, event, signing, runs, copies, firsts in together:
            by, on = (signer(site, scale), days[back]) if back >= 0 else ("", "")
            county = site // scale.sites * scale.sites + 1
            for run, count, first in zip(runs, copies, firsts, strict=True):
                number += 1
                yield (
                    number, receipt, run + 1, site + 1, county, count, _numbers(first, count),
                    days[day], "direct", by, on, event, signing,
                )  # fmt: skip


PRODUCTION = (
    "number", "id", "county", "kind", "medium", "title", "made_on", "minutes", "price_basis",
    "made", "issued", "in_stock", "signed", "unsigned", "free", "event",
)  # fmt: skip


def productions(story: Story, before: int) -> Iterator[Row]:
    """Runs of discs, in the order of PRODUCTION."""
    made, _handed, _signed = serials(story, before)
    weights = (story.copies * (story.signed_on >= 0)[:, None]).ravel()
    signed = np.bincount(story.lines.ravel(), weights, story.scale.productions).astype(int)
    for number, event in enumerate(made.tolist()):
        entry, issued = copied(story, number), int(story.issued[number])
        centre = number % story.scale.counties * story.scale.sites + 1
        yield (
            number + 1, entry.production, centre, "disc", "vcd", entry.title, entry.on.isoformat(),
            entry.minutes, entry.price_basis, entry.copies, issued, SPARE, int(signed[number]),
            issued - int(signed[number]), f"{issued + 1}-{entry.copies}", event,
        )  # fmt: skip


def contents(story: Story) -> Iterator[Row]:
    """Which run holds which programme, and the area of its subject."""
    for number, held in enumerate(story.contents):
        for programme in held.tolist():
            area = SUBJECTS[story.subject_of[programme]].partition(".")[0]
            yield number + 1, programme_id(programme), area


def site_states(story: Story) -> Iterator[Row]:
    """How much each site received: lines, copies, first and last day."""
    count = story.scale.counties * story.scale.sites
    visits = np.bincount(story.site, minlength=count)
    copies = np.bincount(story.site, story.copies.sum(axis=1), count).astype(int)
    days = list(map(iso, range(story.days)))
    # Receipts lie in order of their days: the first and the last of each site.
    _sites, first = np.unique(story.site, return_index=True)
    there, last = np.unique(story.site[::-1], return_index=True)
    begin, end = story.day[first].tolist(), story.day[::-1][last].tolist()
    for place, site in enumerate(there.tolist()):
        lines = int(visits[site]) * story.lines.shape[1]
        yield site + 1, lines, int(copies[site]), days[begin[place]], days[end[place]]


def coverage(story: Story, townships: Numbers) -> Iterator[Row]:
    """Lines and copies by county, township and area; `townships` by site, as the books number."""
    scale = story.scale
    areas = sorted({subject.partition(".")[0] for subject in SUBJECTS})
    area_of = np.array([areas.index(s.partition(".")[0]) for s in SUBJECTS])[story.subject_of]
    runs, copies = story.lines.ravel(), story.copies.ravel()
    sites = np.repeat(story.site, story.lines.shape[1])
    keys = townships[sites]
    counties = sites // scale.sites * scale.sites + 1
    size = scale.sites * scale.counties + 1
    for number, area in enumerate(areas):
        holds = (area_of[story.contents] == number).any(axis=1)[runs]
        for centre, rest in _groups(counties[holds], keys[holds], copies[holds], size):
            yield centre, rest[0], area, rest[1], rest[2]


def _groups(
    counties: Numbers, townships: Numbers, copies: Numbers, size: int
) -> Iterator[tuple[int, tuple[int, int, int]]]:
    keys, where, lines = np.unique(
        counties * size + townships, return_inverse=True, return_counts=True
    )
    sums = np.bincount(where, copies, len(keys)).astype(int)
    for key, count, total in zip(keys.tolist(), lines.tolist(), sums.tolist(), strict=True):
        yield key // size, (key % size, count, total)


def counters(story: Story) -> Iterator[Row]:
    """The last receipt of each year."""
    last: dict[str, int] = {}
    for receipt in receipts_of(story):
        _word, year, number = receipt.split("-")
        last[year] = int(number)
    for year, number in last.items():
        yield "QS", int(year), number
