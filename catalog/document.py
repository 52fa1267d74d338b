"""What people write in YAML: every value knows its line; the only module that knows YAML.

Stricter than YAML: no aliases, no tags, no key twice, and nothing is turned into what it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

from catalog.characters import controls, decode, read_bytes, shown
from catalog.problem import Problem
from catalog.words import _

MOST_BYTES = 4 << 20
MOST_VALUES = 200_000
MOST_DEPTH = 24
MOST_PROBLEMS = 50

Place = tuple[str | int, ...]
M = TypeVar("M")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None}
_WORDS |= {"yes": True, "true": True, "no": False, "false": False}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_TABBED = re.compile(r" *\t[ \t]*[^ \t\r]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Written:
    """Where a value stands (lines from 1) and how it was written (empty for lists, mappings)."""

    key_line: int
    line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as read. `value` holds dict, list, str, int, float, bool, date and None; it is
    None where the file is empty or `broken` (then `problems` says why).
    """

    file: str
    value: Any
    problems: tuple[Problem, ...] = ()
    broken: bool = False
    written: Mapping[Place, Written] = field(default_factory=dict, repr=False)

    def line_of(self, path: Place, key: bool = False) -> int:
        """The line of a value (or of its key); of the nearest thing around it if it is missing."""
        while path and path not in self.written:
            path, key = path[:-1], False
        place = self.written.get(path, Written(1, 1))
        return place.key_line if key else place.line

    def text_of(self, path: Place) -> str:
        """A plain value as the person wrote it, before any reading; empty for all else."""
        place = self.written.get(path)
        return place.text if place else ""


