"""Which programmes open requests ask for."""

from __future__ import annotations

import sqlalchemy as sa

from catalog.database import Connection
from catalog.tables import requests


def asked_for(connection: Connection) -> dict[str, int]:
    """How many open requests name a programme, by its id."""
    named = requests.c.programme
    question = (
        sa.select(named, sa.func.count())
        .where(requests.c.status == "open", named != "")
        .group_by(named)
        .order_by(named)
    )
    return {row[0]: row[1] for row in connection.execute(question)}
