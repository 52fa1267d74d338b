"""What a plan wants to know of a site: from the register, requests, drives and deliveries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from catalog.circulation.entries import (
    Answered,
    Changed,
    Copied,
    Delivered,
    Drive,
    Enrolled,
    Line,
    Refreshed,
    Requested,
    Returned,
)
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.drives.asking import standing_of, standings
from catalog.drives.facts import DriveHere, SiteFacts, site_facts
from catalog.needs.drive_sites import drive_sites

DAY = date(2026, 11, 1)
TODAY = date(2026, 11, 23)


def test_a_site_as_a_plan_sees_it(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Callable[..., Refreshed]
) -> None:
    """Register, open requests, what lies on its drive, and discs that it still has."""
    post(
        connection, now,
        [
            enrolled, refreshed(1, "P1"),
            Copied("", "甲", 9, DAY, programmes=("P2",)),
            Copied("", "乙", 9, DAY, programmes=("P3",)),
            Delivered("", DAY, (Line("HX-2026-0001", 2), Line("HX-2026-0002", 1)), "V"),
            Returned("QS-2026-0001", "HX-2026-0002", "1", DAY),
            Requested("", DAY, "V", "羊", subject="LIV.SHEEP;HEA"),
            Requested("", DAY, "V", "菜"), Requested("", DAY, "V", "戏"),
            Requested("", DAY, "V", "羊"),
            Answered("XQ-2026-002", DAY, "P2", closed=False),
            Answered("XQ-2026-003", DAY, "P3", closed=True),
        ],
    )  # fmt: skip

    assert site_facts(connection, TODAY) == {
        "V": SiteFacts(
            "V", "村", "village", "C", "T", "镇", "R1", "环县方言", ("LIV.SHEEP",), (("pc", 1),),
            (DriveHere("D1", 500.0, "exFAT", 499 * 10**9),), ("P2",), ("LIV.SHEEP", "HEA"),
            ("P1",), ("P2",), 3, True,
        )
    }  # fmt: skip


def test_sites_are_asked_for_by_id(connection: Connection, now: datetime) -> None:
    """Also those without a drive; what is closed or unknown is left out; the rest by default."""
    post(connection, now, [Changed("T2", {"closed_on": "2026-11-02"}, date(2026, 11, 2))])
    found = site_facts(connection, TODAY, ["V", "T", "T2", "X"])

    assert list(found) == ["T", "V"]
    assert (found["T"].drives, found["T"].described, found["T"].months) == ((), False, 3)
    assert list(site_facts(connection, DAY, ["T2"])) == ["T2"]
    post(connection, now, [Drive("D1", DAY, state="lost")])
    assert site_facts(connection, TODAY) == {}
    assert site_facts(connection, TODAY, ["V"])["V"].drives == ()


def test_a_drive_without_an_edition_stands_bare(connection: Connection) -> None:
    """The register's row is there; what nobody knows is empty."""
    found = standing_of(connection, "D1")

    assert found is not None
    assert (found.drive, found.site, found.file_system) == ("D1", "V", "exFAT")
    assert (found.token, found.number, found.root, found.last_root) == ("", 0, "", "")
    assert (found.holder, found.state) == ("V", "held")
    assert standing_of(connection, "D9") is None
    assert list(standings(connection, ["D1", "D9"])) == ["D1"]


def test_a_refresh_sets_back_when_a_site_is_due(
    connection: Connection, now: datetime, enrolled: Enrolled, refreshed: Callable[..., Refreshed]
) -> None:
    """Of two drives the one refreshed longest ago counts; a lost one does not."""
    edition = refreshed(1, on=date(2026, 11, 5))
    post(connection, now, [enrolled, edition])
    assert drive_sites(connection, TODAY)[0].refreshed == date(2026, 11, 5)
    post(connection, now, [Drive("D2", DAY, "V", "V")])
    assert drive_sites(connection, TODAY)[0].refreshed is None
    other = replace(enrolled, drive="D2", token="2" * 32)
    post(connection, now, [other, replace(edition, drive="D2", on=DAY)])
    assert drive_sites(connection, TODAY)[0].refreshed == DAY
    post(connection, now, [Drive("D2", DAY, state="lost")])

    assert drive_sites(connection, TODAY)[0].refreshed == date(2026, 11, 5)
