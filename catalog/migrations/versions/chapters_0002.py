"""Programmes know their chapters: a list of [seconds, name] as JSON.

Never edited after release; what comes later is a later migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Programmes that are there have no chapters yet."""
    op.add_column("programme", sa.Column("chapters", sa.Text, nullable=False, server_default="[]"))
