"""The verbs that show the catalogue: programmes, programme."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from catalog import records
from catalog.analyses import analyses
from catalog.analysis import Analysis
from catalog.analysis_json import plain as plain_analysis
from catalog.describe import missing
from catalog.problem import Refusal, refusal
from catalog.programme import Programme, Source
from catalog.vocabulary import season_months
from catalog.wanted import Wanted
from catalog.words import _
from pipeline.cli import DONE
from pipeline.facts import facts, field_word, rights_words, stream_words, value_words
from pipeline.findings import findings, warnings
from pipeline.screen import clock, one_line, table
from pipeline.workspace import enter


@dataclass(frozen=True, slots=True)
class Asking:
    """What `programmes` was asked for."""

    subject: tuple[str, ...] = ()
    language: str | None = None
    season: str | None = None
    text: str | None = None
    incomplete: bool = False
    as_json: bool = False


def _minutes(programme: Programme, sources: dict[str, Source]) -> float:
    seconds = sum(sources[e.sha256].seconds for e in programme.episodes if e.sha256 in sources)
    return seconds or programme.minutes * 60


def programmes(root: Path, asked: Asking) -> int:
    """List programmes, those that are asked for."""
    wanted = Wanted(
        subject=asked.subject,
        language=asked.language or "",
        months=season_months(asked.season) if asked.season else (),
        text=asked.text or "",
        incomplete=asked.incomplete,
    )
    with enter(root).books.reading() as connection:
        found = records.programmes(connection, wanted)
        sources = {source.sha256: source for source in records.sources(connection)}
    if asked.as_json:
        said = [facts(one) | {"missing": missing(one)} for one in found]
        print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
        return DONE
    last = _("to fill in") if asked.incomplete else _("rights")

    def lacks(one: Programme) -> str:
        return "、".join(map(field_word, missing(one)))

    rows = [
        (
            one.id,
            one.title,
            clock(_minutes(one, sources)),
            " ".join((*one.subject, *one.class_numbers)),
            one.language,
            "、".join(map(field_word, missing(one)))
            if asked.incomplete
            else rights_words(one.rights),
        )
        for one in found
    ]
    head = (_("id"), _("title"), _("time"), _("subject"), _("language"), last)
    if rows:
        print(table(head, rows))
    print(_("{count} programmes").format(count=len(rows)))
    return DONE


def programme(root: Path, number: str, as_json: bool) -> int:
    """Show one programme and its files."""
    with enter(root).books.reading() as connection:
        found = records.programme(connection, number)
        if found is None:
            known = [one.id for one in records.programmes(connection)]
            raise _unknown(number, known)
        there = [(e.number, records.source(connection, e.sha256)) for e in found.episodes]
        files = [(number, source) for number, source in there if source]
        looked = analyses(connection, [source.sha256 for _number, source in files])
    if as_json:
        said = facts(found) | {
            "missing": missing(found),
            "files": [_file(n, source, looked.get(source.sha256)) for n, source in files],
        }
        print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
        return DONE
    for name, value in facts(found).items():
        if value:
            print(f"{field_word(name)}: {value_words(name, value)}")
    for episode, source in files:
        print(f"{_('file')} {episode}: {source.name}  {clock(source.seconds)}  {source.path}")
        for line in _lines(source, looked.get(source.sha256)):
            print(f"    {one_line(line)}")
    if lacks := missing(found):
        print(_("to fill in") + ": " + "、".join(map(field_word, lacks)))
    return DONE


def _file(episode: int, source: Source, looked: Analysis | None) -> dict[str, object]:
    """A file for JSON, with what looking through it found."""
    told: dict[str, object] = {"analysis": None, "findings": [], "warnings": []}
    if looked:
        told["analysis"] = plain_analysis(looked)
        told |= {"findings": findings(looked), "warnings": warnings(looked)}
    return asdict(source) | {"episode": episode} | told


def _lines(source: Source, looked: Analysis | None) -> Iterator[str]:
    """A file for the screen: what its container says, what lies beside it, what was found."""
    yield f"sha256 {source.sha256}"
    yield from map(stream_words, source.streams)
    for sidecar in source.sidecars:
        yield _("subtitle file {name}").format(name=sidecar.name)
    if looked is None:
        yield _("not looked through yet (xiaxiang plan or build does it)")
        return
    yield _("looked through:")
    yield from (f"  {line}" for line in findings(looked))
    yield from (f"  ! {line}" for line in warnings(looked))


def _unknown(number: str, known: list[str]) -> Refusal:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    near = get_close_matches(number.upper(), known, 1)
    mend = _("did you mean {id}?").format(id=near[0]) if near else _("see: xiaxiang programmes")
    return refusal(number, _("there is no programme of this id"), mend)
