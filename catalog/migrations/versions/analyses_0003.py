"""Sources have analyses and subtitle files; programmes know how people wish them shown.

Never edited after release; what comes later is a later migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Sources that are there have not been looked through; nobody has wished for anything."""
    op.add_column("programme", sa.Column("wishes", sa.Text, nullable=False, server_default="{}"))
    op.create_table(
        "analysis",
        sa.Column("sha256", sa.String(64), sa.ForeignKey("source.sha256"), primary_key=True),
        sa.Column("analyser", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
    )
    source = sa.ForeignKey("source.sha256")
    op.create_table(
        "sidecar",
        sa.Column("source_sha256", sa.String(64), source, primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
    )
