"""What only the county knows of each drive, by which it knows its own notes on it again.

A file of a workspace, made when it is first wanted. Where it was lost, notes of a refresh that was
broken off are not believed, and what they tell of is read again: nothing else depends on it.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from catalog.durable import disk_told, sync
from catalog.words import _

KEYS = "keys"
_NAME = "drives.secret"
_BYTES = 32


def secret_of(root: Path, token: str) -> bytes:
    """The secret of the drive with this token, in the workspace `root`. Raises Failure."""
    path = root / KEYS / _NAME
    with disk_told(_("reading {path}").format(path=path)):
        return hmac.new(_secret(path), token.encode(), "sha256").digest()


def _secret(path: Path) -> bytes:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        found = b""
    return found if len(found) == _BYTES else _made(path)


def _made(path: Path) -> bytes:
    made = secrets.token_bytes(_BYTES)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync(path.parent)
    return made
