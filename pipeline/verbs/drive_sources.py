"""Sources that turned out, while they were copied to drives, not to be what was catalogued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.bundle.bundle import Piece
from pipeline.make.drive_job import Filled
from pipeline.make.sources import SourceFault, pieces_of, source_fault
from pipeline.plan.steps import FromSource, Input
from pipeline.tools import NEVER
from pipeline.verbs.drive_filling import Prepared
from pipeline.verbs.ready import Ready


def spoilt_sources(
    ready: Ready, filled: Iterable[tuple[Prepared, Filled]]
) -> dict[str, tuple[str, str]]:
    """The programmes, by id, that could not be copied because their own file in the library is
    another by now: title and why. Each such file is read once more: a drive may be to blame too.
    """
    found: dict[str, tuple[str, str]] = {}
    for one, result in filled:
        pieces = {piece.path: piece for piece in one.going.bundle.pieces if _own(piece)}
        for offer in one.going.bundle.offers:
            faulty = [e.video for e in offer.episodes if e.video in result.faults]
            own = [pieces[path] for path in faulty if path in pieces]
            why = "" if offer.programme in found else next(filter(None, _faults(ready, own)), "")
            if why:
                found[offer.programme] = (offer.title, why)
    return found


def _faults(ready: Ready, pieces: Iterable[Piece]) -> Iterator[str]:
    return (_spoilt(ready, piece) for piece in pieces)


def _own(piece: Piece) -> bool:
    return isinstance(piece.origin, FromSource)


def _spoilt(ready: Ready, piece: Piece) -> str:
    def place(_origin: Input) -> Path:
        return ready.file(piece.sha256)[1]

    if fault := source_fault(piece, place):
        return fault
    try:
        for _data in pieces_of(place(piece.origin), piece.bytes, piece.sha256, NEVER):
            pass
    except SourceFault as error:
        return str(error)
    return ""
