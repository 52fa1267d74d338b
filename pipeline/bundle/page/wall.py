"""The plain list of programmes: printed for the wall, and shown where a browser runs no script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pipeline.bundle.bundle import Offer, Watchable
from pipeline.bundle.page.shelf import Told, minutes

# Chinese stays as it is: browsers turn it into UTF-8 themselves, where Internet Explorer would read
# the escapes of a file's address in the system's own charset.
_ESCAPED = frozenset(' "#%<>?[\\]^`{|}')


def address(path: str) -> str:
    """A path on the medium as the address of a link from the page; never another scheme."""
    return "./" + "".join(f"%{ord(c):02X}" if c in _ESCAPED or ord(c) < 32 else c for c in path)


def wall(told: Told, offers: Sequence[Offer]) -> str:
    """The list as HTML, by subject in the order in which the subjects come."""
    subjects = dict.fromkeys(offer.subject for offer in offers)
    every = all(offer.new for offer in offers)
    parts = [_head(told, len(offers))]
    for subject in subjects:
        rows = [
            row(number, offer, offer.new and not every)
            for number, offer in enumerate(offers, 1)
            if offer.subject == subject
        ]
        parts.append(
            f"<h2>{escape(subject)}（{len(rows)}个）</h2>\n<table><thead><tr><th>编号</th>"
            f"<th>节目</th><th>分钟</th></tr></thead><tbody>\n{''.join(rows)}</tbody></table>"
        )
    return "\n".join(parts)


def _head(told: Told, count: int) -> str:
    name = told.site_name or told.title
    day = f"{told.on.year}年{told.on.month}月{told.on.day}日" if told.on else ""
    said = [told.centre, f"第{told.number}次更新" if told.number else "", day, f"共{count}个节目"]
    call = [f"硬盘 {told.drive}" if told.drive else "", f"电话 {told.phone}" if told.phone else ""]
    line = "　".join(escape(one) for one in (*said, *call) if one)
    return f"<h1>{escape(name)}　节目目录</h1>\n<p>{line}</p>"


def row(number: int, offer: Offer, new: bool) -> str:
    """The line of one programme."""
    marks = [escape(offer.dialect)] if offer.dialect else []
    marks += ["新"] if new else []
    marks += ["你们要的"] if offer.asked else []
    small = f" <small>{'，'.join(marks)}</small>" if marks else ""
    if len(offer.episodes) == 1:
        title = _link(offer.episodes[0], offer.title)
        episodes = ""
    else:
        title = escape(offer.title)
        links = " ".join(_link(one, one.name) for one in offer.episodes)
        episodes = f"<span class=parts>共{len(offer.episodes)}集<i>：{links}</i></span>"
    return (
        f"<tr><td>{number}</td><td>{title}{small} {episodes}</td>"
        f"<td>{minutes(offer.seconds)}</td></tr>\n"
    )


def _link(episode: Watchable, text: str) -> str:
    return f'<a href="{escape(address(episode.video))}">{escape(text)}</a>'
