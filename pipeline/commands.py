"""The verbs and their options, for click. What they do is in `verbs`, imported when one is used:
the help must come at once on an old PC.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from catalog.words import LANGUAGES, _

_SCOPES = ("national", "province", "county", "unknown")
_PATH = click.Path(path_type=Path, readable=False)  # we say it in our own words


def _json(function: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help=_("answer in JSON"))(function)


@click.group(
    help=_(
        "From downloaded programmes to discs and drives for the villages.\n\n"
        "First: xiaxiang init, put videos into inbox/, xiaxiang add inbox, "
        "xiaxiang plan RECIPE, xiaxiang build RECIPE."
    )
)
@click.option(
    "--workspace",
    type=_PATH,
    default=Path(),
    envvar="XIAXIANG_WORKSPACE",
    help=_("the folder of the workspace; without it this folder"),
)
@click.option("--lang", type=click.Choice(LANGUAGES), help=_("language of the screen"))
@click.version_option(package_name="xiaxiang", message="%(prog)s %(version)s")
@click.pass_context
def xiaxiang(context: click.Context, workspace: Path, lang: str | None) -> None:
    context.obj = workspace


@xiaxiang.command(help=_("Make a workspace: its folders, its settings, its books."))
@click.pass_obj
def init(root: Path) -> int:
    from pipeline.verbs import taking  # noqa: PLC0415

    return taking.init(root)


@xiaxiang.command(help=_("Make a handful of sample programmes in FOLDER, to try things on."))
@click.argument("folder", type=_PATH)
@click.pass_obj
def samples(root: Path, folder: Path) -> int:
    from pipeline.verbs import taking  # noqa: PLC0415

    return taking.samples(root, folder)


@xiaxiang.command(help=_("Take files, or all files of folders, into the catalogue."))
@click.argument("paths", nargs=-1, required=True, type=_PATH)
@click.option("--sheet", type=_PATH, help=_("a programme sheet: YAML, CSV or XLSX"))
@click.option("--rights", type=click.Choice(_SCOPES), help=_("rights where no sheet says them"))
@click.option("--in-place", is_flag=True, help=_("leave the files where they are, copy nothing"))
@_json
@click.pass_obj
def add(root: Path, /, **options: Any) -> int:
    from pipeline.verbs import taking  # noqa: PLC0415

    return taking.add(root, taking.Adding(**options))


@xiaxiang.command(help=_("Take in what is dropped into the inbox, until stopped with Ctrl-C."))
@click.option("--rights", type=click.Choice(_SCOPES), help=_("rights where no sheet says them"))
@click.option(
    "--quiet-seconds",
    type=click.FloatRange(0.2, 3600),
    default=5.0,
    show_default=True,
    help=_("how long a file must have stopped growing"),
)
@click.pass_obj
def watch(root: Path, rights: Any, quiet_seconds: float) -> int:
    from pipeline.verbs import taking  # noqa: PLC0415

    return taking.watch(root, rights, quiet_seconds)


@xiaxiang.command("import", help=_("Take a programme sheet into the catalogue."))
@click.argument("sheet", type=_PATH)
@_json
@click.pass_obj
def import_(root: Path, sheet: Path, as_json: bool) -> int:
    from pipeline.verbs import taking  # noqa: PLC0415

    return taking.import_sheet(root, sheet, as_json)


@xiaxiang.command(help=_("List the programmes of the catalogue."))
@click.option("--subject", multiple=True, help=_("subject code or start of a class number"))
@click.option("--language", help=_("language code, such as zh"))
@click.option(
    "--season", type=click.Choice(("spring", "summer", "autumn", "winter")), help=_("season")
)
@click.option("--text", help=_("words in the title, keywords or description"))
@click.option("--incomplete", is_flag=True, help=_("only those with something still to fill in"))
@_json
@click.pass_obj
def programmes(root: Path, /, **options: Any) -> int:
    from pipeline.verbs import listing  # noqa: PLC0415

    return listing.programmes(root, listing.Asking(**options))


@xiaxiang.command(help=_("Show all that is known of one programme."))
@click.argument("number", metavar="ID")
@_json
@click.pass_obj
def programme(root: Path, number: str, as_json: bool) -> int:
    from pipeline.verbs import listing  # noqa: PLC0415

    return listing.programme(root, number, as_json)


@xiaxiang.command(help=_("Print the JSON Schema of a recipe, for editors."))
def schema() -> int:
    from pipeline.verbs import asking  # noqa: PLC0415

    return asking.schema()


@xiaxiang.command(help=_("Show what a recipe would make, before the first byte."))
@click.argument("recipe")
@_json
@click.pass_obj
def plan(root: Path, recipe: str, as_json: bool) -> int:
    from pipeline.verbs import asking  # noqa: PLC0415

    return asking.plan(root, recipe, as_json)


@xiaxiang.command(help=_("Make what a recipe asks for; the same command again goes on."))
@click.argument("recipe")
@_json
@click.pass_obj
def build(root: Path, recipe: str, as_json: bool) -> int:
    from pipeline.verbs import building  # noqa: PLC0415

    return building.build(root, recipe, as_json)


@xiaxiang.command(help=_("Read an image or an edition back, byte by byte, and say what is wrong."))
@click.argument("path", type=_PATH)
@_json
def verify(path: Path, as_json: bool) -> int:
    from pipeline.verbs import checking  # noqa: PLC0415

    return checking.verify(path, as_json)
