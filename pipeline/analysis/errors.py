"""How many errors the decoders have complained of since they were last asked."""

from __future__ import annotations

import os

import av.logging

_READ = 1 << 20


class Complaints:
    """Counts the lines that libav writes at the level of errors.

    libav's own writer is used and its output counted in a file, `path`, which takes the place of
    this process's stderr: a logger in Python would be called from the decoders' threads, which
    can lock up.
    """

    def __init__(self, path: str) -> None:
        # Appending, so that a cut to nothing holds for whoever writes next.
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), 2)
        av.logging.restore_default_callback()
        av.logging.set_libav_level(av.logging.ERROR)

    def new(self) -> int:
        """The errors since the last time."""
        if not os.fstat(2).st_size:
            return 0
        said = os.pread(2, _READ, 0)
        os.ftruncate(2, 0)
        return sum(bool(line.strip()) for line in said.splitlines())
