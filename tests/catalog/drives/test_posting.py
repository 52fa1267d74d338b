"""Identities, editions, receipts and checks of drives: written, refused, taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from catalog import tables
from catalog.circulation.entries import (
    Changed,
    Checked,
    Confirmed,
    Corrected,
    Drive,
    Enrolled,
    Entry,
    Refreshed,
    details_of,
    entry_of,
)
from catalog.circulation.posting import post
from catalog.circulation.recounting import rebuild, recount
from catalog.database import Connection
from catalog.drives.asking import course_of, editions_of, standing_of
from catalog.drives.receipt import fits, tidy
from catalog.problem import Refusal

DAY = date(2026, 11, 1)
LATER = date(2026, 11, 20)
Refresh = Callable[..., Refreshed]
CODE = "248H-248H-9"  # of a root of ones; the check sign is not looked at here


def lying(connection: Connection) -> list[tuple[str, str, str]]:
    return sorted(tuple(row) for row in connection.execute(tables.drive_contents.select()))


def covered(connection: Connection) -> dict[tuple[int, str], int]:
    rows = connection.execute(tables.coverage.select())
    return {(row.township, row.subject): row.drives for row in rows}


def wrong(connection: Connection, now: datetime, entry: Entry) -> tuple[str, str]:
    with pytest.raises(Refusal) as refused:
        post(connection, now, [entry])
    (problem,) = refused.value.problems
    assert problem.mend
    return problem.wrong, problem.key


def test_what_is_written_of_a_drive(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """Identity, two editions and a receipt: what lies on it is exactly the last edition."""
    first, second = refreshed(1, "P1", "P2"), refreshed(2, "P2", "P3", on=LATER)
    post(connection, now, [enrolled, first, second, Confirmed("D1", 1, CODE, "王", LATER)])
    found = standing_of(connection, "D1")

    assert found is not None
    assert (found.site, found.token, found.number) == ("V", "0" * 32, 2)
    assert (found.root, found.last_root) == ("2" * 64, "2" * 64)
    assert found.programmes == ("P2", "P3")
    assert (found.last_refresh, found.capacity) == ("2026-11-20", 499 * 10**9)
    assert lying(connection) == [("D1", "P2", "AGR"), ("D1", "P3", "ART")]
    assert covered(connection) == {(2, "AGR"): 1, (2, "ART"): 1}
    assert [(e.number, e.signed_by) for e in editions_of(connection, "D1")] == [(1, "王"), (2, "")]
    assert recount(connection) == ()


def test_a_new_disk_makes_the_older_token_void(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """Nothing lies on it, its editions are counted on, and the next one names the last root."""
    anew = replace(enrolled, token="1" * 32, on=LATER)
    post(connection, now, [enrolled, refreshed(1, "P1"), anew])
    found = standing_of(connection, "D1")

    assert found is not None
    assert (found.token, found.number, found.root) == ("1" * 32, 1, "")
    assert (found.last_root, found.programmes) == ("1" * 64, ())
    assert lying(connection) == [] and covered(connection) == {}
    post(connection, now, [refreshed(2, "P2", on=LATER)])
    assert lying(connection) == [("D1", "P2", "AGR")]
    again = wrong(connection, now, replace(enrolled, on=LATER))
    assert again == ("drive D1 bears this token, or bore it", "token")


def test_what_lies_on_a_drive_goes_with_it(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """It counts where the drive is; of a lost one nothing is held anywhere, until it is found."""
    post(connection, now, [enrolled, refreshed(1, "P1")])
    post(connection, now, [Drive("D1", LATER, holder="T2")])
    assert covered(connection) == {(3, "LIV"): 1}
    post(connection, now, [Drive("D1", LATER, state="lost")])
    assert lying(connection) == [] and covered(connection) == {}
    lost = wrong(connection, now, refreshed(2, "P1", on=LATER))
    assert lost == ("drive D1 is not there: lost since 2026-11-20", "drive")
    post(connection, now, [Drive("D1", LATER, holder="V")])

    assert lying(connection) == [("D1", "P1", "LIV")]
    assert covered(connection) == {(2, "LIV"): 1}


def test_a_site_with_a_filled_drive_keeps_its_township(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """What lies there counts for where it lies now."""
    post(connection, now, [enrolled, refreshed(1, "P1")])

    assert wrong(connection, now, Changed("V", {"parent": "T2"}))[1] == "parent"


def _cases(enrolled: Enrolled, refreshed: Refresh) -> list[tuple[Entry, str, str]]:
    second = refreshed(2, "P1", on=LATER)
    checked = Checked("D1", "1" * 64, "deep", True, 0, LATER)
    sure = Confirmed("D1", 1, CODE, "王", LATER)
    anew = replace(enrolled, token="1" * 32)
    return [
        (replace(anew, drive="D9"), "there is no drive", "drive"),
        (replace(anew, site="T"), "drive D1 is meant for V, not for T", "site"),
        (replace(anew, site="X"), "there is no site", "site"),
        (replace(anew, token="?"), '"?" is no token of a drive', "token"),
        (replace(enrolled), "drive D1 bears this token", "token"),
        (replace(anew, capacity=-1), "-1 bytes cannot be", "capacity"),
        (replace(anew, on=date(2026, 10, 1)), "2026-10-01 lies before 2026-11-01", "on"),
        (replace(second, drive="D9"), "there is no drive", "drive"),
        (replace(second, drive="D2", site="T"), "drive D2 bears no identity of ours", "drive"),
        (replace(second, site="T"), "drive D1 is meant for V, not for T", "site"),
        (refreshed(1), "edition 1 of drive D1 cannot come now: the last was 1", "number"),
        (refreshed(3), "edition 3 of drive D1 cannot come now: the last was 1", "number"),
        (replace(second, root="f" * 63), "is no digest of 64 hexadecimal digits", "root"),
        (replace(second, root="F" * 64), "is no digest of 64 hexadecimal digits", "root"),
        (replace(second, record_sha256=""), "is no digest of 64", "record_sha256"),
        (replace(second, on=date(2026, 10, 1)), "2026-10-01 lies before 2026-11-01", "on"),
        (replace(second, programmes=("P9",)), "there is no programme", "programmes"),
        (replace(second, edition=""), "is no name of an edition", "edition"),
        (replace(second, confirmed="luck"), "luck", "confirmed"),
        (replace(second, bytes=-1), "-1 cannot be", "bytes"),
        (replace(second, kept=2), "3 cannot be", "files"),
        (replace(sure, drive="D9"), "there is no drive", "drive"),
        (replace(sure, number=2), "drive D1 never held an edition 2", "number"),
        (replace(sure, code="248H-248J-9"), "is not the receipt code of edition 1", "code"),
        (replace(sure, code="248H-248H"), "is not the receipt code of edition 1", "code"),
        (replace(sure, by=" "), "nobody is named who confirmed it", "by"),
        (replace(sure, way="smoke"), "smoke", "way"),
        (replace(sure, on=date(2026, 10, 1)), "confirmed on 2026-10-01, before", "on"),
        (replace(checked, drive="D9"), "there is no drive", "drive"),
        (replace(checked, depth="half"), "half", "depth"),
        (replace(checked, root=""), "is no digest of 64", "root"),
        (replace(checked, findings=2), "2 findings, and yet the verdict", "findings"),
        (replace(checked, ok=False), "0 findings, and yet the verdict", "findings"),
    ]


def test_refuses(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """Each illegal entry about a drive has its reason, its field and a way to mend it."""
    post(connection, now, [enrolled, refreshed(1, "P1"), Drive("D2", DAY, "T", "T")])
    for entry, told, key in _cases(enrolled, refreshed):
        said, field = wrong(connection, now, entry)

        assert told in said, entry
        assert field == key, entry


def test_a_receipt_comes_once(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """Who told the code is named to the second who does; it is written in its one form."""
    post(connection, now, [enrolled, refreshed(1)])
    (serial,) = post(connection, now, [Confirmed("D1", 1, "248h 248h9", "王", DAY)])
    told = wrong(connection, now, Confirmed("D1", 1, CODE, "李", DAY))[0]

    assert told == "edition 1 of drive D1 was confirmed by 王 on 2026-11-01 already"
    assert course_of(connection, "D1")[-1] == (serial, Confirmed("D1", 1, CODE, "王", DAY))


def test_all_is_taken_back_from_the_end(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """What something later rests on is not corrected; from the end on each state comes back."""
    written: list[Entry] = [
        enrolled, refreshed(1, "P1"), Confirmed("D1", 1, CODE, "王", DAY), refreshed(2, "P2"),
        replace(enrolled, token="1" * 32), Checked("D1", "", "quick", False, 3, LATER),
    ]  # fmt: skip
    stood: list[dict[str, Any]] = []
    rows = [tables.drives, tables.drive_contents, tables.coverage, tables.refreshes, tables.checks]

    def state() -> dict[str, Any]:
        return {
            table.name: sorted(
                repr(
                    {k: v for k, v in row._mapping.items() if (table.name, k) != ("drive", "event")}
                )
                for row in connection.execute(table.select())
            )
            for table in rows
        }

    serials = []
    for entry in written:
        stood.append(state())
        serials += post(connection, now, [entry])
    for earlier in (serials[0], serials[1], serials[3]):
        assert (
            "came later and rests on it" in wrong(connection, now, Corrected(earlier, "错", DAY))[0]
        )
    for serial, before in zip(reversed(serials), reversed(stood), strict=True):
        post(connection, now, [Corrected(serial, "错", DAY)])
        assert state() == before
    assert recount(connection) == ()
    assert [type(entry) for _serial, entry in course_of(connection, "D1")] == [Drive]
    kept = state()
    rebuild(connection, now.date())

    assert state() == kept


def test_a_confirmed_edition_is_corrected_after_its_receipt(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """The receipt says that the edition was there."""
    sure = Confirmed("D1", 1, CODE, "王", DAY)
    _first, edition, receipt = post(connection, now, [enrolled, refreshed(1), sure])

    told = wrong(connection, now, Corrected(edition, "错", DAY))[0]
    assert told == f"event {receipt} came later and rests on it"


def test_a_changed_sum_is_told(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Refresh
) -> None:
    """What is kept of a drive and of places is held against counting again."""
    post(connection, now, [enrolled, refreshed(1, "P1")])
    connection.execute(sa.update(tables.drives).values(number=7))
    connection.execute(sa.update(tables.coverage).values(drives=5))

    assert [(one.table, one.column, one.kept, one.counted) for one in recount(connection)] == [
        ("coverage", "drives", 5, 1), ("drive", "number", 7, 1),
    ]  # fmt: skip


def test_entries_come_back_from_their_events(enrolled: Enrolled, refreshed: Refresh) -> None:
    """What is empty is not written, and is empty again when it is read."""
    for entry in (
        enrolled, replace(enrolled, volume="", capacity=0), refreshed(1, "P1"),
        refreshed(1, files=0, copied=0, kept=0, removed=0, bytes=0, free=0, recipe=""),
        Confirmed("D1", 1, CODE, "王", DAY, "drive"), Checked("D1", "", "quick", False, 3, DAY),
        Checked("D1", "a" * 64, "deep", True, 0, DAY),
    ):  # fmt: skip
        assert entry_of(entry.kind, details_of(entry)) == entry


@pytest.mark.parametrize(
    ("code", "good"),
    [(CODE, True), ("248h248h9", True), ("248H-248H", False), ("248H-248H-99", False),
     ("248H-248K-9", False), ("", False)],
)  # fmt: skip
def test_a_code_is_held_against_the_root(code: str, good: bool) -> None:
    """The eight signs are the first 40 bits of the root."""
    assert fits("1" * 64, code) is good
    assert tidy(" 7k3m9qxat ") == "7K3M-9QXA-T"
