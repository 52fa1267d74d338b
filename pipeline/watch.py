"""What a run tells while it is at work, to whoever wants to hear it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.problem import Failure
from pipeline.plan.steps import Step


class Watch:
    """Hears what a run tells; this one listens to nothing."""

    def begins(self, todo: Sequence[Step], discs: Mapping[str, str]) -> None:
        """The run begins; `todo` are the steps that are not made yet; `discs`: keys of those that
        write a disc, by the disc's name.
        """

    def progress(self, step: Step, done: float) -> None:
        """So much of a step is done, 0 to 1. Called from the thread that makes it."""

    def made(self, step: Step) -> None:
        """A step is done."""

    def failed(self, step: Step, failure: Failure) -> None:
        """A step could not be made; the others go on."""

    def checking(self, sectors: int) -> None:
        """So many more sectors have been read back."""
