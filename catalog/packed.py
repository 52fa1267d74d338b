"""Packed files (.xlsx, .docx) whose bytes depend on their content alone; files whole or absent."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from catalog.durable import disk_told, write_whole
from catalog.words import _

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first one a ZIP file knows
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")
NEVER = b"1980-01-01T00:00:00Z"

Change = Callable[[str, bytes], bytes]


def _as_it_is(_name: str, data: bytes) -> bytes:
    return data


def repacked(data: bytes, change: Change = _as_it_is) -> bytes:
    """The same packed file without the moment it was made; `change` gets each member's name and
    bytes and gives what is to stand there.
    """
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _FIRST_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0  # else it tells Windows from the others
            content = _TIMES.sub(rb"\g<1>" + NEVER + rb"\g<2>", change(name, old.read(name)))
            new.writestr(member, content)
    return made.getvalue()


def write_file(path: Path, data: bytes) -> None:
    """`data` as the file `path`, wholly or not at all. Raises Failure where the disk does not."""
    with disk_told(_("writing {file}").format(file=path)):
        write_whole(path, data)
