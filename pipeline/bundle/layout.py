"""Where things lie on a drive: every path that is ours, relative to its root and parted by `/`."""

from __future__ import annotations

import re

PAYLOAD = "data"
PAGE = "开始.html"

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"  # the seal: put in place last of all

DELIVERY = "_delivery"
IDENTITY = "_delivery/drive.json"
EDITIONS = "_delivery/editions"
CODE = "_delivery/code.js"
SIGNATURE = "_delivery/signature.json"
FEEDBACK = "_delivery/feedback"
RECEIPTS = "_delivery/receipts"
NEXT = "_delivery/next"

# The tag manifest names these and the edition records; code and signature are made of it.
SEALED = (DECLARATION, INFO, MANIFEST, PAGE, IDENTITY)

MOST_EDITIONS = 9_999
LONGEST_MANIFEST = 32 << 20  # bytes: 200,000 files with names of 90
_RECORD = re.compile(re.escape(EDITIONS) + r"/([0-9]{4})\.json", re.ASCII)


def record_path(number: int) -> str:
    """Where the record of this edition of a drive lies; editions count from 1."""
    if not 1 <= number <= MOST_EDITIONS:
        raise ValueError(f"edition number {number}")
    return f"{EDITIONS}/{number:04d}.json"


def record_number(path: str) -> int:
    """The number of the edition whose record lies at this path, 0 where it is no record's."""
    match = _RECORD.fullmatch(path)
    return int(match[1]) if match else 0
