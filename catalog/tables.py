"""Tables of the register and of circulation: what the ledger's events add up to.

Every row follows from events and can be made again from them (posting.py); `event` columns hold
the serial of the event that wrote a row. Sites and productions carry small numbers of their own
beside their ids, because millions of deliveries refer to them. Days are ISO texts (2012-08-01),
empty where not known.
"""

from __future__ import annotations

import sqlalchemy as sa

from catalog.database import metadata


def _text(name: str, *, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="", index=index or None)


def _count(name: str, *, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0", index=index or None)


def _large(name: str) -> sa.Column[int]:
    """Bytes of a drive: more than 32 bits."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


# A place, as it is today. `county` and `township` are the numbers of the sites it belongs to
# (its own, where it is one; 0 where there is none). `players` is what it can play today, a sorted
# list of vcd, dvd, pc, projector, tv, parted by blanks: only what works.
sites = sa.Table(
    "site",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    _text("level"), _text("kind"), _count("parent"), _count("county"), _count("township"),
    _text("name"), _text("pinyin"), _text("code"), _text("code_status"), _text("source"),
    _text("access"), _text("players"), _text("industries"), _text("dialect"),
    _text("route"), sa.Column("distance_km", sa.Float), sa.Column("population", sa.Integer),
    sa.Column("weekly_hours", sa.Float), _text("cycle"), _text("last_refresh"),
    _text("manager"), _text("manager_since"), _text("phone"), _text("owner"),
    _text("closed_on"), _text("note"), _count("event"),
)  # fmt: skip
sa.Index("ix_site_county", sites.c.county, sites.c.level)
sa.Index("ix_site_parent", sites.c.parent)

# What was true of a site from a day on: field is a column of `site`, or equipment:vcd (value
# `2 working`), with the event that says so. The newest day not in the future is today's.
site_facts = sa.Table(
    "site_fact",
    metadata,
    sa.Column("site", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("since", sa.String(10), primary_key=True),
    _text("value"), _count("event"),
)  # fmt: skip

# Days to come from which other facts of a site hold: then its row is put right (register/settling).
site_turns = sa.Table(
    "site_turn",
    metadata,
    sa.Column("since", sa.String(10), primary_key=True),
    sa.Column("site", sa.Integer, primary_key=True, autoincrement=False),
)

# Equipment as it is today. state: working, broken, not-issued.
equipment = sa.Table(
    "equipment",
    metadata,
    sa.Column("site", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(20), primary_key=True),
    _count("count"), _text("state"), _text("owner"), _count("event"),
)  # fmt: skip

# A portable drive. `home` is the site it is meant for, `holder` the site that has it (0: none),
# state: held, out (on its way), lost, scrapped. `token`, `volume` and `capacity` (bytes) are those
# of the identity that was written onto it last; `number` counts its editions; `edition` and `root`
# say what lies on it by the event `refresh_event` (0: nothing that the books know).
drives = sa.Table(
    "drive",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _count("home"), _count("holder"), sa.Column("capacity_gb", sa.Float), _text("file_system"),
    _text("state"), _text("since"), _text("due_on"), _text("last_refresh"), _text("note"),
    _count("event"), _text("token"), _text("volume"), _large("capacity"), _count("number"),
    _text("edition"), _text("root"), _count("refresh_event"),
)  # fmt: skip
sa.Index("ix_drive_holder", drives.c.holder)
sa.Index("ix_drive_home", drives.c.home)

# Identities as they were written onto drives: the last one counts, older tokens are void.
enrolments = sa.Table(
    "enrolment",
    metadata,
    sa.Column("event", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("drive", sa.String(40), nullable=False),
    _text("token"), _text("volume"), _large("capacity"), _text("on_day"),
    sa.Index("ix_enrolment_drive", "drive"),
    sa.Index("ix_enrolment_token", "token"),
)  # fmt: skip

# Editions that were put onto drives. `programmes` by id, parted by ;. `copied`, `removed` and
# `kept` count files. `signed_*`: the receipt code was told by phone, or came back on the drive.
refreshes = sa.Table(
    "refresh",
    metadata,
    sa.Column("event", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("drive", sa.String(40), nullable=False),
    _count("site"), _text("edition"), _count("number"), _text("root"), _text("on_day"),
    _text("programmes"), _count("files"), _large("bytes"), _count("copied"), _count("removed"),
    _count("kept"), _large("free"), _text("confirmed"), _text("record_sha256"), _text("recipe"),
    _text("signed_by"), _text("signed_on"), _count("signed_event"),
    sa.Index("ix_refresh_drive", "drive", "number"),
    sa.Index("ix_refresh_site", "site", "on_day"),
)  # fmt: skip

# Drives that were read back at the centre. `ok` 1: nothing was found.
checks = sa.Table(
    "drive_check",
    metadata,
    sa.Column("event", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("drive", sa.String(40), nullable=False),
    _text("root"), _text("depth"), _count("ok"), _count("findings"), _text("on_day"),
    sa.Index("ix_drive_check_drive", "drive"),
)  # fmt: skip

# What lies on drives now, of those that are held or on their way.
drive_contents = sa.Table(
    "drive_content",
    metadata,
    sa.Column("drive", sa.String(40), primary_key=True),
    sa.Column("programme", sa.String(32), primary_key=True),
    sa.Column("subject", sa.String(40), nullable=False, server_default=""),  # its subject area
    sa.Index("ix_drive_content_programme", "programme", "drive"),
)

# One run of numbered copies. Balances: made = issued + in_stock + scrapped; issued = signed +
# unsigned + returned (returned ones lie at the centre until they are restocked or scrapped); lost
# ones stay among the signed or unsigned. `free` are the numbers in stock, such as 1-7,9-50,
# `back` those that came back and lie at the centre.
productions = sa.Table(
    "production",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(40), nullable=False, unique=True),
    _count("county"), _text("kind"), _text("medium"), _text("edition", index=True), _text("title"),
    _text("made_on"), sa.Column("minutes", sa.Float), _text("price_basis"), _text("source"),
    _count("made"), _count("issued"), _count("in_stock"), _count("scrapped"), _count("signed"),
    _count("unsigned"), _count("returned"), _count("lost"), _text("free"), _text("back"),
    _count("event"),
)  # fmt: skip

contents = sa.Table(
    "content",
    metadata,
    sa.Column("production", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("programme", sa.String(32), primary_key=True),
    sa.Column("subject", sa.String(40), nullable=False, server_default=""),  # its subject area
    sa.Index("ix_content_programme", "programme", "production"),
)

# One line of a receipt: copies of one production to one receiver. `site` 0: no registered site
# (a fair, a household), then `recipient` says who. `back` are the numbers that were returned,
# `missing` those that are lost; what is neither is still there.
deliveries = sa.Table(
    "delivery",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("receipt", sa.String(40), nullable=False),
    _count("production"), _count("site"), _count("county"), _text("recipient"),
    _count("copies"), _text("numbers"), _text("issued_on"), _text("mode"), _text("approval"),
    _text("signed_by"), _text("signed_on"), _count("returned"), _count("lost"), _text("note"),
    _text("back"), _text("missing"), _count("event"), _count("signed_event"),
)  # fmt: skip
sa.Index("ix_delivery_site", deliveries.c.site, deliveries.c.issued_on)
sa.Index("ix_delivery_production", deliveries.c.production, deliveries.c.county, deliveries.c.site)
sa.Index("ix_delivery_county", deliveries.c.county, deliveries.c.issued_on)
sa.Index("ix_delivery_receipt", deliveries.c.receipt)
# The few whose receipt is still out, among millions: what `audit unsigned` asks for.
_open = deliveries.c.signed_on == sa.literal_column("''")
sa.Index("ix_delivery_unsigned", deliveries.c.county, deliveries.c.issued_on,
         sqlite_where=_open, postgresql_where=_open)  # fmt: skip

# What happened to copies after they were made or delivered: returned, restocked, lost, scrapped.
# `delivery` 0: at the centre; `from_back` are the scrapped ones that had been returned.
movements = sa.Table(
    "movement",
    metadata,
    sa.Column("event", sa.Integer, primary_key=True, autoincrement=False),
    _text("kind"), _count("delivery"), _count("production"), _count("copies"), _text("numbers"),
    _text("from_back"), _text("on_day"), _text("reason"),
    sa.Index("ix_movement_delivery", "delivery"),
    sa.Index("ix_movement_production", "production"),
)  # fmt: skip

requests = sa.Table(
    "request",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(40), nullable=False, unique=True),
    _text("received_on"), _count("site", index=True), _text("asked_by"), _text("text"),
    _text("subject"), _text("season"), _text("programme"), _text("status"), _text("answer"),
    _text("answered_on"), _count("event"), _count("answer_event"),
)  # fmt: skip

screenings = sa.Table(
    "screening",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(40), nullable=False, unique=True),
    _text("kind"), _count("site", index=True), _text("held_on"), _text("programmes"),
    _count("attendance"), _text("medium"), _text("recorded_by"), _count("event"),
)  # fmt: skip

# Events that count no more, and the event that says so.
corrections = sa.Table(
    "correction",
    metadata,
    sa.Column("of", sa.Integer, primary_key=True, autoincrement=False),
    _count("event"),
)

# -- summaries, kept in the same transaction; tests hold them equal to recounting -----------------

site_states = sa.Table(
    "site_state",
    metadata,
    sa.Column("site", sa.Integer, primary_key=True, autoincrement=False),
    _count("deliveries"), _count("copies"), _text("first_on"), _text("last_on"),
)  # fmt: skip

coverage = sa.Table(
    "coverage",
    metadata,
    sa.Column("county", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("township", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("subject", sa.String(40), primary_key=True),
    _count("deliveries"), _count("copies"),
    _count("drives"),  # that are there and hold something of the subject
)  # fmt: skip

# The next number of each kind of paper in a year, without gaps: QS 2012 -> 180.
counters = sa.Table(
    "counter",
    metadata,
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    _count("last"),
)  # fmt: skip
