"""The verbs of plugged drives and their options, for click; commands.py hangs them in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from catalog.words import _
from pipeline.register_commands import drive

__all__ = ["drive"]  # with the verbs below

_PATH = click.Path(path_type=Path, readable=False)
_DAY = click.DateTime(["%Y-%m-%d"])


def _json(function: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help=_("answer in JSON"))(function)


@drive.command(help=_("Write an identity onto the drive at PATH, and enter it for a site."))
@click.argument("path", type=_PATH)
@click.option("--site", required=True, metavar="ID", help=_("the site that it is for"))
@click.option("--drive", default="", metavar="ID", help=_("its number, where there are several"))
@click.option("--again", is_flag=True, help=_("give it a new identity, whatever it bears"))
@_json
@click.pass_obj
def register(root: Path, /, path: Path, **options: Any) -> int:
    """Register a drive."""
    from pipeline.verbs import drive_registering  # noqa: PLC0415

    return drive_registering.register(root, path, drive_registering.Registering(**options))


@drive.command(help=_("Make the county's key: from then on every edition of a drive is signed."))
@click.pass_obj
def key(root: Path) -> int:
    """Make a key."""
    from pipeline.verbs import drive_registering  # noqa: PLC0415

    return drive_registering.key(root)


def _refreshing(name: str, told: str) -> click.Command:
    """plan, refresh: of drives that are plugged in."""

    @click.pass_obj
    def verb(root: Path, /, **options: Any) -> int:
        from pipeline.verbs import drive_refreshing  # noqa: PLC0415

        asked = drive_refreshing.Refreshing(**options)
        work = drive_refreshing.plan if name == "plan" else drive_refreshing.refresh
        return work(root, asked)

    function: Any = _json(verb)
    if name == "refresh":
        deep = _("read every byte first, and mend what was altered")
        function = click.option("--deep", is_flag=True, help=deep)(function)
    recipe = click.option("--recipe", default="", help=_("the recipe, where there are several"))
    function = click.argument("paths", nargs=-1, required=True, type=_PATH)(recipe(function))
    return click.command(name, help=told)(function)


drive.add_command(_refreshing("plan", _("Show what the drives at PATHS would get.")))
drive.add_command(
    _refreshing(
        "refresh", _("Give the drives at PATHS what they shall hold; the same command goes on.")
    )
)


@drive.command(help=_("Hold the drive at PATH against the books."))
@click.argument("path", type=_PATH)
@click.option("--quick", "depth", flag_value="quick", default="quick", help=_("names and lengths"))
@click.option("--deep", "depth", flag_value="deep", help=_("every byte, past the system's copy"))
@_json
@click.pass_obj
def verify(root: Path, path: Path, depth: Any, as_json: bool) -> int:
    """Verify a drive."""
    from pipeline.verbs import drive_checking  # noqa: PLC0415

    return drive_checking.verify(root, path, depth, as_json)


@drive.command("return", help=_("Take in what the drive at PATH brings home; nothing is deleted."))
@click.argument("path", type=_PATH)
@click.option("--to", default="", metavar="SITE", help=_("who has it now; else the county centre"))
@click.option("--on", type=_DAY, help=_("the day; without it today"))
@_json
@click.pass_obj
def give_back(root: Path, /, path: Path, on: Any, **options: Any) -> int:
    """Take a drive back."""
    from pipeline.verbs import drive_returning  # noqa: PLC0415

    day = on.date() if on else None
    return drive_returning.give_back(root, path, drive_returning.Returning(on=day, **options))


@drive.command(help=_("Enter the receipt CODE of a drive that was told by phone."))
@click.argument("number", metavar="ID")
@click.argument("code")
@click.option("--by", required=True, help=_("who told it"))
@_json
@click.pass_obj
def confirm(root: Path, number: str, code: str, by: str, as_json: bool) -> int:
    """Enter a receipt code."""
    from pipeline.verbs import drive_returning  # noqa: PLC0415

    return drive_returning.confirm(root, number, code, by, as_json)


@drive.command(help=_("Enter requests and screenings whose CODES were read out from a drive."))
@click.argument("number", metavar="ID")
@click.argument("codes", nargs=-1, required=True)
@_json
@click.pass_obj
def phone(root: Path, number: str, codes: tuple[str, ...], as_json: bool) -> int:
    """Enter what was told by phone."""
    from pipeline.verbs import drive_returning  # noqa: PLC0415

    return drive_returning.phone(root, number, codes, as_json)
