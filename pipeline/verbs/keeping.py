"""The verbs that keep the books safe: backup, restore."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from catalog import ledger
from catalog.backup import Comparison, compare, examine, page_beside
from catalog.backup import backup as copy_books
from catalog.backup import restore as put_back
from catalog.database import open_books
from catalog.problem import refusal
from catalog.seal import Seal
from catalog.words import _
from pipeline.cli import DONE
from pipeline.screen import say
from pipeline.workspace import enter

_BOOKS = "xiaxiang.db"


def backup(root: Path, file: Path, as_json: bool) -> int:
    """Copy the books into FILE, and write the page with their last digest beside it."""
    with closing(enter(root).books) as books:
        found = copy_books(books, file)
    if as_json:
        print(json.dumps({"file": str(file), "page": str(page_beside(file)), **_facts(found)}))
        return DONE
    print(_("The books are copied to {file} and read back.").format(file=file))
    print(_("Last event: {seal}").format(seal=found))
    told = _("Print {page} and keep it in another place than the copy.")
    print(told.format(page=page_beside(file)))
    return DONE


def restore(root: Path, file: Path, yes: bool, as_json: bool) -> int:
    """Put a copy in the place of the books; without `yes` only where no event would be lost."""
    place = root / _BOOKS
    if not root.is_dir():
        mend = _("make one with `xiaxiang init`, or name another: --workspace DIR")
        raise refusal(str(root), _("this folder is no workspace"), mend)
    examine(file)
    compared = compare(file, place)
    if not yes and place.exists() and (wrong := _loss(compared)):
        raise refusal(str(file), wrong, _("if that is meant, give the command again with --yes"))
    now = datetime.now(UTC)
    kept = root / now.astimezone().strftime("xiaxiang-before-restore-%Y%m%d-%H%M%S.db")
    there = place.exists()
    found = put_back(file, place, kept)
    with closing(open_books(place)) as books, books.transaction() as connection:
        details = {"copy": file.name, "serial": found.serial, "digest": found.digest}
        if compared.lost:
            details["lost"] = compared.lost
        ledger.append(connection, now, "restored", (), details)
    if as_json:
        aside = str(kept) if there else None
        print(json.dumps({"lost": compared.lost, "kept": aside, **_facts(found)}))
        return DONE
    print(_("The books of {file} are back: {seal}").format(file=file, seal=found))
    if there:
        say(_("What was there before is kept: {file}").format(file=kept))
    return DONE


def _loss(compared: Comparison) -> str:
    """What would be lost; empty if nothing."""
    if compared.here is None:
        return _("the books here cannot be read: nobody can tell what would be lost")
    if not compared.lost:
        return ""
    if compared.apart:
        wrong = _(
            "{lost} events of the books here are not in the copy; both went on after No. {at}"
        )
    else:
        wrong = _("{lost} events of the books here would be lost: all after No. {at}")
    return wrong.format(lost=compared.lost, at=compared.common)


def _facts(found: Seal) -> dict[str, object]:
    return {
        "serial": found.serial,
        "digest": found.digest,
        "at": found.at.isoformat() if found.at else None,
    }
