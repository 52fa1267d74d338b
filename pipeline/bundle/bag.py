"""The tag files of a drive, BagIt 1.0: what it shall hold, written from the books alone.

`sha256sum -c` reads both manifests. The root of an edition is the digest of its tag manifest.
Reading them back is in pipeline/make/drive_lists.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from pipeline.bundle import layout
from pipeline.bundle.bundle import Bundle
from pipeline.bundle.editions import edition_record
from pipeline.bundle.names import plain
from pipeline.manifest import MOST_FILES, Item, collisions, name_fault, same, write_sums

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
SOFTWARE = "xiaxiang"


def tag_files(
    bundle: Bundle, page: bytes, identity: bytes, editions: Mapping[str, bytes], phone: str = ""
) -> Mapping[str, bytes]:
    """Every tag file of a drive by its path, the tag manifest last. Pure and without chance.

    `identity`: the bytes that lie on the drive; `editions`: the records of the editions before, by
    path (`layout.record_path`), to which this bundle's is added; what is named there of this
    edition or later ones, left by a refresh that did not end, is passed over. `phone` is whom the
    village asks. Raises ValueError where a piece has no digest yet or a path that cannot be.
    """
    earlier = {
        path: data
        for path, data in editions.items()
        if 0 < layout.record_number(path) < bundle.number
    }
    sealed = {
        layout.DECLARATION: DECLARATION,
        layout.INFO: bag_info(bundle, phone),
        layout.MANIFEST: _manifest(bundle),
        layout.PAGE: page,
        layout.IDENTITY: identity,
        **earlier,
        layout.record_path(bundle.number): edition_record(bundle),
    }
    return sealed | {layout.TAG_MANIFEST: _tag_manifest(sealed)}


def _manifest(bundle: Bundle) -> bytes:
    data = write_sums(payload(bundle)).encode()
    if len(bundle.pieces) > MOST_FILES or len(data) > layout.LONGEST_MANIFEST:
        raise ValueError(f"{len(bundle.pieces)} files are more than a drive can list")
    return data


def root(tagmanifest: bytes) -> str:
    """The root of the edition that this tag manifest seals, in hex."""
    return hashlib.sha256(tagmanifest).hexdigest()


def payload(bundle: Bundle) -> tuple[Item, ...]:
    """What the books say of each payload file. Raises ValueError as `tag_files` does."""
    items = tuple(Item(one.path, one.bytes, one.sha256) for one in bundle.pieces)
    for item in items:
        if not item.name.startswith(f"{layout.PAYLOAD}/") or item.name != same(item.name):
            raise ValueError(f"no path of a payload file: {item.name!r}")
        if name_fault(item.name) or "%" in item.name:
            raise ValueError(f"{item.name!r} cannot be the name of a payload file")
        if len(item.sha256) != 64:
            raise ValueError(f"{item.name!r} is not made yet")
    if twice := collisions([item.name for item in items]):
        raise ValueError(f"pieces in one place: {twice[0]}")
    return items


def code_js(code: str) -> bytes:
    """The bytes of `_delivery/code.js`, by which the page shows the receipt code."""
    return f'window.XIAXIANG = {{"code": "{code}"}};\n'.encode("ascii")


def bag_info(bundle: Bundle, phone: str = "") -> bytes:
    """The bytes of `bag-info.txt`. Labels as BagIt reserves them; a value is one line."""
    labels = (
        ("Source-Organization", bundle.centre),
        ("Contact-Phone", phone),
        ("External-Description", bundle.title),
        ("External-Identifier", bundle.edition),
        ("Internal-Sender-Identifier", bundle.site),
        ("Internal-Sender-Description", bundle.site_name),
        ("Bag-Group-Identifier", bundle.drive),
        ("Bagging-Date", bundle.on.isoformat()),
        ("Bag-Software-Agent", SOFTWARE),
        ("Bag-Size", _size(bundle.bytes)),
        ("Payload-Oxum", f"{bundle.bytes}.{len(bundle.pieces)}"),
    )
    told = ((label, plain(value)) for label, value in labels)
    return "".join(f"{label}: {value}\n" for label, value in told if value).encode()


def _size(count: int) -> str:
    """Bytes as BagIt writes them for people: whole numbers below 1,000 of a unit."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < 4:
        value, unit = value / 1000, unit + 1
    return f"{value:.3g} {('B', 'KB', 'MB', 'GB', 'TB')[unit]}"


def _tag_manifest(sealed: Mapping[str, bytes]) -> bytes:
    items = [
        Item(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in sealed.items()
    ]
    return write_sums(items).encode()
