"""Every bar of the books, held against a nation and a county: medians, and a verdict each."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from catalog.audit.asked import Asked
from catalog.audit.questions import questions
from catalog.circulation.entries import Copied, Delivered, Entry, Line
from catalog.circulation.posting import post
from catalog.database import Books, Connection
from tests.bench.books.story import Scale, Story, programme_id, site_id

TODAY = date(2021, 12, 31)
ROUNDS = 7
PAGE = 50
Ask = Callable[[Connection, Asked], object]


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the table: at most so many milliseconds, or at least so many a second."""

    what: str
    found: float
    bar: float
    unit: str = "ms"
    beside: str = ""

    @property
    def held(self) -> bool:
        return self.found >= self.bar if self.unit == "/s" else self.found <= self.bar

    def __str__(self) -> str:
        verdict = "ok" if self.held else "short"
        told = f"{self.what:52} {self.found:9.1f} {self.unit:3} {self.bar:7.0f}  {verdict}"
        return f"{told}  {self.beside}".rstrip()


def milliseconds(books: Books, ask: Ask, asked: Asked, rounds: int = ROUNDS) -> float:
    """The median of some rounds, in one reading that has been warmed up once."""
    with books.reading() as connection:
        ask(connection, asked)
        taken = []
        for _round in range(rounds):
            begin = time.perf_counter()
            ask(connection, asked)
            taken.append(time.perf_counter() - begin)
    return median(taken) * 1000


# -- questions ------------------------------------------------------------------------------------


def nation(books: Books, story: Story) -> Iterator[Bar]:
    """The bars of a nation."""
    ask = {one.name: one.ask for one in questions()}
    some = random.Random(1)
    scale = story.scale
    median_one, most = _programmes(story)
    for name, number in (("median", median_one), ("widest", most)):
        one = Asked(TODAY, programme=programme_id(number))
        first = milliseconds(books, ask["where"], Asked(TODAY, programme=one.programme, limit=PAGE))
        yield Bar(f"recall list, first page, {name} programme", first, 20)
        count = _rows(books, ask["where"], one)
        whole = milliseconds(books, ask["where"], one, 3)
        yield Bar(f"recall list, whole, {name} programme", whole, 2000, beside=f"{count} rows")
    sites = [site_id(scale, some.randrange(scale.counties * scale.sites)) for _ in range(ROUNDS)]
    history = [milliseconds(books, ask["site"], Asked(TODAY, site=site), 3) for site in sites]
    yield Bar("history of one site", median(history), 10)
    middle = site_id(scale, scale.counties // 2 * scale.sites)
    yield from _county(books, scale, middle, 50, programme_id(median_one))
    yield Bar("coverage of the nation", milliseconds(books, ask["coverage"], Asked(TODAY), 3), 1000)


def county(books: Books, story: Story) -> Iterator[Bar]:
    """Every question of a county's own books."""
    median_one, _most = _programmes(story)
    yield from _county(books, story.scale, site_id(story.scale, 0), 20, programme_id(median_one))


def _county(books: Books, scale: Scale, centre: str, bar: float, programme: str) -> Iterator[Bar]:
    village = f"{centre}-V{scale.villages // 2:03d}"
    for one in questions():
        asked = Asked(TODAY, county=centre, site=village, programme=programme)
        yield Bar(f"county: {one.name}", milliseconds(books, one.ask, asked), bar)


def _rows(books: Books, ask: Ask, asked: Asked) -> int:
    with books.reading() as connection:
        return len(ask(connection, asked).rows)  # type: ignore[attr-defined]


def _programmes(story: Story) -> tuple[int, int]:
    """The programme in the middle, and the one that went to most places."""
    weights = story.issued.repeat(story.scale.each)
    sent = [0] * story.scale.programmes
    for programme, copies in zip(story.contents.ravel().tolist(), weights.tolist(), strict=True):
        sent[programme] += copies
    order = sorted(range(len(sent)), key=sent.__getitem__)
    return order[len(order) // 2], order[-1]


# -- posting --------------------------------------------------------------------------------------


def appending(books: Books, scale: Scale, folder: Path) -> Iterator[Bar]:
    """Delivered through `post`, with chain and summaries; what is written stays in the books."""
    run = _stocked(books)
    some = random.Random(2)
    everywhere = range(scale.counties * scale.sites)
    middle = scale.counties // 2 * scale.sites
    near = range(middle, middle + scale.sites)
    spread = [_batch(books, scale, run, some.choices(everywhere, k=3000)) for _ in range(3)]
    yield Bar("post: a batch of 3,000 over random sites", median(spread), 1500, "/s")
    close = [_batch(books, scale, run, some.choices(near, k=3000)) for _ in range(3)]
    yield Bar("post: a batch of 3,000 within a county", median(close), 5000, "/s")
    begin = time.perf_counter()
    for site in some.choices(near, k=300):
        _write(books, [_handed_out(scale, run, site)])
    alone = 300 / (time.perf_counter() - begin)
    disk = syncs(folder)
    yield Bar("post: one by one, full sync", alone, 200, "/s", f"disk alone {disk:.0f}/s")


def _stocked(books: Books) -> str:
    """A new run of discs, enough for all that is handed out here."""
    made = Copied("", "新制光盘", 200_000, TODAY, programmes=(programme_id(0), programme_id(1)))
    with books.transaction() as connection:
        _write_in(connection, [made])
        rows = connection.exec_driver_sql("SELECT id FROM production ORDER BY number DESC LIMIT 1")
        return str(rows.scalar())


def _handed_out(scale: Scale, run: str, site: int) -> Delivered:
    return Delivered("", TODAY, (Line(run, 1),), site=site_id(scale, site))


def _batch(books: Books, scale: Scale, run: str, sites: list[int]) -> float:
    entries = [_handed_out(scale, run, site) for site in sites]
    begin = time.perf_counter()
    _write(books, entries)
    return len(entries) / (time.perf_counter() - begin)


def _write(books: Books, entries: list[Entry]) -> None:
    with books.transaction() as connection:
        _write_in(connection, entries)


def _write_in(connection: Connection, entries: list[Entry]) -> None:
    post(connection, datetime(2021, 12, 31, 9, tzinfo=UTC), entries)


def syncs(folder: Path, count: int = 200) -> float:
    """How often a second the disk itself takes 8 KiB at the end of a file, and keeps them."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        begin = time.perf_counter()
        for _ in range(count):
            os.write(file.fileno(), bytes(8192))
            os.fdatasync(file.fileno())
        return count / (time.perf_counter() - begin)
