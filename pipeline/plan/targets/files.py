"""Programmes as files that computers play: what data discs and drives have in common. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from catalog.analysis import Analysis
from catalog.class_number import under
from catalog.programme import Episode, Programme, Source
from catalog.vocabulary import Term, term, terms
from pipeline.bundle.arranging import WantedPath, arranged
from pipeline.bundle.bundle import Offer, Piece, Watchable
from pipeline.bundle.layout import PAYLOAD
from pipeline.plan.pc_file import PcFile, PcSteps, pc_steps
from pipeline.plan.pc_fitness import ForPc
from pipeline.plan.showing import showings
from pipeline.plan.steps import FromStep, Input, Step, key
from pipeline.plan.targets.tracks import Workshop
from pipeline.workroom import Made
from recipes.recipe import Recipe
from recipes.targets import ForComputers

_ELSEWHERE = "其他"
_ENDINGS = (".mp4", ".jpg", ".vtt")


@dataclass(frozen=True, slots=True)
class Filed:
    """One programme with the files of its episodes, in their order. Of a programme over several
    discs, those on one of them: `first` is the place of the first in the programme, from 1.
    """

    programme: Programme
    episodes: tuple[PcSteps, ...]
    first: int = 1

    @property
    def numbered(self) -> tuple[Episode, ...]:
        """The episodes as the catalogue has them."""
        begin = self.first - 1
        return self.programme.episodes[begin : begin + len(self.episodes)]

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for each in self.episodes for step in each.steps)

    @property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.episodes)

    def files(self) -> tuple[PcFile, ...]:
        """All its files: of each episode the video, the poster, the subtitles."""
        return tuple(file for each in self.episodes for file in each.files)


def filed(
    recipe: Recipe,
    medium: ForComputers,
    chosen: Sequence[Programme],
    sources: Mapping[str, Source],
    analyses: Mapping[str, Analysis],
    *,
    workshop: Workshop,
) -> dict[str, Filed]:
    """Every chosen programme by its id, with the steps of its files; files keep their own rate."""
    shown = showings(recipe, chosen, sources, analyses, Fraction(0))
    return {
        id: Filed(
            one.programme,
            tuple(
                pc_steps(
                    ForPc(
                        one.programme,
                        episode.number,
                        sources[episode.sha256],
                        analyses.get(episode.sha256),
                        one.treatments[episode.sha256],
                        medium,
                    ),
                    workshop,
                )
                for episode in one.programme.episodes
            ),
        )
        for id, one in shown.items()
    }


def steps_of(programmes: Iterable[Filed]) -> tuple[Step, ...]:
    """All their steps, each once, inputs before users."""
    return tuple({key(step): step for one in programmes for step in one.steps}.values())


@dataclass(frozen=True, slots=True)
class Stock:
    """What is made already: results of steps by their key, and the contents of WebVTT files by the
    key of their step, since pages carry them.
    """

    made: Mapping[str, Made]
    texts: Mapping[str, bytes]

    def known(self, file: PcFile) -> PcFile:
        """A file with its true bytes and digest, if the step that makes it is done."""
        if not isinstance(file.origin, FromStep) or file.origin.key not in self.made:
            return file
        name = file.origin.name
        found = next((one for one in self.made[file.origin.key].files if one.name == name), None)
        return PcFile(file.origin, found.bytes, found.sha256) if found else file

    def captions(self, pieces: Iterable[Piece]) -> dict[str, bytes]:
        """The contents of those pieces that are subtitles, by their path."""
        texts = ((piece.path, self.texts.get(_key(piece.origin))) for piece in pieces)
        return {path: text for path, text in texts if text is not None}


NOTHING = Stock({}, {})


def _key(origin: Input) -> str:
    return origin.key if isinstance(origin, FromStep) else ""


def area_of(programme: Programme) -> str:
    """The Chinese name of the subject area that a programme lies under: that of its first subject,
    else of its first class number.
    """
    found = term("subject", programme.subject[0]) if programme.subject else None
    if found is None and programme.class_numbers:
        found = _of_class(programme.class_numbers[0])
    area = term("subject", found.code.partition(".")[0]) if found else None
    return area.zh if area else _ELSEWHERE


@lru_cache(maxsize=8192)  # a whole catalogue has a few hundred of them
def _of_class(number: str) -> Term | None:
    """The narrowest subject under one of whose classes a class number lies."""
    fitting = [(len(c), one) for one in terms("subject") for c in one.classes if under(number, c)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


@dataclass(frozen=True, slots=True)
class Laid:
    """Programmes laid out on a medium: the pieces, and what its page offers, in the same order."""

    pieces: tuple[Piece, ...]
    offers: tuple[Offer, ...]

    @property
    def whole(self) -> bool:
        """Whether every piece is made, so that its bytes and digest are known."""
        return all(piece.sha256 for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Marked:
    """Programmes, by id, that a page points out: those that are new, those somebody asked for."""

    new: Collection[str] = ()
    asked: Collection[str] = ()


_UNMARKED = Marked()


def laid(
    programmes: Sequence[Filed],
    stock: Stock,
    taken: Mapping[str, str] = MappingProxyType({}),
    below: str = PAYLOAD,
    marked: Marked = _UNMARKED,
) -> Laid:
    """Where the files of these programmes lie on a medium. `taken`: what lies there, path ->
    SHA-256 (bundle/arranging.py).
    """
    episodes = [(one, number) for one in programmes for number in range(len(one.episodes))]
    files = [[stock.known(f) for f in one.episodes[number].files] for one, number in episodes]
    wanted = [
        _wanted(one, number, file, ending)
        for (one, number), group in zip(episodes, files, strict=True)
        for file, ending in zip(group, _ENDINGS, strict=False)
    ]
    paths = iter(arranged(wanted, taken, below))
    pieces: list[Piece] = []
    watched: dict[str, list[Watchable]] = {}
    for (one, number), group in zip(episodes, files, strict=True):
        named = [next(paths) for _file in group]
        pieces += [
            Piece(path, file.bytes, file.sha256, file.origin)
            for path, file in zip(named, group, strict=True)
        ]
        episode = Watchable(_episode(one, number), one.episodes[number].seconds, *named)
        watched.setdefault(one.programme.id, []).append(episode)
    offers = tuple(_offer(one.programme, watched[one.programme.id], marked) for one in programmes)
    return Laid(tuple(pieces), offers)


def renamed(placed: Laid, names: Mapping[str, str]) -> Laid:
    """The same where each path has the name that a medium gives it."""
    pieces = tuple(replace(piece, path=names[piece.path]) for piece in placed.pieces)
    named = {"": "", **names}
    offers = tuple(
        replace(
            offer,
            episodes=tuple(
                replace(
                    one,
                    video=named[one.video],
                    poster=named[one.poster],
                    captions=named[one.captions],
                )
                for one in offer.episodes
            ),
        )
        for offer in placed.offers
    )
    return Laid(pieces, offers)


def _episode(one: Filed, number: int) -> str:
    several = len(one.programme.episodes) > 1
    return f"第{one.numbered[number].number}集" if several else ""


def _wanted(one: Filed, number: int, file: PcFile, ending: str) -> WantedPath:
    programme = one.programme
    return WantedPath(
        programme.id,
        area_of(programme),
        programme.title,
        ending,
        _episode(one, number),
        file.sha256,
    )


def _offer(programme: Programme, episodes: Sequence[Watchable], marked: Marked) -> Offer:
    groups = (term("audience", code) for code in programme.audience)
    return Offer(
        programme=programme.id,
        title=programme.title,
        subject=area_of(programme),
        episodes=tuple(episodes),
        description=programme.description,
        creator=programme.creator,
        dialect=programme.dialect,
        audience=tuple(group.zh for group in groups if group),
        months=programme.months,
        keywords=programme.keywords,
        new=programme.id in marked.new,
        asked=programme.id in marked.asked,
    )
