"""A contact sheet: pictures of each source beside the same moments as they lie on the disc.

python -m tests.bench.contact --out FOLDER [--media FOLDER] [--edition FOLDER]

Builds an edition of all that lies in the media folder with the command itself, as a library would,
unless one that is built already is named; takes the tracks out of its images; and writes pages of
pictures, each with its name. Both sides are shown as a screen would: the source upright and in its
own shape, the disc's picture on a set of 4:3.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from catalog.problem import Failure
from pipeline import lettering, probe, tools

MEDIA = Path(__file__).parents[3] / "shared" / "media"
SHOWN = (384, 288)
MOMENTS = (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10))
ROWS = 4  # clips a page
_SECTOR, _HEADER, _PAYLOAD = 2352, 24, 2324
_RECIPE = """\
recipe: contact
title: 样张
select:
  - all: yes
target:
  video-cd: {quality: best, menu: no}
"""


@dataclass(frozen=True, slots=True)
class Track:
    """Where one track lies, whose it is, and which stretch of its episode in seconds."""

    image: Path
    sectors: range
    sha256: str
    name: str
    start: float
    seconds: float


def build(media: Path, folder: Path) -> Path:
    """An edition of all that can be put on discs, built with the command."""
    command = [sys.executable, "-m", "pipeline", "--lang", "en", "--workspace", str(folder)]
    subprocess.run([*command, "init"], check=True, stdout=subprocess.DEVNULL)
    (folder / "recipes" / "contact.yaml").write_text(_RECIPE, "utf-8")
    # Some files are refused: that is said, and the others are taken.
    subprocess.run([*command, "add", str(media), "--rights", "county"], check=False)
    subprocess.run([*command, "build", "contact"], check=True)
    return next(one.parent for one in (folder / "editions").glob("*/edition.json"))


def tracks(edition: Path) -> Iterator[Track]:
    """All tracks of an edition, as its record and the CUE sheets name them."""
    record = json.loads((edition / "edition.json").read_text("utf-8"))
    for volume in record["volumes"]:
        names = [file["name"] for file in volume["files"]]
        image = edition / next(name for name in names if name.endswith(".bin"))
        begins = _begins(image.with_suffix(".cue"))
        begins[max(begins) + 1] = image.stat().st_size // _SECTOR
        for one in volume["tracks"]:
            number = one["track"]
            sectors = range(begins[number], begins[number + 1])
            said = (one["source"], one["name"], one["start_seconds"], one["seconds"])
            yield Track(image, sectors, *said)


def _begins(sheet: Path) -> dict[int, int]:
    """The first sector of each track by its number."""
    found = re.findall(r"TRACK (\d+).*?INDEX 01 (\d+):(\d+):(\d+)", sheet.read_text(), re.DOTALL)
    return {int(n): (int(m) * 60 + int(s)) * 75 + int(f) for n, m, s, f in found}


def rip(track: Track, out: Path) -> Path:
    """The multiplexed stream of a track, out of its sectors."""
    with track.image.open("rb") as image, out.open("wb") as file:
        image.seek(track.sectors.start * _SECTOR)
        for _sector in track.sectors:
            file.write(image.read(_SECTOR)[_HEADER : _HEADER + _PAYLOAD])
    return out


def still(file: Path, seconds: float, shape: str) -> Image.Image | None:
    """One picture of a file, at a moment; None where there is none to be had."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "still.png"
        # Decoded from a little before, for files in which one cannot jump to every moment.
        early = max(0.0, seconds - 20)
        command = [str(tools.ffmpeg()), "-v", "error", "-nostdin", "-y", "-ss", f"{early:.3f}"]
        command += ["-i", str(file), "-ss", f"{seconds - early:.3f}", "-frames:v", "1"]
        command += ["-map", "0:v:0", "-vf", shape, str(place)]
        subprocess.run(command, check=False, capture_output=True, timeout=120)
        return Image.open(place).convert("RGB") if place.exists() else None


_OWN = f"scale=iw*sar:ih,scale={SHOWN[0]}:{SHOWN[1]}:force_original_aspect_ratio=decrease"
_SET = f"scale={SHOWN[0]}:{SHOWN[1]}:flags=bicubic"


@dataclass(frozen=True, slots=True)
class Row:
    """One clip on the sheet: its name, what is said of it, pictures of it and of the disc."""

    name: str
    said: str
    source: tuple[Image.Image | None, ...]
    disc: tuple[Image.Image | None, ...]


def rows(media: Path, edition: Path, folder: Path) -> Iterator[Row]:
    """A row for each file with a picture, and for each that could not be read."""
    by_source: dict[str, list[Track]] = {}
    for track in tracks(edition):
        by_source.setdefault(track.sha256, []).append(track)
    for file in sorted(path for path in media.iterdir() if path.is_file()):
        try:
            found: Any = probe.source(probe.probe(file), file.name, str(file))
        except Failure as failure:
            yield Row(file.name, f"refused: {failure.happened}", (), ())
            continue
        if found.video is None and found.sha256 not in by_source:
            continue
        moments = [float(at) * found.seconds for at in MOMENTS]
        seen = tuple(still(file, at, _OWN) for at in moments) if found.video else ()
        on_disc = by_source.get(hashlib.sha256(file.read_bytes()).hexdigest(), [])
        shown = _on_disc(on_disc, folder)
        said = f"{found.seconds:.1f} s; " + (on_disc[0].name if on_disc else "not on a disc")
        yield Row(file.name, said, seen, shown)


def _on_disc(parts: Sequence[Track], folder: Path) -> tuple[Image.Image | None, ...]:
    """The same moments of an episode, found in whichever of its parts they lie."""
    whole = sum(part.seconds for part in parts)
    shown: list[Image.Image | None] = []
    for moment in MOMENTS if parts else ():
        at = float(moment) * whole
        part = next(p for p in parts if at < p.start + p.seconds)
        ripped = rip(part, folder / "track.mpg")
        shown.append(still(ripped, at - part.start, _SET))
    return tuple(shown)


def page(shown: Sequence[Row]) -> Image.Image:
    """Some rows as one picture: sources on the left, the disc on the right."""
    wide, high = SHOWN
    sheet = Image.new("RGB", (6 * (wide + 8) + 24, ROWS * (high + 44)), (90, 90, 90))
    pen = ImageDraw.Draw(sheet)
    for row, one in enumerate(shown):
        top = row * (high + 44)
        told = lettering.legible(f"{one.name} — {one.said}")
        pen.text((8, top + 6), told, font=lettering.font(24), fill=(255, 255, 255))
        for column, picture in enumerate(
            (*one.source, *(None,) * (3 - len(one.source)), *one.disc)
        ):
            left = 4 + column * (wide + 8) + (20 if column > 2 else 0)
            if picture:
                middle = (wide - picture.width) // 2, (high - picture.height) // 2
                sheet.paste(picture, (left + middle[0], top + 40 + middle[1]))
    return sheet


def main() -> int:
    """Build what is needed and write the pages."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--media", type=Path, default=MEDIA)
    asked.add_argument("--edition", type=Path)
    options = asked.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        edition = options.edition or build(options.media, folder / "workspace")
        every = list(rows(options.media, edition, folder))
        for number in range(0, len(every), ROWS):
            place = options.out / f"contact-{number // ROWS + 1:02}.png"
            page(every[number : number + ROWS]).save(place)
            print(place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
