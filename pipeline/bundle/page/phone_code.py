"""What is read out by phone instead of a file: digits that hold a request or a screening.

Digits alone, because both ends say them in their dialect; the last two catch one wrong digit and
two that changed places (ISO 7064, MOD 97-10). The page makes them (forms.js), this reads them.

    1 EE MMDD SS CC               a wish for subject area SS (its place in `areas`)
    2 EE MMDD PPPP CC             a wish for programme PPPP (its number on the page)
    3 EE MMDD K AAAAA N PPPP… CC  a screening: kind, people, how many programmes, which

EE are the last two digits of the edition's number on this drive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from catalog.characters import shown
from catalog.circulation.entries import Requested, Screened
from catalog.needs.words import SCREENINGS
from catalog.problem import refusal
from catalog.vocabulary import term, terms
from catalog.words import _

MOST_PROGRAMMES = 4  # more are not read out
_FORM = re.compile(
    "(?:1(?P<e1>..)(?P<d1>....)(?P<area>..)|2(?P<e2>..)(?P<d2>....)(?P<one>....)"
    "|3(?P<e3>..)(?P<d3>....)(?P<kind>.)(?P<people>.{5})(?P<count>.)(?P<many>(?:....)+))"
)


class _Wrong(Exception):  # noqa: N818 - told as a Refusal
    """Why a code is none."""


def areas() -> tuple[tuple[str, str], ...]:
    """Code and Chinese name of each subject area, in the order of the table; numbered from 1."""
    return tuple((one.code, one.zh) for one in terms("subject") if "." not in one.code)


def read_phone_code(
    said: str, programmes: Sequence[str], number: int, *, site: str, today: date
) -> Requested | Screened:
    """What somebody read out from the page. `programmes` are the ids in the order of the bundle's
    offers, `number` that of the edition that is on this drive. Raises Refusal.
    """
    digits = re.sub(r"[\s-]+", "", said)
    try:
        return _entry(digits, programmes, number, site, today)
    except _Wrong as error:
        mend = _("have it read out once more, digit by digit")
        raise refusal(shown(said), str(error), mend) from error


def check_digits(digits: str) -> str:
    """The two digits that are written behind these."""
    return f"{98 - int(digits + '00') % 97:02d}"


def _entry(
    digits: str, programmes: Sequence[str], number: int, site: str, today: date
) -> Requested | Screened:
    if not re.fullmatch("[0-9]{11,40}", digits) or check_digits(digits[:-2]) != digits[-2:]:
        raise _Wrong(_("a digit is wrong or missing"))
    found = _FORM.fullmatch(digits[:-2])
    if found is None:
        raise _Wrong(_("this is no code of a drive's page"))
    part = {key: value for key, value in found.groupdict().items() if value is not None}
    if int(digits[1:3]) != number % 100:
        wrong = _("it belongs to edition {said} of the drive, not to {number}")
        raise _Wrong(wrong.format(said=digits[1:3], number=number))
    on = _day(digits[3:7], today)
    if "area" in part:
        code = _area(int(part["area"]))
        named = term("subject", code)
        return Requested("", on, site, named.zh if named else code, "", code)
    if "one" in part:
        wanted = _programme(part["one"], programmes)
        return Requested("", on, site, f"想看这样的节目（{wanted}）")
    numbers = re.findall("....", part["many"])
    kinds = list(SCREENINGS)
    if len(numbers) != int(part["count"]) or not 0 < int(part["kind"]) <= len(kinds):
        raise _Wrong(_("this is no code of a drive's page"))
    shown_there = tuple(_programme(one, programmes) for one in numbers)
    kind = kinds[int(part["kind"]) - 1]
    return Screened("", kind, site, on, shown_there, int(part["people"]), "drive")


def _day(digits: str, today: date) -> date:
    """The last such day that is not after today."""
    for year in range(today.year, today.year - 5, -1):
        try:
            day = date(year, int(digits[:2]), int(digits[2:]))
        except ValueError:
            continue
        if day <= today:
            return day
    raise _Wrong(_("{value} is no day").format(value=digits))


def _area(number: int) -> str:
    known = areas()
    if not 0 < number <= len(known):
        raise _Wrong(_("there is no subject number {number}").format(number=number))
    return known[number - 1][0]


def _programme(digits: str, programmes: Sequence[str]) -> str:
    if not 0 < int(digits) <= len(programmes):
        wrong = _("there is no programme number {number} on this drive")
        raise _Wrong(wrong.format(number=int(digits)))
    return programmes[int(digits) - 1]
