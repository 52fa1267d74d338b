"""Every sector for itself: sync, address, mode, both sub-headers, EDC, ECC."""

from __future__ import annotations

import numpy as np

from catalog.words import _
from pipeline.videocd.check.report import Finding, msf, places
from pipeline.videocd.check.survey import ABSENT, WRONG, Bytes, Survey
from pipeline.videocd.sectors import FORM_2, MODE, SYNC, addresses


def is_raw_image(heads: Bytes) -> bool:
    """Whether these are raw mode 2 sectors at all: most of the first 300 begin as such."""
    first = heads[:300]
    sync = (first[:, :12] == np.frombuffer(SYNC, np.uint8)).all(axis=1)
    return len(first) > 17 and bool((sync & (first[:, 15] == MODE)).mean() > 0.5)


def check_sectors(survey: Survey) -> list[Finding]:
    """Findings about the shell of the sectors, whatever is in them."""
    return _headers(survey.heads) + _sums(survey)


def _headers(heads: Bytes) -> list[Finding]:
    sync = (heads[:, :12] != np.frombuffer(SYNC, np.uint8)).any(axis=1)
    address = (heads[:, 12:15] != addresses(0, len(heads))).any(axis=1)
    mode = heads[:, 15] != MODE
    copies = (heads[:, 16:20] != heads[:, 20:24]).any(axis=1)
    found = places("error", "sector.sync", _("wrong sync pattern"), np.flatnonzero(sync))
    if address.any():
        first = int(np.flatnonzero(address)[0])
        there = ":".join(f"{byte:02X}" for byte in heads[first, 12:15])
        found += places(
            "error",
            "sector.address",
            _("wrong address in the sector header"),
            np.flatnonzero(address),
            expected=msf(first),
            found=there,
        )
    wrong = _("the sector header does not say mode 2")
    found += places("error", "sector.mode", wrong, np.flatnonzero(mode))
    wrong = _("the two copies of the sub-header differ")
    return found + places("error", "sector.subheader_copy", wrong, np.flatnonzero(copies))


def _sums(survey: Survey) -> list[Finding]:
    wrong = _("the check sum (EDC) does not fit: data were changed or are damaged")
    found = places("error", "sector.edc", wrong, np.flatnonzero(survey.edc == WRONG))
    absent = survey.edc == ABSENT
    form_2 = survey.heads[:, 18] & FORM_2 != 0
    found += places("error", "sector.edc", wrong, np.flatnonzero(absent & ~form_2))
    wrong = _("form 2 sectors without a check sum: their data cannot be proved")
    found += places("note", "sector.edc_absent", wrong, np.flatnonzero(absent & form_2))
    wrong = _("the error correction (ECC) does not fit")
    return found + places("error", "sector.ecc", wrong, np.flatnonzero(survey.ecc == WRONG))
