"""The books at an address: what PostgreSQL alone needs to be told."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from catalog.problem import refusal
from catalog.words import _

_WRITER = 7_827_801  # whoever holds the lock of this number is the writer


def engine_at(address: str, patience: float) -> Engine:
    """The engine of an address; a writer waits so many seconds for the one before."""
    try:
        engine = sa.create_engine(address)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        # The address itself is not shown: it may hold a password.
        wrong = _("no address of a database: {happened}").format(happened=error)
        mend = _("write postgresql+psycopg://USER@HOST/NAME; psycopg must be installed")
        raise refusal(_("the books"), wrong, mend) from error

    def begin(connection: Connection) -> None:
        # Readers keep one picture for all their questions. Writers come one after the other, each
        # seeing what the one before left: so the ledger's numbers have no gaps.
        if not connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")

    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "begin", begin)
    return engine


def name_of(engine: Engine) -> str:
    """The address as it may be shown: without its password."""
    return engine.url.render_as_string(hide_password=True)


def code_of(error: BaseException | None) -> str:
    """The code of what went wrong, as PostgreSQL says it in any language; empty for others."""
    return str(getattr(error, "sqlstate", None) or "")
