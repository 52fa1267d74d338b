"""Who a drive is: the identity that `drive register` writes onto it, once.

The token, not the name, tells two drives apart: it is chance, given once and known to the books.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.problem import Problem
from pipeline.bundle import plain_json
from pipeline.bundle.layout import IDENTITY

FORM = "xiaxiang drive 1"
MOST_BYTES = 16 * 1024
TOKEN_DIGITS = 32  # 128 bits

_FIELDS: plain_json.Fields = {
    "drive": plain_json.text(80),
    "site": plain_json.text(80),
    "token": plain_json.hexadecimal(TOKEN_DIGITS),
    "registered_on": plain_json.day,
    "capacity": plain_json.whole(0, 1 << 60),
    "volume": plain_json.text(80, empty=True),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What `_delivery/drive.json` says. `token`: 128 random bits in hex, given by the caller;
    `capacity` in bytes; `volume`: the file system's own number, "" where it cannot be read.
    """

    drive: str
    site: str
    token: str
    registered_on: date
    capacity: int
    volume: str = ""


def write_identity(identity: Identity) -> bytes:
    """The bytes of `_delivery/drive.json`. Raises ValueError where they could not be read back."""
    fields = {name: getattr(identity, name) for name in _FIELDS}
    data = plain_json.written(FORM, fields | {"registered_on": identity.registered_on.isoformat()})
    if read_identity(data) != identity:
        raise ValueError(f"no identity of a drive: {identity}")
    return data


def read_identity(data: bytes, file: str = IDENTITY) -> Identity | tuple[Problem, ...]:
    """The identity that a drive tells, or what is wrong with it; `data` may be anybody's."""
    found = plain_json.read(data, file, FORM, _FIELDS, MOST_BYTES)
    if isinstance(found, tuple):
        return found
    return Identity(**found | {"registered_on": date.fromisoformat(found["registered_on"])})
