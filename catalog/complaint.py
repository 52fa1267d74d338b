"""What pydantic says about a value, in the words of the house; knows no file and no line."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema

from catalog.characters import shown
from catalog.words import _

Place = tuple[str | int, ...]
Schema = Mapping[str, Any]
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong at `path`; `at_key`: the key itself is the mistake, not its value."""

    path: Place
    wrong: str
    mend: str
    at_key: bool = False


def checked(
    model: type[M], value: Any, text_of: Callable[[Place], str]
) -> tuple[M | None, list[Complaint]]:
    """`value` as a `model`, or None and what is wrong; `text_of` gives a value as it was written.

    The value goes through JSON, because there strict pydantic still takes a list for a tuple and
    an ISO date for a date.
    """
    adapter = TypeAdapter(model)
    whole = {} if value is None else value
    try:
        return adapter.validate_json(json.dumps(whole, default=_plain), strict=True), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
    schema = _schema(adapter)
    found = [_complaint(fault, whole, schema, text_of) for fault in faults]
    return None, _merged(found)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


def _schema(adapter: TypeAdapter[Any]) -> Schema:
    """The JSON Schema, for hints only: a model that has none is judged without them."""
    try:
        return adapter.json_schema()
    except PydanticInvalidForJsonSchema:
        return {}


def _complaint(
    fault: Mapping[str, Any], whole: Any, schema: Schema, text_of: Callable[[Place], str]
) -> Complaint:
    path = _path(fault["loc"], whole, keep_last=fault["type"] == "missing")
    if fault["type"] == "missing":
        return Complaint(path, _("is missing"), _example(schema, path))
    if fault["type"] == "extra_forbidden":
        return _unknown_key(path, whole, schema)
    found = _at(whole, path)
    if found is None:
        return Complaint(path, _("is empty"), _("write a value, or delete the line"))
    said = text_of(path) or _written(found)
    said = shown(said) if isinstance(found, str) else said
    wrong, mend = _told(fault, said, _hints(schema, path))
    return Complaint(path, wrong, mend)


def _path(loc: Iterable[str | int], whole: Any, keep_last: bool) -> Place:
    """Where in the document an error is: pydantic also names union members, which are not there."""
    parts = list(loc)
    path: list[str | int] = []
    node = whole
    for place, part in enumerate(parts):
        inside = isinstance(node, dict) and part in node
        inside |= isinstance(node, list) and isinstance(part, int) and part < len(node)
        if inside:
            node = node[part]
        if inside or (keep_last and place == len(parts) - 1):
            path.append(part)
    return tuple(path)


def _at(whole: Any, path: Place) -> Any:
    for part in path:
        whole = whole[part]
    return whole


def _written(value: Any) -> str:
    return (
        value if isinstance(value, str) else json.dumps(value, default=_plain, ensure_ascii=False)
    )


def _unknown_key(path: Place, whole: Any, schema: Schema) -> Complaint:
    beside = _at(whole, path[:-1])
    known = [key for key in _keys(schema, path[:-1]) if key not in beside]
    wrong = _("{key} is not known here").format(key=shown(str(path[-1])))
    mend = _suggest(str(path[-1]), known, _("delete it, or write one of: {words}"))
    return Complaint(path, wrong, mend, at_key=True)


def _suggest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    names = list(dict.fromkeys(known))
    lowered = {name.lower(): name for name in names}
    if near := difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.55):
        return _("did you mean {word}?").format(word=shown(lowered[near[0]]))
    if not names:
        return _("delete it")
    return (otherwise or _("write one of: {words}")).format(words=", ".join(names))


def _parts(schema: Schema, whole: Schema) -> list[Schema]:
    """A schema with its references and alternatives laid open."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return _parts({**whole.get("$defs", {}).get(name, {}), **_without_ref(schema)}, whole)
    found = [schema]
    for word in ("anyOf", "oneOf", "allOf"):
        for member in schema.get(word, ()):
            found += _parts(member, whole)
    return found


def _without_ref(schema: Schema) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "$ref"}


def _schemas(whole: Schema, path: Place) -> list[Schema]:
    """All schemas that may speak about the value at `path`."""
    at = _parts(whole, whole)
    for part in path:
        inner: list[Schema] = []
        for schema in at:
            more = schema.get("additionalProperties")
            if isinstance(part, int):
                inner += [schema["items"]] if isinstance(schema.get("items"), dict) else []
            elif part in schema.get("properties", {}):
                inner.append(schema["properties"][part])
            elif isinstance(more, dict):
                inner.append(more)
        at = [part for schema in inner for part in _parts(schema, whole)]
    return at


def _keys(whole: Schema, path: Place) -> list[str]:
    return [key for schema in _schemas(whole, path) for key in schema.get("properties", {})]


def _hints(whole: Schema, path: Place) -> dict[str, Any]:
    """Limits, examples and allowed words of the value at `path`, the first said of each."""
    hints: dict[str, Any] = {"enum": []}
    for schema in _schemas(whole, path):
        for key, value in schema.items():
            if key == "enum":
                hints["enum"] += value
            elif key == "const":
                hints["enum"].append(value)
            else:
                hints.setdefault(key, value)
    return hints


def _example(whole: Schema, path: Place) -> str:
    key = str(path[-1]) if path else ""
    hints = _hints(whole, path)
    choice = [*hints.get("examples", ()), *hints["enum"], "…"]
    value = choice[0] if isinstance(choice[0], str) else json.dumps(choice[0], ensure_ascii=False)
    return _("add the line {line}").format(line=shown(f"{key}: {value}", 80))


_Telling = Callable[[str, dict[str, Any], Mapping[str, Any]], tuple[str, str]]


def _told(fault: Mapping[str, Any], said: str, hints: dict[str, Any]) -> tuple[str, str]:
    """What is wrong and how to mend it, by pydantic's kind of error."""
    kind: str = fault["type"]
    context = fault.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        arguments = [str(a) for a in getattr(context.get("error"), "args", ())] or [fault["msg"]]
        return arguments[0], arguments[1] if len(arguments) > 1 else ""
    for kinds, tell in _TELLINGS:
        if re.fullmatch(kinds, kind):
            return tell(said, hints, context)
    return f"{said}: {fault['msg']}", _like(hints)


