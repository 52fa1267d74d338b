"""LOT.VCD, the table from list numbers to places, against the lists themselves."""

from __future__ import annotations

import numpy as np

from catalog.words import _
from pipeline.videocd.check.faults import Faults
from pipeline.videocd.check.lists import END, NOWHERE, STEP, ControlList
from pipeline.videocd.check.volume import BLOCK

SIZE = 65536


def read_lot(data: bytes) -> dict[int, int]:
    """List number -> byte in the file of lists, for all numbers that are used."""
    words = np.frombuffer(data[:SIZE].ljust(SIZE, b"\xff"), ">u2")
    used = np.flatnonzero(words != NOWHERE)
    return {int(lid): int(words[lid]) * STEP for lid in used if lid}


def check_lot(faults: Faults, data: bytes, sector: int, lists: tuple[ControlList, ...]) -> None:
    """Every number of the table, whose first LSN is `sector`, and every list that asks for one."""
    if data[:2] != b"\0\0":
        wrong = _("the first word of the table of lists must be 0")
        faults.say("warning", "lot.reserved", wrong, sector, ("00 00", data[:2].hex(" ")))
    table = read_lot(data)
    if table.get(1, NOWHERE) != 0:
        wrong = _("list 1, with which the player begins, is not at the beginning of the lists")
        faults.say("error", "lot.first", wrong, sector, (0, table.get(1, "-")))
    begins = {each.at: each for each in lists}
    for lid, at in table.items():
        place = sector + 2 * lid // BLOCK
        if at not in begins:
            wrong = _("the table of lists leads to where no list begins")
            faults.say("error", "lot.offset", wrong, place, (_numbered(lid), f"{at} / {STEP}"))
        elif begins[at].lid != lid:
            wrong = _("the table of lists leads to a list of another number")
            both = (_numbered(lid), _numbered(begins[at].lid))
            faults.say("error", "lot.lid", wrong, place, both)
        elif begins[at].rejected:
            wrong = _("the table of lists leads to a list that is marked as not to be chosen")
            faults.say("warning", "lot.rejected", wrong, place, ("FFFF", _numbered(lid)))
    for each in lists:
        # An end list has no mark of its own: only the table tells whether it may be chosen.
        if each.lid not in table and not each.rejected and each.kind != END:
            wrong = _("a list is not in the table of lists")
            place = sector + 2 * each.lid // BLOCK
            faults.say("error", "lot.missing", wrong, place, (each.at // STEP, _numbered(each.lid)))


def _numbered(lid: int) -> str:
    return _("list {number}").format(number=lid)
