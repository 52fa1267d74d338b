"""From a drive that holds all pieces to a sealed edition; the order is promise 4.

The new tag files are whole below `_delivery/next/` before anything else changes: from then on the
new edition is whole by its own manifest. Then the page, then stale files go, then the tag files
take their places, the tag manifest last. What lies below `_delivery/next/` is copied from, never
moved: it holds until the seal stands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from catalog.problem import Failure
from catalog.words import _
from pipeline.bundle.layout import CODE, NEXT, PAGE, SIGNATURE, TAG_MANIFEST
from pipeline.make import journal
from pipeline.make.drive_job import DriveJob
from pipeline.make.one_drive import OneDrive
from pipeline.make.take_away import take_away

_AGAIN = f"{NEXT}/again"
_MOST = 64 << 20
_PART = re.compile(re.escape(journal.PARTS) + "/[0-9a-f]{32}")
_RECORD = re.compile(re.escape(NEXT) + r"/(again/)?_delivery/editions/[0-9]{4}\.json(\.part)?")


def seal(drive: OneDrive) -> None:
    """Seal the edition of a drive that holds all its pieces. Raises Failure and OSError; the same
    again goes on from wherever it was left.
    """
    tags, root = drive.job.tags, drive.job.root
    _all_there(drive)
    drive.watch.begins(root, "seal", _bytes(drive.job))
    before = journal.whole_set(drive.medium)
    if before is None or before == {path: _digest(data) for path, data in tags.items()}:
        _written(drive, NEXT)
        _put(drive, PAGE, tags[PAGE])
        _stale_gone(drive)
        _in_place(drive)
    else:
        # An interrupted refresh left another edition, by which alone the drive may be whole: its
        # tag files are not touched before ours have the seal.
        _written(drive, _AGAIN)
        _put(drive, PAGE, tags[PAGE])
        _in_place(drive)
        drive.medium.remove(f"{NEXT}/{TAG_MANIFEST}")
        _stale_gone(drive)


def _bytes(job: DriveJob) -> int:
    """All that is written and read back for a seal."""
    more = len(job.tags[PAGE]) + len(job.code_js) + len(job.signature or b"")
    return 4 * sum(map(len, job.tags.values())) + more


def _all_there(drive: OneDrive) -> None:
    refresh = drive.job.refresh
    lost = [one for one in refresh.kept if drive.medium.size(one.path) != one.bytes]
    lost += [one for one in refresh.copied if drive.medium.size(one.path) != one.bytes]
    if lost:
        raise Failure(
            str(drive.job.root),
            _("{path} is not there as it should be, nor are {count} others").format(
                path=lost[0].path, count=len(lost) - 1
            ),
            _("the edition before stays; plan again, which looks at the drive anew"),
        )


def _written(drive: OneDrive, below: str) -> None:
    """All tag files below a folder, the tag manifest last, read back from the device."""
    tags = drive.job.tags
    for path in _last(tags):
        _put(drive, f"{below}/{path}", tags[path])
    _proven(drive, {f"{below}/{path}": data for path, data in tags.items()})


def _in_place(drive: OneDrive) -> None:
    tags, signature = drive.job.tags, drive.job.signature
    for path in _last(tags):
        _put(drive, path, tags[path])
    _put(drive, CODE, drive.job.code_js)
    if signature is None:
        drive.medium.remove(SIGNATURE)
    else:
        _put(drive, SIGNATURE, signature)
    _proven(drive, tags)


def _last(tags: Mapping[str, bytes]) -> list[str]:
    return sorted(tags, key=lambda path: (path == TAG_MANIFEST, path))


def _put(drive: OneDrive, path: str, data: bytes) -> None:
    """Have a small file there; one that has these bytes already is left alone."""
    drive.medium.still_there()
    try:
        there = drive.medium.read(path, len(data)) == data
    except (FileNotFoundError, NotADirectoryError, ValueError):
        there = False
    if not there:
        drive.medium.write_whole(path, data)
    drive.heard("seal", len(data))


def _proven(drive: OneDrive, wanted: Mapping[str, bytes]) -> None:
    drive.backing.sync(list(wanted))
    found, whence = drive.read(list(wanted), "seal")
    for path, data in wanted.items():
        if found[path].sha256 != _digest(data):
            raise Failure(
                str(drive.job.root),
                _("{path} does not come back from the drive as it was written").format(path=path),
                _("do not trust this drive: have it checked, or take another"),
            )
    drive.tags_from.add(whence)


def _stale_gone(drive: OneDrive) -> None:
    refresh = drive.job.refresh
    drive.left |= set(take_away(drive.medium, refresh.stale, refresh.bundle))
    drive.backing.sync((), ("",))


def clear(drive: OneDrive) -> None:
    """Take away what a refresh needs only while it is under way; what others put there stays."""
    medium = drive.medium
    medium.still_there()
    medium.remove(f"{NEXT}/{TAG_MANIFEST}")
    ours = {f"{below}/{path}" for below in (NEXT, _AGAIN) for path in drive.job.tags}
    ours |= {f"{path}.part" for path in ours}
    for found in medium.walk(NEXT):
        known = found.path in ours or _PART.fullmatch(found.path) or _RECORD.fullmatch(found.path)
        if found.kind == "file" and known:
            medium.remove(found.path)
    for path in (*drive.job.tags, CODE, SIGNATURE):
        medium.remove(f"{path}.part")
    medium.remove(journal.JOURNAL)
    folders = [found.path for found in medium.walk(NEXT) if found.kind == "folder"]
    for folder in (*sorted(folders, key=len, reverse=True), NEXT):
        medium.remove_empty(folder)
    drive.backing.sync((), ("_delivery",))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