def read_yaml(path: Path) -> Document:
    """A YAML file with the lines of its values; what is wrong with it is in `problems`.

    Raises Failure only where the disk cannot be read.
    """
    data, problems = read_bytes(path, MOST_BYTES)
    if not problems:
        text, problems = decode(data, str(path))
    if problems:
        return Document(str(path), None, tuple(problems), broken=True)
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> Document:
    """As read_yaml, of a text; `file` is the name to use in problems."""
    if unreadable := controls(text, file) or _merge_marks(text, file):
        return Document(file, None, tuple(unreadable), broken=True)
    reader = _Reader(file)
    try:
        value = reader.read(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        problems = [*reader.problems, *_syntax(error, text, file)]
        return Document(file, None, tuple(problems), broken=True)
    problems = sorted(reader.problems)
    return Document(file, value, tuple(problems), reader.broken, reader.written)


def validate(model: type[M], document: Document) -> tuple[M | None, list[Problem]]:
    """The document as a pydantic `model`, or None with every problem, those of the document
    itself included, in file order.

    Checked strictly (no text for numbers nor numbers for text; lists fit tuples, ISO dates fit
    date), and unknown keys are problems where the model forbids them. A validator of the model may
    raise `ValueError(wrong, mend)`; with one argument only, the mend stays empty. An empty file is
    read as an empty mapping.
    """
    if document.broken:
        return None, list(document.problems)
    # pydantic costs 50 ms, which a program that only reads sheets need not pay.
    from catalog.complaint import checked  # noqa: PLC0415

    value, complaints = checked(model, document.value, document.text_of)
    problems = set(document.problems)
    for told in complaints:
        line = document.line_of(told.path, key=told.at_key)
        problems.add(Problem(document.file, line, dotted(told.path), told.wrong, told.mend))
    return (None if problems else value), sorted(problems)


def plain_value(text: str) -> Any:
    """What an unquoted word means: YAML 1.2 without surprises.

    `yes no true false` are truth values, `12` and `1.5` numbers, `2026-11-23` a date; `on`, `off`,
    `0123`, `1:30`, `1e3`, `0x1F` and days that do not exist stay text.
    """
    if len(text) < 6 and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


class _TooMuch(yaml.YAMLError):
    """A document over our limits; stops the reading."""


class _Reader:
    """Builds values from the events of one document; recursion is bounded by MOST_DEPTH."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.written: dict[Place, Written] = {}
        self.broken = False

    def read(self, events: Iterator[yaml.Event]) -> Any:
        value = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self.tell(event, (), _("a second document begins"), _("delete the line ---"))
                    break
            elif isinstance(event, yaml.NodeEvent):
                value = self.node(event, events, (), _line(event))
        return value

    def node(
        self, event: yaml.Event, events: Iterator[yaml.Event], path: Place, key_line: int
    ) -> Any:
        self.refuse_magic(event, path)
        text = event.value if isinstance(event, yaml.ScalarEvent) else ""
        self.written[path] = Written(key_line, _line(event), text)
        if len(path) > MOST_DEPTH or len(self.written) > MOST_VALUES:
            self.tell(event, (), _("too large or too deep"), _("divide it into several files"))
            raise _TooMuch
        # An escape (\0, \x1b) can say what the file itself may not hold.
        for told in controls(text, self.file)[:1]:
            self.tell(event, path, told.wrong, told.mend)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(events, path)
        if isinstance(event, yaml.ScalarEvent):
            return plain_value(text) if event.implicit[0] else text
        return None

    def sequence(self, events: Iterator[yaml.Event], path: Place) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self.node(event, events, (*path, len(items)), _line(event)))
        return items

    def mapping(self, events: Iterator[yaml.Event], path: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key, line = self.key(event, events, path), _line(event)
            if key in found:
                self.twice(event, (*path, key))
                self.node(next(events), events, (*path, key, "\0again", line), line)
            else:
                found[key] = None
                found[key] = self.node(next(events), events, (*path, key), line)
        return found

    def key(self, event: yaml.Event, events: Iterator[yaml.Event], path: Place) -> str:
        if isinstance(event, yaml.ScalarEvent):
            self.refuse_magic(event, path)
            return str(event.value)
        wrong, mend = _("a key is not plain text"), _("put it in quotes if it holds [ ] { } or *")
        self.tell(event, path, wrong, mend)
        self.broken = True
        self.node(event, events, (*path, f"\0key {_line(event)}"), _line(event))
        return f"\0{len(self.written)}"

    def twice(self, event: yaml.Event, path: Place) -> None:
        first = self.written[path].key_line
        wrong = _("is written twice, first on line {first}").format(first=first)
        self.tell(event, path, wrong, _("keep one of the two"))

    def refuse_magic(self, event: yaml.Event, path: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            mend = _("write it out, or put the text in quotes")
            wrong = _("*{name} repeats something written elsewhere, which is not read here")
            self.tell(event, path, wrong.format(name=event.anchor), mend)
        elif tag := getattr(event, "tag", None):
            mend = _("leave it out, or put the text in quotes")
            short = str(tag).replace("tag:yaml.org,2002:", "!!")
            wrong = _("{tag} is not read here").format(tag=shown(short))
            self.tell(event, path, wrong, mend)

    def tell(self, event: yaml.Event, path: Place, wrong: str, mend: str) -> None:
        self.problems.append(Problem(self.file, _line(event), dotted(path), wrong, mend))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _TooMuch


def dotted(path: Place) -> str:
    """A path as people read it: `select[2].months`; list items count from 1."""
    said = ""
    for part in path:
        said += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return said.removeprefix(".")


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _merge_marks(text: str, file: str) -> list[Problem]:
    lines = [n for n, line in enumerate(text.split("\n"), 1) if re.match(r"(<{7}|>{7}) ", line)]
    wrong = _("two versions of the file were put together here and not settled")
    mend = _("keep one of the two and delete the lines <<<<<<< ======= >>>>>>>")
    return [Problem(file, line, "", wrong, mend) for line in lines[:MOST_PROBLEMS]]


def _syntax(error: yaml.YAMLError, text: str, file: str) -> list[Problem]:
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return []
    if tabs := [n for n, row in enumerate(text.split("\n"), 1) if _TABBED.match(row)]:
        wrong, mend = _("a tab stands at the start of the line"), _("use spaces")
        return [Problem(file, n, "", wrong, mend) for n in tabs[:10]]
    line = int(mark.line) + 1
    began = int(error.context_mark.line) + 1 if error.context_mark else line
    what = f"{error.context or ''} {error.problem or ''}"
    if "quoted scalar" in what:
        line = began
    wrong, mend = _syntax_words(what, began)
    return [Problem(file, line, "", wrong, mend)]


def _syntax_words(what: str, began: int) -> tuple[str, str]:
    """What the YAML reader complains of, in plain words; both of its readers use these phrases."""
    if "escape" in what:
        return _("a \\ in double quotes means something else here"), _("use single quotes '…'")
    if "quoted scalar" in what:
        return _("a quotation mark is not closed"), _("write the closing \" or '")
    if "flow" in what:
        wrong = _("a bracket opened on line {began} is not closed").format(began=began)
        return wrong, _("write the closing bracket")
    if "mapping values" in what:
        mend = _("put a text that holds a colon in quotes, or set the line under its neighbours")
        return _("a colon stands where none can be"), mend
    if "cannot start" in what:
        wrong = _("a text begins with a mark that means something else here (@ ` % ! & *)")
        return wrong, _("put the text in quotes")
    mend = _("set it under its neighbours, with key: value or - value")
    return _("the line does not fit the lines before it"), mend
