"""What may not be said of a site: levels that do not fit, codes, closing with something open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.characters import shown
from catalog.circulation.illegal import Illegal
from catalog.register.fields import LEVELS
from catalog.register.shelf import Shelf
from catalog.vocabulary import term
from catalog.words import _, speaking

_PARENTS: Mapping[str, tuple[str, ...]] = {
    "county": (),
    "township": ("county",),
    "village": ("township",),
    "community": ("township", "county"),
    "venue": ("county", "township", "village", "community"),
}
_DIGITS = {"county": 6, "township": 9, "village": 12, "community": 12}


def check_place(facts: Mapping[str, str], parent: Mapping[str, Any] | None, itself: str) -> None:
    """Its level is told, and it lies under a site that is there, open and of a fitting level."""
    level, named = facts.get("level", ""), facts.get("parent", "")
    if not facts.get("name"):
        raise Illegal(_("the site has no name"), _("write its name"), "name")
    if level not in LEVELS:
        wrong = _("the site has no level")
        raise Illegal(wrong, _("write one of: {words}").format(words=", ".join(LEVELS)), "level")
    wanted = " / ".join(map(_word, _PARENTS[level]))
    if not named:
        if wanted:
            mend = _("name the site it belongs to ({levels})").format(levels=wanted)
            raise Illegal(_("it belongs to no other site"), mend, "parent")
        return
    if not wanted:
        wrong = _("a county centre lies under no other site, but {parent} is named")
        raise Illegal(wrong.format(parent=shown(named)), _("leave the cell empty"), "parent")
    if parent is None or named == itself:
        wrong = _("there is no site {parent} it could belong to").format(parent=shown(named))
        raise Illegal(wrong, _("register that one first, or look its id up again"), "parent")
    if parent["level"] not in _PARENTS[level]:
        wrong = _("a {level} cannot lie under {parent}, which is a {theirs}")
        told = wrong.format(level=_word(level), parent=shown(named), theirs=_word(parent["level"]))
        mend = _("name the site it belongs to ({levels})").format(levels=wanted)
        raise Illegal(told, mend, "parent")
    if parent["closed_on"]:
        wrong = _("{parent} was closed on {day}").format(parent=named, day=parent["closed_on"])
        raise Illegal(wrong, _("name a site that is open"), "parent")


def check_code(
    facts: Mapping[str, str], parent: Mapping[str, Any] | None, county_code: str, itself: str,
    counties: Mapping[str, str],
) -> None:  # fmt: skip
    """Its region code has as many digits as its level wants and begins like that above it."""
    code, level = facts.get("code", ""), facts["level"]
    if not code:
        return
    digits = _DIGITS.get(level)
    if digits and len(code) != digits:
        wrong = _("the region code {code} has {found} digits; a {level} has {digits}")
        told = wrong.format(code=code, found=len(code), level=_word(level), digits=digits)
        raise Illegal(told, _("look it up again; format the cell as text"), "code")
    above = county_code if level == "venue" else (parent or {}).get("code", "")
    if not code.startswith(above):
        wrong = _("the region code {code} does not begin with {above}, that of the site above it")
        mend = _("correct the code, or the site it belongs to")
        raise Illegal(wrong.format(code=code, above=above), mend, "code")
    other = counties.get(code, itself) if level == "county" else itself
    if other != itself:
        wrong = _("{other} is the county centre of {code} already").format(other=other, code=code)
        raise Illegal(wrong, _("a county has one centre: correct the code or the id"), "code")


def check_move(before: Mapping[str, Any], after: Mapping[str, Any], shelf: Shelf) -> None:
    """What has been delivered to a place counts for its township for ever."""
    same_place = all(before[name] == after[name] for name in ("county", "township"))
    below = shelf.below.get(before["number"])
    if same_place and (before["level"] == after["level"] or not below):
        return
    if before["number"] in shelf.served or below:
        wrong = _("it has deliveries or sites of its own, which count for where it lies now")
        mend = _("close it, and register it anew under its new township")
        raise Illegal(wrong, mend, "parent" if before["level"] == after["level"] else "level")


def check_close(site: Mapping[str, Any], shelf: Shelf, held: Mapping[str, int]) -> None:
    """Nothing is still out at a site that closes: no drive, no unsigned receipt, no open site."""
    number = site["number"]
    if here := sorted(drive for drive, holder in held.items() if holder == number):
        wrong = _("it still has the drive {drives}").format(drives=", ".join(here))
        raise Illegal(wrong, _("first: xiaxiang drive move DRIVE --to SITE"), "closed_on")
    if count := shelf.unsigned.get(number):
        wrong = _("{count} deliveries to it are not signed").format(count=count)
        raise Illegal(wrong, _("first: xiaxiang receive RECEIPT, or return"), "closed_on")
    if count := shelf.below.get(number):
        wrong = _("{count} open sites belong to it").format(count=count)
        raise Illegal(wrong, _("close them first, or name another site above them"), "closed_on")


def _word(level: str) -> str:
    found = term("site_level", level)
    return found.zh if found and speaking() == "zh" else level
