"""The command `xiaxiang`: chooses the language, runs a verb, and turns its end into an exit code.

0 done · 1 our bug · 2 change what you wrote · 3 the world failed, try again
4 a check found a difference · 130 stopped by hand
"""

from __future__ import annotations

import gc
import gettext
import os
import sys
from typing import NoReturn

from catalog.problem import Failure, Refusal
from catalog.words import _, speak

DONE, REFUSED, FAILED, DIFFERENT, STOPPED = 0, 2, 3, 4, 130
_SELDOM = 200_000  # new values between two looks for garbage


def _asked_language(arguments: list[str]) -> str:
    """The language of `--lang zh` or `--lang=zh`: the help itself is written in it."""
    for place, word in enumerate(arguments):
        if word.startswith("--lang="):
            return word.partition("=")[2]
        if word == "--lang":
            return "".join(arguments[place + 1 : place + 2])
    return os.environ.get("XIAXIANG_LANG", "")


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its code."""
    given = sys.argv[1:] if arguments is None else arguments
    speak(_asked_language(given))
    # A plan is hundreds of thousands of small values that stay: to look through them again and
    # again for garbage took a fifth of its time, and found none.
    gc.set_threshold(_SELDOM)
    for stream in (sys.stdout, sys.stderr):
        # A file name may hold bytes that are no text; showing it must never be what fails.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    # Click asks gettext for its own words when it is imported; let it ask our books too.
    gettext.gettext = _  # type: ignore[assignment]
    from pipeline.commands import xiaxiang  # noqa: PLC0415 - after the language is known

    try:
        code = xiaxiang.main(given, prog_name="xiaxiang", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else DONE)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(REFUSED)
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        _exit_stopped()
    except BrokenPipeError:
        # Whoever read our answer has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except Exception as error:
        _exit_of_click(error)
        raise


def _exit_stopped() -> NoReturn:
    said = _("Stopped by hand. What is finished is kept; the same command goes on.")
    print(said, file=sys.stderr)
    sys.exit(STOPPED)


def _exit_of_click(error: Exception) -> None:
    """Exit as click's own errors want; return for every other."""
    import click  # noqa: PLC0415 - loaded by now

    if isinstance(error, click.ClickException):
        error.show()
        sys.exit(REFUSED)
    if isinstance(error, click.Abort):  # what click makes of Ctrl-C
        _exit_stopped()
    if isinstance(error, click.exceptions.Exit):
        sys.exit(error.exit_code)
