"""The register and circulation: sites, drives, copies, needs, and the sums kept of them.

Never edited after release; what comes later is a later migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Columns as `name:type`; + is part of the key, ! can be found but once.
_TABLES = {
    "site": (
        "number+:count id!:string32:required level:text kind:text parent:count county:count "
        "township:count name:text pinyin:text code:text code_status:text source:text "
        "access:text players:text industries:text dialect:text route:text distance_km:float "
        "population:count weekly_hours:float cycle:text last_refresh:text manager:text "
        "manager_since:text phone:text owner:text closed_on:text note:text event:count"
    ),
    "site_fact": ("site+:count field+:string40 since+:string10 value:text event:count"),
    "site_turn": ("since+:string10 site+:count"),
    "equipment": ("site+:count kind+:string20 count:count state:text owner:text event:count"),
    "drive": (
        "id+:string40 home:count holder:count capacity_gb:float file_system:text state:text "
        "since:text due_on:text last_refresh:text note:text event:count"
    ),
    "production": (
        "number+:count id!:string40:required county:count kind:text medium:text edition:text "
        "title:text made_on:text minutes:float price_basis:text source:text made:count "
        "issued:count in_stock:count scrapped:count signed:count unsigned:count returned:count "
        "lost:count free:text back:text event:count"
    ),
    "content": ("production+:count programme+:string32 subject:string40"),
    "delivery": (
        "number+:count receipt:string40:required production:count site:count county:count "
        "recipient:text copies:count numbers:text issued_on:text mode:text approval:text "
        "signed_by:text signed_on:text returned:count lost:count note:text back:text "
        "missing:text event:count signed_event:count"
    ),
    "movement": (
        "event+:count kind:text delivery:count production:count copies:count numbers:text "
        "from_back:text on_day:text reason:text"
    ),
    "request": (
        "number+:count id!:string40:required received_on:text site:count asked_by:text "
        "text:text subject:text season:text programme:text status:text answer:text "
        "answered_on:text event:count answer_event:count"
    ),
    "screening": (
        "number+:count id!:string40:required kind:text site:count held_on:text programmes:text "
        "attendance:count medium:text recorded_by:text event:count"
    ),
    "correction": ("of+:count event:count"),
    "site_state": ("site+:count deliveries:count copies:count first_on:text last_on:text"),
    "coverage": ("county+:count township+:count subject+:string40 deliveries:count copies:count"),
    "counter": ("kind+:string20 year+:count last:count"),
}

_INDEXES = (
    ("ix_site_county", "site", "county level"),
    ("ix_site_parent", "site", "parent"),
    ("ix_drive_holder", "drive", "holder"),
    ("ix_drive_home", "drive", "home"),
    ("ix_production_edition", "production", "edition"),
    ("ix_content_programme", "content", "programme production"),
    ("ix_delivery_county", "delivery", "county issued_on"),
    ("ix_delivery_production", "delivery", "production county site"),
    ("ix_delivery_receipt", "delivery", "receipt"),
    ("ix_delivery_site", "delivery", "site issued_on"),
    ("ix_movement_delivery", "movement", "delivery"),
    ("ix_movement_production", "movement", "production"),
    ("ix_request_site", "request", "site"),
    ("ix_screening_site", "screening", "site"),
)


def upgrade() -> None:
    """Nothing has been registered yet; the ledger keeps all its events."""
    for name, columns in _TABLES.items():
        op.create_table(name, *map(_column, columns.split()))
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns.split())
    unsigned = sa.text("signed_on = ''")
    op.create_index(
        "ix_delivery_unsigned", "delivery", ["county", "issued_on"],
        sqlite_where=unsigned, postgresql_where=unsigned,
    )  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":
        _ledger_of_sqlite()
    else:
        _ledger_of_postgresql()


def _column(told: str) -> sa.Column[object]:
    name, kind, *required = told.split(":")
    bare, key, once = name.strip("+!"), "+" in name, name.endswith("!")
    if kind == "float":
        return sa.Column(bare, sa.Float)
    if kind == "count":
        # A count that is neither a key nor filled in later may be unknown only where it is said.
        if bare == "population":
            return sa.Column(bare, sa.Integer)
        plain = {"primary_key": True, "autoincrement": False} if key else {"server_default": "0"}
        return sa.Column(bare, sa.Integer, nullable=False, **plain)
    form = sa.Text() if kind == "text" else sa.String(int(kind.removeprefix("string")))
    if key:
        return sa.Column(bare, form, primary_key=True)
    empty = None if required else ""
    return sa.Column(bare, form, nullable=False, unique=once or None, server_default=empty)


def _ledger_of_sqlite() -> None:
    """The digest was indexed, which cost more than the event itself; the chain needs no index.

    SQLite takes no such rule back: the ledger is copied, event by event as it stands.
    """
    op.execute("ALTER TABLE event RENAME TO event_before")
    op.create_table(
        "event",
        sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("at", "kind", "subjects", "details")
        ),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.execute("INSERT INTO event SELECT * FROM event_before ORDER BY serial")
    op.execute("DROP TABLE event_before")
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER event_no_{verb.lower()} BEFORE {verb} ON event "
            "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
        )


def _ledger_of_postgresql() -> None:
    op.execute("ALTER TABLE event DROP CONSTRAINT IF EXISTS event_digest_key")
    op.execute(
        "CREATE OR REPLACE FUNCTION event_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger only grows'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_only_grows()"
    )
