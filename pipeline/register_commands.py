"""The verbs `site` and `drive` with their options, for click; commands.py hangs them in."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from catalog.words import _

_PATH = click.Path(path_type=Path, readable=False)
_DAY = click.DateTime(("%Y-%m-%d",))
_LEVELS = ("county", "township", "village", "community", "venue")
_STATES = ("held", "out", "lost", "scrapped")


def _json(function: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help=_("answer in JSON"))(function)


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@click.group(help=_("The register of sites: import, export, list, show, set, close."))
def site() -> None:
    """The register of sites."""


@site.command("import", help=_("Take a sheet of sites (CSV or XLSX) into the register."))
@click.argument("sheet", type=_PATH)
@click.option("--since", type=_DAY, help=_("the day from which the sheet is true"))
@_json
@click.pass_obj
def import_(root: Path, sheet: Path, since: datetime | None, as_json: bool) -> int:
    """Take a sheet in."""
    from pipeline.verbs import register  # noqa: PLC0415

    return register.import_sheet(root, sheet, _date(since), as_json)


@site.command(help=_("Write the register as FILE: .csv or .xlsx."))
@click.argument("file", type=_PATH)
@click.option("--at", "on", type=_DAY, help=_("as it was on this day"))
@_json
@click.pass_obj
def export(root: Path, file: Path, on: datetime | None, as_json: bool) -> int:
    """Write the register."""
    from pipeline.verbs import register  # noqa: PLC0415

    return register.export_sheet(root, file, _date(on), as_json)


@site.command("list", help=_("List the sites."))
@click.option("--county", default="", metavar="ID", help=_("only those of a county centre"))
@click.option("--township", default="", metavar="ID", help=_("only those of a township"))
@click.option("--level", default="", type=click.Choice(("", *_LEVELS)), help=_("only this level"))
@click.option("--text", default="", help=_("words in id, name, manager or region code"))
@click.option("--closed", is_flag=True, help=_("also those that were closed"))
@_json
@click.pass_obj
def list_(root: Path, /, **options: Any) -> int:
    """List the sites."""
    from pipeline.verbs import register  # noqa: PLC0415

    return register.list_sites(root, register.Listing(**options))


@site.command(help=_("Show all that the register knows of one site."))
@click.argument("number", metavar="ID")
@click.option("--on", type=_DAY, help=_("as it was on this day"))
@_json
@click.pass_obj
def show(root: Path, number: str, on: datetime | None, as_json: bool) -> int:
    """Show a site."""
    from pipeline.verbs import register  # noqa: PLC0415

    return register.show_site(root, number, _date(on), as_json)


@site.command("set", help=_("Change facts of a site: manager=李某 equipment:vcd=1坏 …"))
@click.argument("number", metavar="ID")
@click.argument("said", nargs=-1, required=True, metavar="FIELD=VALUE…")
@click.option("--since", type=_DAY, help=_("the day from which it is so; without it today"))
@_json
@click.pass_obj
def set_(
    root: Path, number: str, said: tuple[str, ...], since: datetime | None, as_json: bool
) -> int:
    """Change facts of a site."""
    from pipeline.verbs import register  # noqa: PLC0415

    return register.set_facts(root, number, said, _date(since), as_json)


@site.command(help=_("Close a site: nothing can be delivered to it any more."))
@click.argument("number", metavar="ID")
@click.option("--on", type=_DAY, help=_("the day it closed; without it today"))
@_json
@click.pass_obj
def close(root: Path, number: str, on: datetime | None, as_json: bool) -> int:
    """Close a site."""
    from pipeline.verbs import register  # noqa: PLC0415

    return register.close_site(root, number, _date(on), as_json)


@click.group(help=_("Portable drives: where they are, what happened to them."))
def drive() -> None:
    """Portable drives."""


@drive.command("list", help=_("List the drives and who has them."))
@click.option("--state", default="", type=click.Choice(("", *_STATES)), help=_("only this state"))
@_json
@click.pass_obj
def list_drives(root: Path, state: str, as_json: bool) -> int:
    """List the drives."""
    from pipeline.verbs import drives  # noqa: PLC0415

    return drives.list_drives(root, state, as_json)


@drive.command("show", help=_("Show a drive and all that happened to it."))
@click.argument("number", metavar="ID")
@_json
@click.pass_obj
def show_drive(root: Path, number: str, as_json: bool) -> int:
    """Show a drive."""
    from pipeline.verbs import drives  # noqa: PLC0415

    return drives.show_drive(root, number, as_json)


@drive.command(help=_("Write down who has a drive now, or that it is lost or scrapped."))
@click.argument("number", metavar="ID")
@click.option("--to", default="", metavar="SITE", help=_("the site that gets it"))
@click.option("--state", default="held", type=click.Choice(_STATES), help=_("how it stands"))
@click.option("--on", type=_DAY, help=_("the day; without it today"))
@click.option("--due", type=_DAY, help=_("the day it shall be back"))
@click.option("--note", default="", help=_("a remark"))
@_json
@click.pass_obj
def move(
    root: Path, /, number: str, on: datetime | None, due: datetime | None, **options: Any
) -> int:
    """Move a drive."""
    from pipeline.verbs import drives  # noqa: PLC0415

    return drives.move_drive(root, number, drives.Moving(on=_date(on), due=_date(due), **options))
