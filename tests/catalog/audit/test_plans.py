"""How the database goes about the questions: by its indexes, never through all deliveries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from catalog.audit.asked import Asked
from catalog.audit.questions import question_of, questions
from catalog.database import Connection

_WHOLE = re.compile(
    r"\bSCAN (delivery|site|event|site_state|coverage|drive_content|refresh|drive_check)\b"
    "(?! USING COVERING)"
)


@contextmanager
def _said(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Every question that goes to the database meanwhile."""
    heard: list[tuple[str, Any]] = []

    def hear(*told: Any) -> None:
        heard.append((told[2], told[3]))

    sa.event.listen(connection, "before_cursor_execute", hear)
    yield heard
    sa.event.remove(connection, "before_cursor_execute", hear)


@pytest.mark.parametrize("name", [one.name for one in questions()])
def test_no_question_of_a_county_reads_all_deliveries(sample: Connection, name: str) -> None:
    """No plan of SQLite walks through the deliveries, sites or events of the nation."""
    if sample.dialect.name != "sqlite":
        pytest.skip("the words of a plan are SQLite's")
    asked = Asked(date(2012, 8, 1), "HX-C00", "HX-T02", "HX-P0002", limit=50)
    with _said(sample) as heard:
        question_of(name).ask(sample, asked)
    plans = [
        (text, " | ".join(row[3] for row in sample.exec_driver_sql("EXPLAIN QUERY PLAN " + text,
                                                                   values)))
        for text, values in heard
    ]  # fmt: skip

    assert plans
    assert [plan for _text, plan in plans if _WHOLE.search(plan)] == []
