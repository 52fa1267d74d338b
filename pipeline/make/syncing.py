"""Two calls of the system that Python does not have: sync a whole file system, begin writing early.

Both do nothing where the system has no such call; who needs durability then syncs file by file.
"""

from __future__ import annotations

import ctypes
import functools
import os
from typing import Any

WINDOW = 32 << 20  # bytes that are written before the drive is asked to begin
_BEFORE, _WRITE, _AFTER = 1, 2, 4


@functools.cache
def _call(name: str) -> Any:
    try:
        return getattr(ctypes.CDLL(None, use_errno=True), name)
    except (OSError, AttributeError):
        return None


def sync_all(descriptor: int) -> bool:
    """Wait until everything of the file system is on the device; whether the system can do that.
    Raises OSError for anything that could not be written since the descriptor was opened.
    """
    call = _call("syncfs")
    if call is None:
        return False
    if call(ctypes.c_int(descriptor)) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return True


def push(descriptor: int, upto: int) -> None:
    """Have the device begin with the last window before `upto`, and wait for the one before: memory
    then never holds more than two windows of a file, and a slow drive shows that it is slow.
    """
    call = _call("sync_file_range")
    if call is None or upto < WINDOW:
        return
    last = upto - WINDOW
    _range(call, descriptor, last, _WRITE)
    if last >= WINDOW:
        # Errors are not looked at: the sync that follows tells them again.
        _range(call, descriptor, last - WINDOW, _BEFORE | _WRITE | _AFTER)


def _range(call: Any, descriptor: int, offset: int, how: int) -> None:
    wide = ctypes.c_longlong
    call(ctypes.c_int(descriptor), wide(offset), wide(WINDOW), ctypes.c_uint(how))
