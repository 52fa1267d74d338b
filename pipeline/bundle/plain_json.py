"""The small JSON records on a drive: written without chance, read as a stranger's.

Whoever had the drive may have written anything there: sizes, depths and kinds are limited, and what
is wrong is told as Problems, never raised.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from catalog.problem import Problem
from catalog.words import _

FORMAT = "format"

Rule = Callable[[object], str]  # why a value cannot be taken, "" where it can
Fields = Mapping[str, Rule]


def written(form: str, value: Mapping[str, object]) -> bytes:
    """The bytes of a record: equal values, equal bytes."""
    record = {FORMAT: form, **value}
    return (json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def read(
    data: bytes, file: str, form: str, fields: Fields, most: int
) -> dict[str, Any] | tuple[Problem, ...]:
    """The fields of a record of this form and of at most `most` bytes, or what is wrong with it."""
    if len(data) > most:
        wrong = _("{size} bytes are more than a file of ours has").format(size=len(data))
        return (Problem(file, 0, "", wrong, mend()),)
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        wrong = _("this cannot be read: {reason}").format(reason=_reason(error))
        return (Problem(file, line, "", wrong, mend()),)
    if not isinstance(value, dict) or value.get(FORMAT) != form:
        told = shown(value.get(FORMAT)) if isinstance(value, dict) else shown(value)
        wrong = _("{value} is not the format {form}").format(value=told, form=form)
        return (Problem(file, 0, FORMAT, wrong, mend()),)
    return _checked(value, file, fields)


def _checked(
    value: dict[str, Any], file: str, fields: Fields
) -> dict[str, Any] | tuple[Problem, ...]:
    problems = [
        Problem(file, 0, shown(key), _("this key is not known here"), mend())
        for key in sorted(value.keys() - fields.keys() - {FORMAT})[:20]
    ]
    for key, rule in fields.items():
        wrong = rule(value[key]) if key in value else _("this key is missing")
        if wrong:
            problems.append(Problem(file, 0, key, wrong, mend()))
    return tuple(problems) or {key: value[key] for key in fields}


def mend() -> str:
    """What a person can do about a file on a drive that is not as we wrote it."""
    return _("the file was changed or damaged; run xiaxiang drive verify")


def shown(value: object) -> str:
    """A value of a stranger as it can stand in a sentence: short, and nothing unseen in it."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    told = repr(value) if not isinstance(value, str) else value
    told = "".join(char if char.isprintable() else "�" for char in told[:61])
    return f"{told[:60]}…" if len(told) > 60 else told


class _TwiceError(ValueError):
    """A key is written twice: the parser would keep the last in silence."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(_("the key {key} is written twice").format(key=shown(key)))
        found[key] = value
    return found


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _TwiceError) else _("it is no JSON")


def text(longest: int, empty: bool = False) -> Rule:
    """A line of text without control characters, of at most so many characters."""

    def wrong(value: object) -> str:
        if not isinstance(value, str):
            return _("{value} is no text").format(value=shown(value))
        if not (empty or value) or len(value) > longest:
            return _("{value} has {length} characters; 1 to {longest} are right").format(
                value=shown(value), length=len(value), longest=longest
            )
        if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in value):
            return _("{value} has control characters").format(value=shown(value))
        return ""

    return wrong


def whole(low: int, high: int) -> Rule:
    """A whole number between these two, both included."""

    def wrong(value: object) -> str:
        if type(value) is int and low <= value <= high:  # True is an int too
            return ""
        return _("{value} is no whole number from {low} to {high}").format(
            value=shown(value), low=low, high=high
        )

    return wrong


def day(value: object) -> str:
    """Why this is no day as 2026-11-23."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return ""
    return _("{value} is no day such as 2026-11-23").format(value=shown(value))


def hexadecimal(digits: int, empty: bool = False) -> Rule:
    """So many digits of a small-letter hexadecimal number, or nothing where that may be."""

    def wrong(value: object) -> str:
        lengths = (0, digits) if empty else (digits,)
        if isinstance(value, str) and len(value) in lengths and re.fullmatch(r"[0-9a-f]*", value):
            return ""
        return _("{value} has not {digits} digits of 0-9 and a-f").format(
            value=shown(value), digits=digits
        )

    return wrong
