"""The first books: sources, programmes, their episodes, files awaited, and the ledger.

Never edited after release; what comes later is a later migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXTS = (
    "title same_title title_en subject class_numbers type language dialect audience months "
    "keywords description creator contributor publisher date identifier coverage source series "
    "rights_scope rights_until note"
)


def upgrade() -> None:
    """From nothing to the first books."""
    _sources()
    _programmes()
    _ledger()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _sources() -> None:
    op.create_table(
        "source",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        *map(_text, ("name", "path", "container")),
        sa.Column("seconds", sa.Float, nullable=False),
        *map(_text, ("streams", "tags")),
    )
    op.create_index("ix_source_name", "source", ["name"])


def _programmes() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.String(32), primary_key=True),
        *map(_text, _TEXTS.split()),
        sa.Column("minutes", sa.Float, nullable=False),
    )
    op.create_index("ix_programme_same_title", "programme", ["same_title"])
    op.create_table(
        "episode",
        sa.Column("programme_id", sa.String(32), sa.ForeignKey("programme.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("source.sha256"), nullable=False),
    )
    op.create_index("ix_episode_sha256", "episode", ["sha256"])
    op.create_table(
        "awaited",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("programme_id", sa.String(32), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )


def _ledger() -> None:
    op.create_table(
        "event",
        sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
        *map(_text, ("at", "kind", "subjects", "details")),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
    )
    # The ledger only grows. PostgreSQL wants rules of its own; they come with its support.
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_no_{verb.lower()} BEFORE {verb} ON event "
                "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
            )
