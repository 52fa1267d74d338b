"""Start one program inside limits, and let it die with its parent. Run as a script, never imported.

    python -I -S confined.py PARENT SECONDS_OF_CPU BYTES_OF_MEMORY BYTES_PER_FILE PROGRAM [WORD ...]

It exists because limits must be set between fork and exec, where a program with threads may not
run Python safely; so they are set here, in a process of its own that then becomes the program.
"""

import contextlib
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _limit(name: str, value: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:  # not a POSIX system: time limits of the caller still hold
        return
    what = getattr(resource, name)
    hard = resource.getrlimit(what)[1]
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (soft, soft))


def main() -> None:
    """Set the limits that the arguments name, then become the program."""
    parent, cpu, memory, size, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent, told by its number, may have died before the wish was heard.
        if os.getppid() != int(parent):
            sys.exit(1)
    _limit("RLIMIT_CPU", int(cpu))
    _limit("RLIMIT_AS", int(memory))
    _limit("RLIMIT_FSIZE", int(size))
    _limit("RLIMIT_CORE", 0)
    os.execv(command[0], command)  # noqa: S606 - a list, no shell


if __name__ == "__main__":
    main()