def _like(hints: Mapping[str, Any]) -> str:
    examples = hints.get("examples") or []
    return _("write it like {example}").format(example=_written(examples[0])) if examples else ""


def _word(said: str, hints: dict[str, Any], context: Mapping[str, Any]) -> tuple[str, str]:
    known = [str(word) for word in hints["enum"]]
    known = known or re.findall(r"'([^']*)'", str(context.get("expected", "")))
    known = known or re.findall(r"'([^']*)'", str(context.get("expected_tags", "")))
    # Another number looks like the one that was written, and means another thing.
    meant = "" if all(map(str.isdigit, known)) else said.strip('"')
    return _("{value} is not known here").format(value=said), _suggest(meant, known)


def _range(said: str, hints: dict[str, Any], context: Mapping[str, Any]) -> tuple[str, str]:
    least = hints.get("minimum", hints.get("exclusiveMinimum"))
    most = hints.get("maximum", hints.get("exclusiveMaximum"))
    if least is not None and most is not None:
        mend = _("write {least} to {most}").format(least=least, most=most)
    elif least is not None:
        mend = _("write {least} or more").format(least=least)
    else:
        mend = _("write {most} or less").format(most=most)
    return _("{value} is out of range").format(value=said), mend


def _length(said: str, hints: dict[str, Any], context: Mapping[str, Any]) -> tuple[str, str]:
    if "min_length" in context:
        wrong = _("{value} is too short").format(value=said)
        return wrong, _("at least {least}").format(least=context["min_length"])
    wrong = _("{value} is too long").format(value=said)
    return wrong, _("at most {most}").format(most=context.get("max_length", "?"))


def _form(said: str, hints: dict[str, Any], context: Mapping[str, Any]) -> tuple[str, str]:
    wrong = _("{value} does not have the right form").format(value=said)
    return wrong, _like(hints) or _("write it like {example}").format(example=context["pattern"])


def _kind(wrong: str, mend: str) -> _Telling:
    """A telling for values of the wrong kind; the words are translated when they are told."""

    def tell(said: str, hints: dict[str, Any], context: Mapping[str, Any]) -> tuple[str, str]:
        like = _like(hints) or _(mend).format(value=said)
        return _(wrong).format(value=said), like

    return tell


_TELLINGS: tuple[tuple[str, _Telling], ...] = (
    ("literal_error|enum|union_tag_invalid", _word),
    ("(greater|less)_than(_equal)?", _range),
    ("(string_)?too_(short|long)", _length),
    ("string_pattern_mismatch", _form),
    ("string_type", _kind("{value} is not text", 'put it in quotes: "{value}"')),
    ("int_.*", _kind("{value} is not a whole number", "write it in digits, without quotes")),
    ("float_.*|decimal_.*", _kind("{value} is not a number", "write it in digits, without quotes")),
    ("bool_.*", _kind("{value} is neither yes nor no", "write yes or no")),
    ("date_.*", _kind("{value} is not a date", "write it like 2026-11-23")),
    ("(list|tuple|set|frozen_set)_type", _kind("{value} is not a list", "write [{value}]")),
    (
        "(dict|model|dataclass|mapping)(_attributes)?_type",
        _kind("{value} is not a list of keys", "write key: value"),
    ),
)


def _merged(complaints: Iterable[Complaint]) -> list[Complaint]:
    """One complaint a place: where a value may be of several kinds, each kind complains."""
    places: dict[tuple[Place, bool], list[Complaint]] = {}
    for complaint in complaints:
        places.setdefault((complaint.path, complaint.at_key), []).append(complaint)
    merged = []
    for (path, at_key), group in places.items():
        wrong = "; ".join(dict.fromkeys(c.wrong for c in group))
        mend = _(" or ").join(dict.fromkeys(c.mend for c in group if c.mend))
        merged.append(Complaint(path, wrong, mend, at_key))
    return merged
