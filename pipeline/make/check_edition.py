"""Check an edition's folder: its lists against its files, then every disc image in it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from catalog.problem import Failure
from catalog.words import _
from pipeline.make.check import check_image
from pipeline.make.check_iso import check_iso
from pipeline.make.check_reading import Progress, Reader, forget_cached, opened
from pipeline.manifest import Difference, Item, compare, name_fault, read_sums
from pipeline.videocd.bounds import RAW
from pipeline.videocd.check.report import Finding, Report, in_file, worst_first

EDITION, SUMS = "edition.json", "SHA256SUMS"
MOST_TEXT = 16 << 20  # bytes of either list
MOST_FILES = 10_000
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Volume:
    """One disc of an edition as its list has it; `tracks` is None where it does not say."""

    number: int
    volume_id: str
    tracks: int | None
    files: tuple[Item, ...]


def check_edition(folder: Path, progress: Progress) -> Report:
    """Compare a folder with its edition.json and SHA256SUMS, then check each image in it.

    A `Failure` is raised only where the folder cannot be read.
    """
    there, found = _files(folder)
    volumes, more = _edition(folder, there)
    sums, wrong = _sums(folder, there)
    found += more + wrong
    parts, items = _read(folder, there, progress)
    found += _compared(volumes, sums, items)
    found += _agree(volumes, parts)
    reports = tuple(parts.values())
    findings = [*found, *(finding for part in reports for finding in part.findings)]
    return Report(
        folder.name,
        worst_first(findings),
        sum(there.values()),
        "",
        sum(part.sectors for part in reports),
        sum(part.tracks for part in reports),
        sum(part.minutes for part in reports),
        sum(part.seconds for part in reports),
        "",
        bool(reports) and all(part.past_cache for part in reports),
        reports,
    )


def _read(
    folder: Path, there: dict[str, int], progress: Progress
) -> tuple[dict[str, Report], list[Item]]:
    """Read every file but SHA256SUMS: the reports on the images, and what each file is."""
    parts: dict[str, Report] = {}
    items: list[Item] = []
    done = 0
    for name, size in sorted(there.items()):
        told = partial(_told, progress, done)
        if name.endswith((".bin", ".iso")):
            check = check_image if name.endswith(".bin") else check_iso
            parts[name] = check(folder / name, told)
            items.append(Item(name, size, parts[name].sha256))
        elif name != SUMS:
            items.append(_hashed(folder / name, name, told))
        done += size // RAW
    return parts, items


def _told(progress: Progress, before: int, sectors: int) -> None:
    progress(before + sectors)


def _files(folder: Path) -> tuple[dict[str, int], list[Finding]]:
    """Relative names and sizes of the plain files in a folder; nothing is followed out of it."""
    found: list[Finding] = []
    sizes: dict[str, int] = {}
    try:
        for name, entry in _walk(folder, ""):
            if len(sizes) >= MOST_FILES:
                wrong = _("too many files for an edition; the rest was not looked at")
                found.append(Finding("error", "edition.files", wrong, found=str(MOST_FILES)))
                break
            if entry.is_file(follow_symlinks=False):
                sizes[name] = entry.stat(follow_symlinks=False).st_size
            else:
                wrong = _("this is neither a file nor a folder; it was not followed")
                found.append(Finding("warning", "edition.link", wrong, file=name))
    except OSError as error:
        raise Failure(
            _("reading {path}").format(path=folder),
            error.strerror or str(error),
            _("check the name, the permissions and the medium, then try again"),
        ) from error
    return sizes, found


def _walk(folder: Path, prefix: str, depth: int = 0) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.is_dir(follow_symlinks=False) and depth < 8:
                yield from _walk(folder / entry.name, f"{prefix}{entry.name}/", depth + 1)
            else:
                yield prefix + entry.name, entry


def _text(folder: Path, name: str, there: dict[str, int]) -> tuple[str, list[Finding]]:
    """One of the two lists, "" where it is not there or impossible."""
    size = there.get(name)
    if size is None:
        return "", [Finding("error", "edition.list", _("this list is missing"), file=name)]
    if size > MOST_TEXT:
        wrong = _("this list is impossibly long")
        return "", [Finding("error", "edition.list", wrong, file=name, found=str(size))]
    with opened(folder / name) as (descriptor, _size):
        data = os.read(descriptor, MOST_TEXT)
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        wrong = _("this list is not written in UTF-8")
        return "", [Finding("error", "edition.list", wrong, file=name)]


def _edition(folder: Path, there: dict[str, int]) -> tuple[list[Volume], list[Finding]]:
    text, found = _text(folder, EDITION, there)
    if found:
        return [], found
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        wrong = _("this is no JSON text")
        said = str(error)[:100]
        return [], [Finding("error", "edition.list", wrong, file=EDITION, found=said)]
    volumes, wrongs = read_volumes(value)
    return volumes, [Finding("error", "edition.list", wrong, file=EDITION) for wrong in wrongs]


def read_volumes(value: object) -> tuple[list[Volume], list[str]]:
    """The volumes of an edition.json as it was parsed, and what is wrong with the rest of it."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        return [], [_("format must be {number}").format(number=FORMAT)]
    listed = value.get("volumes")
    if not isinstance(listed, list) or not listed:
        return [], [_("volumes must be a list of discs")]
    volumes: list[Volume] = []
    wrongs: list[str] = []
    for number, row in enumerate(listed[:MOST_FILES], 1):
        volume, wrong = _volume(row, number)
        volumes.append(volume)
        wrongs += wrong
    return volumes, wrongs[:20]


