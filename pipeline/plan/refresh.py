"""How one drive comes from what it holds to what it shall hold; decided here, done elsewhere.

Pure: no disk. Promise 4 is in the order: copies are confirmed before anything of the edition before
goes away. Only where a drive is too small for both, programmes change places one by one (`rounds`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.bundle.bundle import Bundle, Piece
from pipeline.manifest import Item


@dataclass(frozen=True, slots=True)
class Holding:
    """What a drive holds before a refresh. `edition`: files that the books know of the edition
    before, with digests, and that lie there in their length; `others`: files that people added, or
    that are not as the books know them. `capacity` and `free` in bytes, `cluster` the bytes that
    files are rounded up to; `file_system` as the register writes it (FAT32, exFAT, NTFS, ext4).
    """

    edition: tuple[Item, ...]
    others: tuple[Item, ...]
    capacity: int
    free: int
    cluster: int = 4096
    file_system: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """Files that go first, to make room, then pieces that are copied and confirmed."""

    removed: tuple[Item, ...]
    copied: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Refresh:
    """All that is done to one drive. `rounds` in order: only one, which removes nothing, where
    both editions have room side by side. Then `stale` goes, then the seal is written. `kept` lie
    there already. `needed`: bytes that must be free at the most crowded instant.
    """

    bundle: Bundle
    rounds: tuple[Round, ...]
    kept: tuple[Piece, ...]
    stale: tuple[Item, ...]
    needed: int

    @property
    def side_by_side(self) -> bool:
        """Whether the edition before stays whole until the new one is."""
        return all(not one.removed for one in self.rounds)

    @property
    def copied(self) -> tuple[Piece, ...]:
        return tuple(piece for one in self.rounds for piece in one.copied)
