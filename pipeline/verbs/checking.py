"""The verb that reads back: verify."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from catalog.problem import refusal
from catalog.words import _
from pipeline.bars import sector_bar
from pipeline.cli import DIFFERENT, DONE
from pipeline.make.check import check_image
from pipeline.make.check_edition import check_edition
from pipeline.make.check_iso import check_iso
from pipeline.make.check_reading import Progress
from pipeline.screen import say, size
from pipeline.videocd.bounds import RAW
from pipeline.videocd.check.report import Report


def _sectors(path: Path) -> int:
    """About how much is read, for the bar."""
    if path.is_dir():
        images = [*path.glob("*.bin"), *path.glob("*.iso")]
    else:
        images = [path if path.suffix.lower() == ".iso" else path.with_suffix(".bin")]
    return sum(image.stat().st_size for image in images if image.is_file()) // RAW


def verify(path: Path, as_json: bool) -> int:
    """Read an image (BIN or CUE, or ISO) or an edition's folder back. A difference ends with exit
    4.
    """
    if not path.exists():
        raise refusal(
            str(path),
            _("there is no such file or folder"),
            _("name a .bin, .cue or .iso image, or the folder of an edition"),
        )
    bar = sector_bar(_sectors(path), path.name)
    try:
        report = _read(path, bar)
    finally:
        bar.close()
    wrong = [finding for finding in report.findings if finding.severity == "error"]
    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1, default=str))
    else:
        _show(report, len(wrong))
    return DIFFERENT if wrong else DONE


def _read(path: Path, progress: Progress) -> Report:
    if path.is_dir():
        return check_edition(path, progress)
    return (check_iso if path.suffix.lower() == ".iso" else check_image)(path, progress)


def _show(report: Report, wrong: int) -> None:
    for finding in report.findings:
        print(finding)
    say(
        _(
            "{sectors} sectors ({size}) read from the disk in {seconds:.1f} s, at {time:%H:%M:%S}"
        ).format(
            sectors=report.sectors,
            size=size(report.bytes),
            seconds=report.seconds,
            time=datetime.now(UTC).astimezone(),
        )
    )
    if not wrong:
        print(_("{name}: verified, every sector as it should be").format(name=report.name))
    else:
        print(_("{name}: {count} kinds of error").format(name=report.name, count=wrong))
