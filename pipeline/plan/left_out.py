"""Why a programme is not on the discs: a closed set of reasons, and the words for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

from catalog.words import _

Reason = Literal[
    "not-in-catalogue",
    "does-not-match",
    "leave-out",
    "rights-unknown",
    "rights-expired",
    "rights-narrow",
    "no-file",
    "file-missing",
    "nothing-to-play",
    "no-length",
    "too-long",
    "damaged",
    "too-large",
    "at-most",
    "minutes",
]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A programme that was asked for and is not taken. `reason` and `details` (what `tell` needs:
    `until`, `scope`, `wanted`, `episodes`, `percent`, `gigabytes`, `line`, `most`) are kept in
    editions, in no language. `title` is empty where the programme is not known.
    """

    programme: str
    title: str
    reason: Reason
    details: tuple[tuple[str, str], ...] = ()


def tell(left_out: LeftOut) -> str:
    """The reason for the screen, and how to mend it, in one line without the line's end."""
    details = dict(left_out.details)
    for key in ("scope", "wanted"):
        if key in details:
            details[key] = _reach(details[key])
    wrong, mend = _words(left_out.reason)
    said = f"{left_out.programme} {left_out.title}".strip()
    return f"{said}: {wrong.format(**details)} — {mend.format(**details)}"


def _words(reason: Reason) -> tuple[str, str]:
    match reason:
        case "not-in-catalogue" | "does-not-match" | "leave-out" | "at-most" | "minutes":
            return _recipe_words(reason)
        case "rights-unknown" | "rights-expired" | "rights-narrow":
            return _rights_words(reason)
        case "no-file" | "file-missing" | "nothing-to-play" | "no-length" | "too-long" | "damaged":
            return _file_words(reason)
        case "too-large":
            wrong = _("one of its files takes {gigabytes} GB, more than a disc or a file may have")
            return wrong, _("choose a larger disc, or a smaller height in the recipe")
        case _:
            assert_never(reason)


def _recipe_words(
    reason: Literal["not-in-catalogue", "does-not-match", "leave-out", "at-most", "minutes"],
) -> tuple[str, str]:
    match reason:
        case "not-in-catalogue":
            return _("is not in the catalogue"), _("add it, or delete it from the recipe")
        case "does-not-match":
            wrong = _("is named in line {line} of select, but is not all that the line says")
            return wrong, _("name it in a line of its own")
        case "leave-out":
            return _("the recipe leaves it out"), _("delete it from leave_out to take it")
        case "at-most":
            wrong = _("line {line} of select takes at most {most} programmes")
            return wrong, _("raise at_most to take it")
        case "minutes":
            wrong = _("line {line} of select takes at most {most} minutes")
            return wrong, _("raise minutes to take it")
        case _:
            assert_never(reason)


def _rights_words(
    reason: Literal["rights-unknown", "rights-expired", "rights-narrow"],
) -> tuple[str, str]:
    match reason:
        case "rights-unknown":
            wrong = _("how far it may be used is not confirmed")
            return wrong, _("write its rights in the sheet once they are confirmed, and add it")
        case "rights-expired":
            wrong = _("its rights ended on {until}")
            return wrong, _("write the new date in the sheet once they are renewed, and add it")
        case "rights-narrow":
            wrong = _("it may be used {scope}, but the discs go further: {wanted}")
            return wrong, _("narrow rights in the recipe, or choose another programme")
        case _:
            assert_never(reason)


def _file_words(
    reason: Literal[
        "no-file", "file-missing", "nothing-to-play", "no-length", "too-long", "damaged"
    ],
) -> tuple[str, str]:
    match reason:
        case "no-file":
            return _("it has no file"), _("put the file into the inbox and add it")
        case "file-missing":
            return _("files are missing, of episode {episodes}"), _("add these files")
        case "nothing-to-play":
            wrong = _("there is neither picture nor sound, in episode {episodes}")
            return wrong, _("fetch these files again and add them")
        case "no-length":
            wrong = _("the file has no length, of episode {episodes}")
            return wrong, _("fetch these files again and add them")
        case "too-long":
            wrong = _("the file claims more than 24 hours, of episode {episodes}")
            return wrong, _("fetch these files again, or divide them, and add them")
        case "damaged":
            wrong = _("it is damaged or cut off: {percent} % of it is lost, episode {episodes}")
            mend = _(
                "fetch the file again, or accept it: 损坏 = 接受 in the sheet, "
                "damage: accept in the recipe"
            )
            return wrong, mend
        case _:
            assert_never(reason)


def _reach(scope: str) -> str:
    words = {
        "national": _("in the whole nation"),
        "province": _("within the province"),
        "county": _("within the county"),
    }
    return words.get(scope, scope)
