"""The verbs of needs, of due drives and of copies of the books, with their options, for click;
commands.py hangs them in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from catalog.words import _

_PATH = click.Path(path_type=Path, readable=False)
_SEASONS = ("spring", "summer", "autumn", "winter", "all")
_KINDS = ("lecture", "community_show", "school_show", "training", "village_show")
_MEDIA = ("vcd", "iso", "drive", "leaflet", "network")


def _json(function: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help=_("answer in JSON"))(function)


def _on(function: Any) -> Any:
    return click.option("--on", help=_("the day, such as 2012-08-01; without it today"))(function)


@click.group(help=_("Requests: what sites ask for, and what they are answered."))
def request() -> None:
    """Requests."""


@request.command("add", help=_("Write down what SITE asks for, in its own words."))
@click.argument("site")
@click.argument("text")
@click.option("--by", "asked_by", default="", help=_("who asks"))
@click.option("--subject", default="", help=_("subject code, such as AGR.VEG"))
@click.option("--season", type=click.Choice(_SEASONS), help=_("season"))
@click.option("--number", default="", help=_("its number, if it has one already"))
@_on
@_json
@click.pass_obj
def add_request(root: Path, /, **options: Any) -> int:
    """Write a request down."""
    from pipeline.verbs import needs  # noqa: PLC0415

    return needs.add_request(root, needs.Asked(**options))


@request.command("import", help=_("Take a sheet of requests (CSV or XLSX) into the books."))
@click.argument("sheet", type=_PATH)
@_json
@click.pass_obj
def import_requests(root: Path, sheet: Path, as_json: bool) -> int:
    """Take requests in."""
    from pipeline.verbs import needs  # noqa: PLC0415

    return needs.import_requests(root, sheet, as_json)


@request.command("answer", help=_("Answer a request, with a programme or with words."))
@click.argument("number", metavar="ID")
@click.option("--programme", default="", help=_("id of the programme that answers it"))
@click.option("--text", default="", help=_("what is answered"))
@click.option("--keep-open", is_flag=True, help=_("it is not settled yet"))
@_on
@_json
@click.pass_obj
def answer_request(root: Path, /, **options: Any) -> int:
    """Answer a request."""
    from pipeline.verbs import needs  # noqa: PLC0415

    return needs.answer_request(root, needs.Answer(**options))


@request.command("match", help=_("Suggest programmes that answer a request, and say why."))
@click.argument("number", metavar="ID")
@click.option("--most", type=click.IntRange(1, 100), default=8, help=_("at most so many"))
@_json
@click.pass_obj
def match_request(root: Path, number: str, most: int, as_json: bool) -> int:
    """Suggest programmes."""
    from pipeline.verbs import needs  # noqa: PLC0415

    return needs.match_request(root, number, most, as_json)


@request.command("list", help=_("List requests."))
@click.option("--site", default="", help=_("only of this site, by its id"))
@click.option("--open", "is_open", is_flag=True, help=_("only those not settled"))
@click.option("--since", help=_("first day"))
@click.option("--until", help=_("last day"))
@_json
@click.pass_obj
def list_requests(root: Path, /, is_open: bool, as_json: bool, **options: Any) -> int:
    """List requests."""
    from pipeline.verbs import needs  # noqa: PLC0415

    status = "open" if is_open else ""
    return needs.list_requests(root, needs.listed(**options, status=status), as_json)


@click.group(help=_("Screenings: what was shown where, to how many people."))
def screening() -> None:
    """Screenings."""


@screening.command("add", help=_("Write down a screening at SITE."))
@click.argument("site")
@click.option("--kind", "what", type=click.Choice(_KINDS), default="lecture", help=_("its kind"))
@click.option(
    "--programme", "programmes", multiple=True, help=_("id of a programme shown; may be repeated")
)
@click.option("--people", "attendance", type=int, default=0, help=_("how many people came"))
@click.option("--medium", type=click.Choice(_MEDIA), help=_("from which medium"))
@click.option("--by", "recorded_by", default="", help=_("who writes it down"))
@click.option("--number", default="", help=_("its number, if it has one already"))
@_on
@_json
@click.pass_obj
def add_screening(root: Path, /, **options: Any) -> int:
    """Write a screening down."""
    from pipeline.verbs import needs  # noqa: PLC0415

    return needs.add_screening(root, needs.Held(**options))


@screening.command("import", help=_("Take a sheet of screenings (CSV or XLSX) into the books."))
@click.argument("sheet", type=_PATH)
@_json
@click.pass_obj
def import_screenings(root: Path, sheet: Path, as_json: bool) -> int:
    """Take screenings in."""
    from pipeline.verbs import needs  # noqa: PLC0415

    return needs.import_screenings(root, sheet, as_json)


@screening.command("list", help=_("List screenings."))
@click.option("--site", default="", help=_("only of this site, by its id"))
@click.option("--since", help=_("first day"))
@click.option("--until", help=_("last day"))
@_json
@click.pass_obj
def list_screenings(root: Path, /, as_json: bool, **options: Any) -> int:
    """List screenings."""
    from pipeline.verbs import needs  # noqa: PLC0415

    return needs.list_screenings(root, needs.listed(**options), as_json)


@click.command(help=_("List the sites whose drives are due, route by route."))
@click.option("--route", help=_("only this route"))
@click.option(
    "--ahead", type=click.IntRange(0, 366), default=0, help=_("also what is due in so many days")
)
@_on
@_json
@click.pass_obj
def due(root: Path, /, **options: Any) -> int:
    """List due drives."""
    from pipeline.verbs import due as verb  # noqa: PLC0415

    return verb.show_due(root, verb.Asking(**options))


@click.command(help=_("Copy the books into FILE, also while others write in them."))
@click.argument("file", type=_PATH)
@_json
@click.pass_obj
def backup(root: Path, file: Path, as_json: bool) -> int:
    """Copy the books."""
    from pipeline.verbs import keeping  # noqa: PLC0415

    return keeping.backup(root, file, as_json)


@click.command(help=_("Put a copy of the books back; those that are there are kept aside."))
@click.argument("file", type=_PATH)
@click.option("--yes", is_flag=True, help=_("also where newer events are not in the copy"))
@_json
@click.pass_obj
def restore(root: Path, file: Path, yes: bool, as_json: bool) -> int:
    """Put a copy back."""
    from pipeline.verbs import keeping  # noqa: PLC0415

    return keeping.restore(root, file, yes, as_json)


COMMANDS = (request, screening, due, backup, restore)
