"""Drives have identities, editions and contents; places know what lies on drives there.

Never edited after release; what comes later is a later migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """No drive has been given an identity yet; what lies on them is not known."""
    for column in (
        _text("token"), _text("volume"), _large("capacity"), _count("number"), _text("edition"),
        _text("root"), _count("refresh_event"),
    ):  # fmt: skip
        op.add_column("drive", column)
    op.add_column("coverage", _count("drives"))
    op.create_table(
        "enrolment", _event(), _drive(), _text("token"), _text("volume"), _large("capacity"),
        _text("on_day"),
    )  # fmt: skip
    op.create_index("ix_enrolment_drive", "enrolment", ["drive"])
    op.create_index("ix_enrolment_token", "enrolment", ["token"])
    op.create_table(
        "refresh", _event(), _drive(), _count("site"), _text("edition"), _count("number"),
        _text("root"), _text("on_day"), _text("programmes"), _count("files"), _large("bytes"),
        _count("copied"), _count("removed"), _count("kept"), _large("free"), _text("confirmed"),
        _text("record_sha256"), _text("recipe"), _text("signed_by"), _text("signed_on"),
        _count("signed_event"),
    )  # fmt: skip
    op.create_index("ix_refresh_drive", "refresh", ["drive", "number"])
    op.create_index("ix_refresh_site", "refresh", ["site", "on_day"])
    op.create_table(
        "drive_check", _event(), _drive(), _text("root"), _text("depth"), _count("ok"),
        _count("findings"), _text("on_day"),
    )  # fmt: skip
    op.create_index("ix_drive_check_drive", "drive_check", ["drive"])
    op.create_table(
        "drive_content",
        sa.Column("drive", sa.String(40), primary_key=True),
        sa.Column("programme", sa.String(32), primary_key=True),
        sa.Column("subject", sa.String(40), nullable=False, server_default=""),
    )
    op.create_index("ix_drive_content_programme", "drive_content", ["programme", "drive"])


def _event() -> sa.Column[int]:
    return sa.Column("event", sa.Integer, primary_key=True, autoincrement=False)


def _drive() -> sa.Column[str]:
    return sa.Column("drive", sa.String(40), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _large(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
