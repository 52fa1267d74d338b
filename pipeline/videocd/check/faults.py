"""Findings gathered where one fault may occur thousands of times: told once, with its number."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipeline.videocd.check.report import Finding, Severity


@dataclass(slots=True)
class Faults:
    """A growing collection; memory goes with the kinds of fault, not with their number."""

    first: dict[tuple[str, str], Finding] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def say(
        self,
        severity: Severity,
        name: str,
        wrong: str,
        sector: int,
        values: tuple[object, object] = ("", ""),
    ) -> None:
        """Note one fault: dotted `name`, plain words, LSN, and (expected, found)."""
        key = (name, wrong)
        self.counts[key] = self.counts.get(key, 0) + 1
        if key not in self.first:
            expected, there = map(str, values)
            self.first[key] = Finding(severity, name, wrong, sector, 0, "", expected, there)

    def told(self) -> list[Finding]:
        """One finding for each kind of fault, at its first place."""
        return [replace(each, count=self.counts[key]) for key, each in self.first.items()]
