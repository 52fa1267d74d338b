"""An entry that may not be written, on its way to the Refusal that tells of all of them."""

from __future__ import annotations


class Illegal(Exception):  # noqa: N818 - a finding about one entry
    """What is `wrong` with an entry, how to `mend` it, and the field concerned (`key`)."""

    def __init__(self, wrong: str, mend: str, key: str = "") -> None:
        self.wrong, self.mend, self.key = wrong, mend, key
        super().__init__(wrong, mend, key)
