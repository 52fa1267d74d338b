"""The verbs and their options, for click. What they do is in `verbs`, imported when one is used:
the help must come at once on an old PC.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from catalog.words import LANGUAGES, _
from pipeline.circulation_commands import COMMANDS as CIRCULATION
from pipeline.drive_commands import drive
from pipeline.needs_commands import COMMANDS as NEEDS
from pipeline.register_commands import site

_SCOPES = ("national", "province", "county", "unknown")
_PATH = click.Path(path_type=Path, readable=False)  # we say it in our own words
_DAY = click.DateTime(["%Y-%m-%d"])


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


xiaxiang.add_command(site)
xiaxiang.add_command(drive)
for _verb in (*CIRCULATION, *NEEDS):
    xiaxiang.add_command(_verb)


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


@xiaxiang.command(help=_("Write the work report of a period: its lines, figures and papers."))
@click.option("--from", "begin", required=True, help=_("the first day, such as 2012-01-01"))
@click.option("--to", "end", required=True, help=_("the last day"))
@click.option("--county", default="", help=_("id of the county centre, where there are several"))
@click.option(
    "--punctuation",
    type=click.Choice(("ascii", "fullwidth")),
    help=_("of web copies (ascii) or of formal papers (fullwidth)"),
)
@click.option("--suffix", type=click.Choice(("多", "余")), help=_("after rounded numbers"))
@click.option("--docx", type=_PATH, help=_("write the report as a Word file"))
@click.option("--xlsx", type=_PATH, help=_("write the annex with the records behind each figure"))
@click.option("--why", metavar="ID", help=_("the records behind a line or a figure"))
@_json
@click.pass_obj
def report(root: Path, /, **options: Any) -> int:
    from pipeline.verbs import reporting  # noqa: PLC0415

    return reporting.report(root, reporting.Reporting(**options))


@xiaxiang.command(help=_("Ask the books; without a NAME, list the questions."))
@click.argument("name", required=False)
@click.option("--county", default="", help=_("id of a county centre: only its places"))
@click.option("--site", default="", help=_("id of the site that is asked about"))
@click.option("--programme", default="", help=_("id of the programme that is asked about"))
@click.option("--since", type=_DAY, help=_("first day of the period, such as 2012-01-01"))
@click.option("--on", type=_DAY, help=_("the day that counts as today"))
@click.option("--days", type=click.IntRange(0, 36500), default=180, help=_("so many days ahead"))
@click.option("--expect", type=click.IntRange(0), default=0, help=_("village points expected"))
@click.option("--limit", type=click.IntRange(1), help=_("at most so many rows"))
@click.option("--after", default="", help=_("go on where the page before ended"))
@click.option("--why", default="", metavar="ROW[:COLUMN]", help=_("the events behind a number"))
@click.option("--known", default="", help=_("chain: a digest that was written down elsewhere"))
@click.option("--csv", "csv_file", type=_PATH, help=_("write the answer as CSV"))
@click.option("--xlsx", "xlsx_file", type=_PATH, help=_("write the answer as XLSX"))
@_json
@click.pass_obj
def audit(root: Path, /, **options: Any) -> int:
    from pipeline.verbs import auditing  # noqa: PLC0415

    return auditing.audit(root, auditing.Auditing(**options))
