"""The verbs of copies and receipts, with their options, for click; commands.py hangs them in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from catalog.words import _

_PATH = click.Path(path_type=Path, readable=False)
_DAY = click.DateTime(["%Y-%m-%d"])
_MODES = ("direct", "fair_gift", "market_gift", "dept", "targeted", "cost")
_COPIES = click.IntRange(1, 1_000_000)


def _json(function: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help=_("answer in JSON"))(function)


def _on(function: Any) -> Any:
    told = _("the day, such as 2012-08-01; without it today")
    return click.option("--on", type=_DAY, help=told)(function)


def _reason(function: Any) -> Any:
    return click.option("--reason", default="", help=_("why"))(function)


@click.command(
    help=_("Enter copies that were made: of EDITION, or leaflets; each gets its number.")
)
@click.argument("edition", required=False)
@click.option("--count", type=_COPIES, help=_("how many; without it as the recipe says"))
@click.option("--leaflet", default="", metavar="TITLE", help=_("leaflets of this title"))
@click.option("--programmes", default="", help=_("ids of the programmes, parted by commas"))
@click.option("--county", default="", help=_("id of the county centre that made them"))
@_on
@_json
@click.pass_obj
def copies(root: Path, /, **options: Any) -> int:
    """Enter copies."""
    from pipeline.verbs import circulation  # noqa: PLC0415

    return circulation.copies(root, circulation.Copying(**options))


@click.command(
    help=_("Hand copies out: to SITE or --recipient, PRODUCTION=COPIES, or =#4-6 by number.")
)
@click.argument("given", nargs=-1, metavar="[SITE] PRODUCTION=COPIES…")
@click.option("--recipient", default="", help=_("who received them, where it is no site"))
@click.option("--mode", type=click.Choice(_MODES), default="direct", show_default=True,
              help=_("way of issue"))  # fmt: skip
@click.option("--approval", default="", help=_("who approved the cost price"))
@click.option("--receipt", default="", help=_("its number, if the paper has one already"))
@click.option("--note", default="", help=_("a note"))
@click.option("--fair", type=_PATH, help=_("a sheet of what was given away"))
@_on
@_json
@click.pass_obj
def deliver(root: Path, /, **options: Any) -> int:
    """Hand copies out."""
    from pipeline.verbs import circulation  # noqa: PLC0415

    return circulation.deliver(root, circulation.Delivering(**options))


@click.command(help=_("Enter that RECEIPT came back signed, or a sheet of such slips."))
@click.argument("receipt", required=False, default="")
@click.option("--by", default="", help=_("who signed"))
@click.option("--slips", type=_PATH, help=_("a sheet: receipt_no, signed_by, signed_on"))
@_on
@_json
@click.pass_obj
def receive(root: Path, /, **options: Any) -> int:
    """Enter signatures."""
    from pipeline.verbs import circulation  # noqa: PLC0415

    return circulation.receive(root, **options)


def _moving(name: str, told: str, with_receipt: bool) -> click.Command:
    """return, lose: copies of a receipt; restock, scrap: copies of a run."""

    @click.pass_obj
    def verb(root: Path, /, **options: Any) -> int:
        from pipeline.verbs import circulation  # noqa: PLC0415

        return circulation.move(root, name, circulation.Moving(**options))

    function: Any = _json(_on(_reason(verb)))
    function = click.argument("numbers")(function)
    function = click.argument("production")(function)
    if with_receipt:
        function = click.argument("receipt")(function)
    return click.command(name, help=told)(function)


@click.command(help=_("List who holds PROGRAMME and must be asked to send it back."))
@click.argument("programme")
@click.option("--csv", "csv_file", type=_PATH, help=_("write the answer as CSV"))
@click.option("--record", is_flag=True, help=_("enter in the books that they were asked"))
@_reason
@_on
@_json
@click.pass_obj
def recall(root: Path, /, **options: Any) -> int:
    """List who holds a programme."""
    from pipeline.verbs import circulation  # noqa: PLC0415

    return circulation.recall(root, circulation.Recalling(**options))


@click.command(help=_("Take a wrong entry back by a counter-entry: event number SERIAL."))
@click.argument("serial", type=click.IntRange(1))
@_reason
@_on
@_json
@click.pass_obj
def correct(root: Path, /, **options: Any) -> int:
    """Take an entry back."""
    from pipeline.verbs import circulation  # noqa: PLC0415

    return circulation.correct(root, **options)


@click.group(help=_("Runs of copies."))
def productions() -> None:
    """Runs of copies."""


@click.group(help=_("Receipts."))
def deliveries() -> None:
    """Receipts."""


@productions.command("import", help=_("Take a sheet of runs into the books."))
@click.argument("sheet", type=_PATH)
@_json
@click.pass_obj
def import_productions(root: Path, sheet: Path, as_json: bool) -> int:
    """Take runs in."""
    from pipeline.verbs import circulation  # noqa: PLC0415

    return circulation.take_sheet(root, "productions", sheet, as_json)


@deliveries.command("import", help=_("Take a sheet of receipts into the books."))
@click.argument("sheet", type=_PATH)
@_json
@click.pass_obj
def import_deliveries(root: Path, sheet: Path, as_json: bool) -> int:
    """Take receipts in."""
    from pipeline.verbs import circulation  # noqa: PLC0415

    return circulation.take_sheet(root, "deliveries", sheet, as_json)


COMMANDS = (
    copies, deliver, receive, recall, correct, productions, deliveries,
    _moving("return", _("Enter copies of RECEIPT that came back: NUMBERS such as 1-7,9."), True),
    _moving("lose", _("Enter copies of RECEIPT that are lost: NUMBERS such as 1-7,9."), True),
    _moving("restock", _("Lay returned copies back into stock: NUMBERS such as 1-7,9."), False),
    _moving("scrap", _("Enter copies that are no more: NUMBERS such as 1-7,9."), False),
)  # fmt: skip
