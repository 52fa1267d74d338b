"""What is wrong with a recipe beyond the kinds of its values: looks at what was written, even
where other parts of it cannot be read, so that one reading tells every mistake.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from catalog.characters import shown
from catalog.document import Document, dotted
from catalog.problem import Problem
from catalog.subtitle_name import is_subtitle
from catalog.vocabulary import Scheme, is_subject, lookup, suggestions
from catalog.words import _

# An id becomes a folder and, with `_01` to `_999` behind it, the name of a volume, which
# ISO 9660 ends at 32 characters.
ID_LENGTH = 28
ID_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
# What still stands readable in two lines on a menu and around a disc.
TITLE_LENGTH = 40
# Folders of these names cannot be made on Windows.
_DEVICES = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")
# Codes of ISO 639, of which our list holds the languages of the country.
_LANGUAGE = re.compile("[a-z]{2,3}")
# Which of a file's subtitle tracks, counted from 1.
_TRACK = re.compile("[1-9]|[12][0-9]|3[0-2]")
# Looking for a word that is meant costs time; the first mistakes show what is the matter.
_MOST_SUGGESTIONS = 20

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Mistake:
    place: Place
    wrong: str
    mend: str


def mistakes(document: Document, name: str, known: Collection[str] | None) -> list[Problem]:
    """Every mistake in a recipe that its models cannot see; `name` is that of its file, without
    .yaml. Values of the wrong kind are passed over: the models tell of them.
    """
    written = document.value if isinstance(document.value, dict) else {}
    found = [*_id(written, name), *_title(written), *_target(written), *_select(written)]
    found += [*_words(written), *_treat(written)]
    if known is not None:
        found += _programmes(written, known)
    return [
        Problem(document.file, document.line_of(m.place), dotted(m.place), m.wrong, m.mend)
        for m in found
    ]


def _id(written: dict[str, object], name: str) -> Iterator[_Mistake]:
    match written.get("recipe"):
        case str(said):
            wrong_form = [*_id_form(said)]
            yield from wrong_form
            if said != name and not wrong_form:
                wrong = _("{id} is not the name of the file").format(id=shown(said))
                mend = _("write {name}, or call the file {file}")
                yield _Mistake(("recipe",), wrong, mend.format(name=name, file=f"{said}.yaml"))


def _id_form(said: str) -> Iterator[_Mistake]:
    if not re.fullmatch(ID_PATTERN, said):
        wrong = _("{id} cannot be the name of folders and discs").format(id=shown(said))
        mend = _("use lower-case letters a to z, digits and single hyphens between them")
        yield _Mistake(("recipe",), wrong, mend)
    elif _DEVICES.fullmatch(said):
        wrong = _("{id} is a name that Windows keeps for itself").format(id=shown(said))
        yield _Mistake(("recipe",), wrong, _("choose another name"))
    if len(said) > ID_LENGTH:
        wrong = _("{id} has {count} characters").format(id=shown(said), count=len(said))
        mend = _("use at most {most} characters").format(most=ID_LENGTH)
        yield _Mistake(("recipe",), wrong, mend)


def _title(written: dict[str, object]) -> Iterator[_Mistake]:
    match written.get("title"):
        case str(said) if not said.strip():
            yield _Mistake(("title",), _("is empty"), _("write what stands on the disc"))
        case str(said) if "\n" in said.strip():
            yield _Mistake(("title",), _("has several lines"), _("write it in one line"))
        case str(said) if len(said) > TITLE_LENGTH:
            wrong = _("{title} has {count} characters").format(title=shown(said), count=len(said))
            mend = _("use at most {most} characters").format(most=TITLE_LENGTH)
            yield _Mistake(("title",), wrong, mend)


def _target(written: dict[str, object]) -> Iterator[_Mistake]:
    match written.get("target"):
        case dict(media) if not media:
            wrong = _("names no medium")
            yield _Mistake(("target",), wrong, _("write video-cd: {braces}").format(braces="{}"))
        case dict(media) if len(media) > 1:
            wrong = _("names {count} media: {names}")
            wrong = wrong.format(count=len(media), names=", ".join(map(str, media)))
            yield _Mistake(("target",), wrong, _("keep one, and write a recipe for each other"))
        case {"site-drive": dict(drive)}:
            yield from _drive(drive, ("target", "site-drive"))
        case {"site-drive": None}:
            mend = _("write sites: and which, such as {braces}").format(braces="{level: township}")
            yield _Mistake(("target", "site-drive"), _("does not say for which sites"), mend)


def _drive(written: dict[str, object], at: Place) -> Iterator[_Mistake]:
    match written.get("sites"):
        case dict(sites) if not any(sites.values()):
            mend = _("write which: all: yes, level: township, or only: [HX-T02]")
            yield _Mistake((*at, "sites"), _("chooses nothing"), mend)
        case {"all": True, **other} if other:
            wrong = _("stands beside {names}").format(names=", ".join(map(str, other)))
            yield _Mistake((*at, "sites", "all"), wrong, _("keep one of the two"))
    match written.get("quota"):
        case dict(quota):
            for subject in quota:
                if isinstance(subject, str) and not is_subject(subject):
                    wrong = _("{subject} is neither a subject nor a class number")
                    mend = _near("subject", subject) or _("write a code such as AGR.VEG or S63")
                    place = (*at, "quota", subject)
                    yield _Mistake(place, wrong.format(subject=shown(subject)), mend)
    match written.get("first"):
        case list(said) if len(set(map(str, said))) < len(said):
            yield _Mistake((*at, "first"), _("names something twice"), _("delete it once"))


def _select(written: dict[str, object]) -> Iterator[_Mistake]:
    if written.get("select") == []:
        mend = _("write at least one line, such as - subject: [AGR]")
        yield _Mistake(("select",), _("chooses nothing"), mend)
    for place, line in _lines(written):
        if not line:
            mend = _("write what to choose, such as subject: [AGR], or delete the line")
            yield _Mistake(place, _("says nothing"), mend)
        if "season" in line and "months" in line:
            wrong = _("stands beside season")
            yield _Mistake((*place, "months"), wrong, _("keep one of the two"))
    out = {said: place for place, said in _texts(written, "leave_out")}
    for place, said in _chosen(written):
        if said in out:
            wrong = _("{id} is also in leave_out").format(id=shown(said))
            yield _Mistake(place, wrong, _("delete it here or there"))


def _treat(written: dict[str, object]) -> Iterator[_Mistake]:
    first: dict[str, int] = {}
    for place, said in _of_one(written, "treat"):
        number = int(place[1]) + 1
        if (before := first.setdefault(said, number)) != number:
            wrong = _("{id} stands in line {line} of treat already")
            told = wrong.format(id=shown(said), line=before)
            yield _Mistake(place, told, _("write all that you wish in one line"))
    for place, line in _lines(written, "treat"):
        if set(line) == {"programme"}:
            wrong, mend = _("says nothing"), _("write what you wish, such as shape: centre-cut")
            yield _Mistake(place, wrong, mend)
        match line.get("subtitles"):
            case str(said) if said != "none" and not (_TRACK.fullmatch(said) or is_subtitle(said)):
                wrong = _("{value} are no subtitles").format(value=shown(said))
                mend = _('write none, the number of a track such as "1", or the name of a file')
                yield _Mistake((*place, "subtitles"), wrong, mend)
            case str(said) if "/" in said or "\\" in said:
                wrong = _("{name} names a folder").format(name=shown(said))
                yield _Mistake((*place, "subtitles"), wrong, _("write the name of the file alone"))


def _programmes(written: dict[str, object], known: Collection[str]) -> Iterator[_Mistake]:
    looking = _MOST_SUGGESTIONS
    named = [*_chosen(written), *_texts(written, "leave_out")]
    named += [one for key in ("left_right", "treat") for one in _of_one(written, key)]
    for place, said in named:
        if said not in known:
            wrong = _("{id} is not in the catalogue").format(id=shown(said))
            near = known if looking else ()
            looking -= bool(looking)
            yield _Mistake(place, wrong, _meant(said, near) or _("add it, or delete it here"))


def _words(written: dict[str, object]) -> Iterator[_Mistake]:
    for place, line in _lines(written):
        for at, said in _texts(line, "subject", place):
            if not is_subject(said):
                wrong = _("{subject} is neither a subject nor a class number")
                mend = _near("subject", said) or _("write a code such as AGR.VEG or S63")
                yield _Mistake(at, wrong.format(subject=shown(said)), mend)
        for at, said in _texts(line, "audience", place):
            if lookup("audience", said) is None:
                wrong = _("{group} is no group of people we know").format(group=shown(said))
                mend = _near("audience", said) or _("write a code such as growers or elderly")
                yield _Mistake(at, wrong, mend)
        match line.get("language"):
            case str(said) if lookup("language", said) is None and not _LANGUAGE.fullmatch(said):
                wrong = _("{language} is no language we know").format(language=shown(said))
                mend = _near("language", said) or _("write a code such as zh")
                yield _Mistake((*place, "language"), wrong, mend)


def _near(scheme: Scheme, said: str) -> str:
    terms = suggestions(scheme, said, most=2)
    words = _(" or ").join(f'"{term.code}" ({term.zh})' for term in terms)
    return _("did you mean {word}?").format(word=words) if terms else ""


def _chosen(written: dict[str, object]) -> list[tuple[Place, str]]:
    return [found for place, line in _lines(written) for found in _texts(line, "programmes", place)]


def _of_one(written: dict[str, object], key: str) -> Iterator[tuple[Place, str]]:
    """The programmes of a list whose every line is about one."""
    for place, line in _lines(written, key):
        if isinstance(said := line.get("programme"), str):
            yield (*place, "programme"), said


def _lines(
    written: dict[str, object], key: str = "select"
) -> Iterator[tuple[Place, dict[str, object]]]:
    match written.get(key):
        case list(lines):
            for number, line in enumerate(lines):
                if isinstance(line, dict):
                    yield (key, number), line


def _texts(mapping: dict[str, object], key: str, place: Place = ()) -> Iterator[tuple[Place, str]]:
    match mapping.get(key):
        case list(items):
            for number, item in enumerate(items):
                if isinstance(item, str):
                    yield (*place, key, number), item


def _meant(said: str, ids: Iterable[str]) -> str:
    """Ids are numbers, and another number is no better guess than any: only slips of the pen count,
    such as the letter O for a nought or a sign too many.
    """
    known = {_folded(id): id for id in sorted(ids)}
    near = get_close_matches(_folded(said), known, n=1, cutoff=0.9)
    return _("did you mean {word}?").format(word=shown(known[near[0]])) if near else ""


def _folded(id: str) -> str:
    plain = unicodedata.normalize("NFKC", id).casefold()
    return plain.replace("o", "0").replace("l", "1").replace("_", "-")
