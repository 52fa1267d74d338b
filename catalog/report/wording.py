"""How a county words its report: the lines of the package, changed by its own report.yaml."""

from __future__ import annotations

import difflib
import string
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from catalog.document import Document, parse_yaml, read_yaml, validate
from catalog.problem import Problem, Refusal
from catalog.report.figures import NAMES, SCIENCE
from catalog.report.rounding import Punctuation, Suffix
from catalog.words import _

WORDS = ("communities", "schools", "period", "unit")
SPECS = ("", "full", "tens")
_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)


class Template(BaseModel):
    """A line of the report: its id, its text with {places}, and 多 or 余 where it has a habit."""

    model_config = _STRICT

    id: str = Field(pattern=r"[A-Za-z0-9_-]{1,40}", description="The line's id")
    text: str = Field(max_length=2000, description="The text, figures as {places}")
    suffix: Suffix | None = Field(None, description="多 or 余, after a rounded number")

    @field_validator("text")
    @classmethod
    def _known_places(cls, text: str) -> str:
        for name, spec in places(text):
            if name not in NAMES + WORDS:
                wrong = _("{{{name}}} is no figure of the report").format(name=name)
                near = difflib.get_close_matches(name, NAMES + WORDS, 1)
                mend = _("did you mean {{{name}}}?") if near else _("write one of: {name}")
                raise ValueError(wrong, mend.format(name=near[0] if near else ", ".join(NAMES)))
            if spec not in SPECS or (spec and name in WORDS):
                wrong = _("{{{name}:{spec}}}: there is no such way to write it")
                mend = _("write {{{name}}}, or of a figure {{{name}:full}} or {{{name}:tens}}")
                raise ValueError(wrong.format(name=name, spec=spec), mend.format(name=name))
        return text

    @property
    def uses(self) -> tuple[str, ...]:
        """The figures in it, in their order."""
        return tuple(dict.fromkeys(name for name, _spec in places(self.text) if name in NAMES))


class Wording(BaseModel):
    """Everything about the wording; what a workspace's report.yaml may say, too."""

    model_config = _STRICT

    lines: tuple[Template, ...] = Field((), max_length=100, description="The lines")
    leave_out: tuple[str, ...] = Field((), max_length=100, description="Ids of lines to drop")
    suffix: Suffix | None = Field(None, description="多 or 余 in all lines")
    punctuation: Punctuation | None = Field(None, description="ascii or fullwidth")
    science: tuple[str, ...] | None = Field(None, description="Subject areas of 科技信息")
    unit: str | None = Field(None, max_length=100, description="The name of the unit")


def places(text: str) -> list[tuple[str, str]]:
    """The places of a text, each with the way it is to be written. ValueError where a brace is
    not closed.
    """
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        wrong = _("a brace is open, or closed that was never opened")
        raise ValueError(wrong, _("write {disc_titles}")) from error
    if any(conversion for *_rest, conversion in parsed):
        raise ValueError(_("! has no meaning here"), _("write {disc_titles}"))
    return [(name, spec or "") for _text, name, spec, _conversion in parsed if name is not None]


def wording(own: Path | None = None) -> Wording:
    """The wording of the package, with what `own` (a county's report.yaml, if it is there) says
    instead. Raises Refusal with every mistake in it.
    """
    name = "lines.yaml"
    shipped = _read(parse_yaml((files("catalog.report") / name).read_text("utf-8"), name))
    if own is None or not own.is_file():
        return shipped
    document = read_yaml(own)
    theirs = _read(document)
    if unknown := _unknown(theirs, shipped, document):
        raise Refusal(unknown)
    return _over(shipped, theirs)


def _read(document: Document) -> Wording:
    found, problems = validate(Wording, document)
    if found is None:
        raise Refusal(problems)
    ids = [line.id for line in found.lines]
    twice = [place for place, one in enumerate(ids) if one in ids[:place]]
    if twice:
        wrong = _("there are two lines of this id ({id})")
        raise Refusal(
            Problem(
                document.file,
                document.line_of(("lines", place, "id")),
                f"lines[{place + 1}].id",
                wrong.format(id=ids[place]),
                _("give one of them another id"),
            )
            for place in twice
        )
    return found


def _unknown(theirs: Wording, shipped: Wording, document: Document) -> list[Problem]:
    """Lines to leave out that are not there."""
    ids = [line.id for line in (*shipped.lines, *theirs.lines)]
    wrong, mend = _("there is no line {id}"), _("write one of: {name}").format(name=", ".join(ids))
    return [
        Problem(
            document.file,
            document.line_of(("leave_out", place)),
            f"leave_out[{place + 1}]",
            wrong.format(id=one),
            mend,
        )
        for place, one in enumerate(theirs.leave_out)
        if one not in ids
    ]


def _over(shipped: Wording, theirs: Wording) -> Wording:
    """Lines of the same id in the place of the old ones, new ones after them."""
    lines = {line.id: line for line in shipped.lines} | {line.id: line for line in theirs.lines}
    kept = tuple(line for line in lines.values() if line.id not in theirs.leave_out)
    said = {
        name: getattr(theirs, name)
        for name in ("suffix", "punctuation", "science", "unit")
        if getattr(theirs, name) is not None
    }
    return shipped.model_copy(update={"lines": kept, **said})


def science(said: Wording) -> tuple[str, ...]:
    """The subject areas that count as information."""
    return said.science if said.science is not None else SCIENCE
