"""Make a Captions step: subtitles of a source or a file beside it, ready to be burnt in."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from catalog.characters import read_bytes
from catalog.problem import Failure, Refusal
from catalog.words import _
from pipeline import tools
from pipeline.captions.cue import MOST_BYTES, Cue, without_pictures
from pipeline.captions.face import face_of, lacking
from pipeline.captions.read import read
from pipeline.captions.setting import settings
from pipeline.captions.timeline import Shown, timeline
from pipeline.captions.write import ass, clock
from pipeline.plan.steps import Captions, WebVtt

_TRACK = "track.ass"
# Reading a track means reading the whole file, from a slow disk too.
_LIMITS = tools.Limits(
    seconds=3600, cpu_seconds=1800, memory=4 * tools.GIB, file_bytes=2 * MOST_BYTES
)
_NOT_UTF8 = b"Invalid UTF-8"


def write_captions(step: Captions, program: Path, folder: Path, stop: tools.Stop) -> None:
    """Write `folder`/out/captions.ass from the file that is laid out in `folder`/in.

    Raises Failure where the subtitles cannot be read, hold none, or hold a letter that the face
    does not have; Stopped where the run was told to stop.
    """
    doing = doing_what(step)
    cues = cues_of(step, program, folder, stop)
    absent = lacking({letter for one in cues for letter in one.text} - {"\n"})
    shown = _legible(timeline(cues, Fraction(step.speed)), absent)
    _refuse_lacking(cues, absent, doing, step.stream < 0)
    face = face_of({letter for one in shown for letter in one.text} - {"\n"})
    if stop.asked:
        raise tools.Stopped
    written = ass(settings(shown, face.width), face.font, step.lines)
    (folder / "out" / step.name).write_bytes(written)


def doing_what(step: Captions | WebVtt) -> str:
    """What people are told that is being done."""
    return _("making the subtitles of {what}").format(what=step.label)


def cues_of(
    step: Captions | WebVtt, program: Path, folder: Path, stop: tools.Stop
) -> tuple[Cue, ...]:
    """The cues of the file that is laid out in `folder`/in, or of its track.

    Raises Failure where they cannot be read.
    """
    laid = next((folder / "in").iterdir())
    file = laid if step.stream < 0 else _track(step, program, folder, stop, laid.name)
    named = laid.resolve().name
    if step.stream >= 0:
        named = _("{file}, stream {number}").format(file=named, number=step.stream)
    return _cues(file, doing_what(step), named)


def track_arguments(name: str, stream: int, charset: str = "") -> tuple[str, ...]:
    """Ffmpeg's arguments for a text track of in/`name`, as out/../track.ass; `charset` for tracks
    that are not UTF-8, as they should be.
    """
    return (
        *("-hide_banner", "-nostdin", "-v", "warning", "-nostats", "-y"),
        *(("-sub_charenc", charset) if charset else ()),
        *("-protocol_whitelist", "file,pipe", "-i", f"in/{name}"),
        *("-map", f"0:{stream}", "-c:s", "ass", "-f", "ass", _TRACK),
    )


def _track(
    step: Captions | WebVtt, program: Path, folder: Path, stop: tools.Stop, name: str
) -> Path:
    log, made = folder / "log", folder / _TRACK
    for charset in ("", "GB18030"):
        command = [str(program), *track_arguments(name, step.stream, charset)]
        tools.run(command, folder, log, limits=_LIMITS, stop=stop)
        if _NOT_UTF8 not in log.read_bytes()[: 1 << 20]:
            break
    return made


def _cues(file: Path, doing: str, shown: str) -> tuple[Cue, ...]:
    data, problems = read_bytes(file, MOST_BYTES)
    try:
        if problems:
            raise Refusal(problems)
        return read(data, shown)
    except Refusal as refusal:
        first = refusal.problems[0]
        place = f"{first.file}:{first.line}" if first.line else first.file
        mend = first.mend + _("; or write `none` as its subtitles")
        raise Failure(doing, f"{place}: {first.wrong}", mend) from refusal


def _legible(shown: Iterable[Shown], absent: set[str]) -> tuple[Shown, ...]:
    """What is shown, without emoji; what was nothing else is not shown."""
    plain = (
        Shown(one.begin, one.end, without_pictures(one.text, absent), one.top) for one in shown
    )
    return tuple(one for one in plain if one.text)


def _refuse_lacking(cues: Iterable[Cue], absent: set[str], doing: str, lines_known: bool) -> None:
    """Raise Failure for the first letter that the face does not have: a hole in a word misleads."""
    for one in cues:
        for letter in without_pictures(one.text, absent):
            if letter in absent:
                at = clock(one.begin).partition(".")[0]
                place = _("line {line}, {time}").format(line=one.line, time=at)
                raise Failure(
                    doing,
                    _('the letter "{letter}" ({code}) at {place} is not in the face').format(
                        letter=letter,
                        code=f"U+{ord(letter):04X}",
                        place=place if lines_known else at,
                    ),
                    _("choose other subtitles, write it otherwise there, or write `none`"),
                )
