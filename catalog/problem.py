"""The three ways a thing can go wrong, as values; nothing here prints or exits.

`Refusal`: somebody must change what they wrote (exit 2, nothing was started).
`Failure`: the world failed: a tool, a disk, a drive (exit 3, may be tried again).
Anything else is our own bug and keeps its traceback (exit 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in something a person wrote, in the one form of the house.

    `file` is named as the person named it; `line` counts from 1, 0 means the file as a whole;
    `key` is dotted (`target.video-cd.disc`, or a column's name), empty where there is none;
    `wrong` shows the value; `mend` is something the person can do.
    """

    file: str
    line: int
    key: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        said = " — ".join(part for part in (self.key, self.wrong, self.mend) if part)
        return f"{place}: {said}"


class Refusal(Exception):  # noqa: N818 - the word of the trade: we refuse, we did not err
    """What somebody wrote cannot be done; holds every problem found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def refusal(file: str, wrong: str, mend: str, key: str = "") -> Refusal:
    """A Refusal for one mistake that stands on no line: a missing file, a wrong name."""
    return Refusal([Problem(file, 0, key, wrong, mend)])


class Failure(Exception):  # noqa: N818 - see Refusal
    """The world failed while we were `doing` something: what `happened`, what to do `next`.

    `log` names the file with the whole story, if there is one.
    """

    def __init__(self, doing: str, happened: str, next: str = "", log: str = "") -> None:
        self.doing, self.happened, self.next, self.log = doing, happened, next, log
        super().__init__(doing, happened, next, log)

    def __str__(self) -> str:
        said = " — ".join(part for part in (self.doing, self.happened, self.next) if part)
        return f"{said} ({self.log})" if self.log else said