def _volume(row: object, number: int) -> tuple[Volume, list[str]]:
    place = f"volumes[{number - 1}]"
    if not isinstance(row, dict) or not isinstance(row.get("files"), list):
        wrong = _("{place} must have a list of files").format(place=place)
        return Volume(number, "", None, ()), [wrong]
    items: list[Item] = []
    wrongs: list[str] = []
    for index, entry in enumerate(row["files"][:MOST_FILES]):
        item, wrong = _item(entry)
        if item:
            items.append(item)
        else:
            wrongs.append(f"{place}.files[{index}]: {wrong}")
    tracks, name = row.get("tracks"), row.get("volume_id")
    count = len(tracks) if isinstance(tracks, list) else None
    return Volume(number, name if isinstance(name, str) else "", count, tuple(items)), wrongs


def _item(entry: object) -> tuple[Item | None, str]:
    if not isinstance(entry, dict):
        return None, _("must have name, bytes and sha256")
    name, size, digest = (entry.get(key) for key in ("name", "bytes", "sha256"))
    if not isinstance(name, str) or "/" in name or (name and name_fault(name)):
        return None, _("the name must be that of a file in this folder")
    if not name or isinstance(size, bool) or not isinstance(size, int) or size < 0:
        return None, _("must have name, bytes and sha256")
    if not isinstance(digest, str) or len(digest) != 64:
        return None, _("must have name, bytes and sha256")
    return Item(name, size, digest.lower()), ""


def _sums(folder: Path, there: dict[str, int]) -> tuple[tuple[Item, ...] | None, list[Finding]]:
    """The items of SHA256SUMS; None where there is no such list."""
    text, found = _text(folder, SUMS, there)
    if found:
        return None, found
    items, bad = read_sums(text)
    if bad:
        wrong = _("lines that are no check sum of a file here")
        lines = ", ".join(map(str, bad[:10]))
        found.append(Finding("error", "edition.sums", wrong, file=SUMS, found=lines))
    return items, found


def _hashed(path: Path, name: str, progress: Progress) -> Item:
    digest = hashlib.sha256()
    with opened(path) as (descriptor, size):
        forget_cached(descriptor)
        with Reader(path, descriptor, digest, progress, most=size) as reader:
            for _block in reader.blocks():
                pass
    return Item(name, reader.read, digest.hexdigest())


def _compared(
    volumes: list[Volume], sums: tuple[Item, ...] | None, there: list[Item]
) -> list[Finding]:
    """What each of the two lists finds missing, altered or unexpected, told once a file."""
    listed = [item for volume in volumes for item in volume.files]
    differences: dict[tuple[str, str], Difference] = {}
    if sums is not None:
        for each in compare(sums, there):
            differences[each.kind, each.name] = each
    names = {item.name for item in listed}
    for each in compare(listed, [item for item in there if item.name in names]):
        differences.setdefault((each.kind, each.name), each)
    found = [_difference(each) for each in differences.values()]
    for each in compare(listed, sums or ()):
        if each.kind == "altered":
            wrong = _("edition.json and SHA256SUMS disagree about this file")
            found.append(Finding("error", "edition.disagree", wrong, file=each.name))
    return found


def _difference(each: Difference) -> Finding:
    words = {
        "missing": _("the file is missing"),
        "unexpected": _("the file is on no list"),
        "altered": _("the file is not the one that was made"),
    }
    expected, there = (_shown(item) for item in (each.expected, each.found))
    if each.kind == "unexpected":
        return Finding("warning", "edition.unexpected", words[each.kind], file=each.name)
    if each.kind == "missing":
        return Finding("error", "edition.missing", words[each.kind], file=each.name)
    place = (None, 0, each.name)
    return Finding("error", "edition.altered", words[each.kind], *place, expected, there)


def _shown(item: Item | None) -> str:
    if item is None:
        return "-"
    size = _("{bytes} bytes").format(bytes=item.bytes) if item.bytes >= 0 else ""
    return " ".join(part for part in (item.sha256[:16], size) if part)


def _agree(volumes: list[Volume], parts: dict[str, Report]) -> list[Finding]:
    """Whether each image is the disc that the list says: its volume id and number of tracks."""
    found = []
    for volume in volumes:
        for item in volume.files:
            part = parts.get(item.name)
            if part is None:
                continue
            if volume.volume_id and volume.volume_id != part.volume_id:
                wrong = _("the disc has another name than in edition.json")
                both = (volume.volume_id, part.volume_id)
                found.append(Finding("error", "edition.volume_id", wrong, None, 0, "", *both))
            if volume.tracks is not None and volume.tracks != part.tracks:
                wrong = _("the disc has another number of films than in edition.json")
                both = (str(volume.tracks), str(part.tracks))
                found.append(Finding("error", "edition.tracks", wrong, None, 0, "", *both))
            found = in_file(item.name, found)
    return found
