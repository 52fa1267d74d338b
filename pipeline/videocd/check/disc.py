"""All checks of a Video CD image together: blocks of raw sectors in, findings out; no disk.

Nothing is raised for a bad disc, however bad: what is wrong with it are values in the report.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from catalog.words import _
from pipeline.videocd.check.audio import check_audio, check_together
from pipeline.videocd.check.buffers import check_buffer
from pipeline.videocd.check.clips import check_clips
from pipeline.videocd.check.clock import check_buffer_fields, check_system
from pipeline.videocd.check.control import Holdings
from pipeline.videocd.check.cue import Cue, check_cue
from pipeline.videocd.check.info import (
    ENTRIES,
    Info,
    check_entries,
    check_info,
    read_entries,
    read_info,
)
from pipeline.videocd.check.layout import Layout, Track, check_layout, layout, track_numbers
from pipeline.videocd.check.paths import check_paths
from pipeline.videocd.check.playback import check_playback
from pipeline.videocd.check.regions import Disc, check_regions
from pipeline.videocd.check.report import Finding, differs
from pipeline.videocd.check.sectors import check_sectors, is_raw_image
from pipeline.videocd.check.segments import Segments, check_segments, segments
from pipeline.videocd.check.streams import (
    AUDIO,
    FRAME_TICKS,
    VIDEO,
    clock_start,
    decoding_times,
    frames,
    pictures,
    stream_of,
)
from pipeline.videocd.check.survey import LONGEST, Survey
from pipeline.videocd.check.tree import Tree, read_tree
from pipeline.videocd.check.video import access_points, check_video, is_pal, period_of
from pipeline.videocd.check.volume import Volume, check_volume, read_volume

MOST_ALIKE = 20  # findings of one kind told one by one


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of an image gave: findings, the directory it read, how far it came."""

    findings: tuple[Finding, ...]
    tree: Tree
    tracks: int
    minutes: float
    volume_id: str = ""


_NO_VOLUME = Volume("", 0, 0, 0, 0, b"")


def check(survey: Survey, image: str, cue: Cue | None) -> Checked:
    """Judge one surveyed image named `image`; `cue` is its sheet, None where there is none."""
    if not is_raw_image(survey.heads):
        wrong = _("this is no image of raw CD sectors (MODE2/2352)")
        return Checked((Finding("error", "image.kind", wrong),), Tree((), (), False), 0, 0.0)
    cooked = survey.cooked
    volume = read_volume(cooked) or _NO_VOLUME
    tree = read_tree(cooked, volume, survey.sectors)
    info, entries = read_info(cooked), _first_entries(survey)
    where = layout(survey, cue, tree, entries, volume.size)
    stills = Segments(0, 0, ())
    if info.there:
        stills = segments(survey, tree, info, where.track_1)
    disc = Disc(survey, volume, tree, info, where, stills)
    found = check_sectors(survey) + check_volume(cooked, disc.layout.track_1)
    found += [*tree.findings, *check_paths(cooked, volume, tree)]
    found += check_layout(survey, tree, disc.layout) + check_regions(disc)
    found += _check_tables(disc) + _check_control(disc)
    if cue:
        ends = [disc.layout.track_1, *(track.end for track in disc.layout.tracks)]
        found += check_cue(cue, image, [t.start for t in disc.layout.tracks], ends)
    minutes = 0.0
    for track in disc.layout.tracks:
        more, seconds = _check_track(disc, track)
        found, minutes = found + more, minutes + seconds / 60
    found += _limits(survey)
    told = tuple(_told(found, disc.layout))
    return Checked(told, tree, len(disc.layout.tracks), minutes, volume.name)


def survey_limits(sectors: int) -> list[Finding]:
    """Whether an image of this many sectors fits a disc at all."""
    if sectors <= LONGEST:
        return []
    wrong = _("longer than any CD; only the first {most} sectors were looked at")
    wrong = wrong.format(most=LONGEST)
    return [Finding("error", "image.length", wrong, found=str(sectors))]


def _limits(survey: Survey) -> list[Finding]:
    streams = (survey.pictures, survey.normal, survey.hires, survey.frames)
    if not (survey.cut or any(stream.cut for stream in streams)):
        return []
    wrong = _("more in the streams than a disc can hold; the rest of them was not looked at")
    return [Finding("error", "image.streams", wrong)]


def _first_entries(survey: Survey) -> dict[int, int]:
    """CD track -> LSN of its first entry."""
    starts: dict[int, int] = {}
    for entry in read_entries(survey.cooked):
        if entry.track > 1 and entry.lsn >= 0:
            starts.setdefault(entry.track, entry.lsn)
    return starts


def _check_tables(disc: Disc) -> list[Finding]:
    """INFO.VCD and ENTRIES.VCD in themselves, then where the directory has them."""
    starts = {track.number: track.start for track in disc.layout.tracks}
    found = check_info(disc.survey.cooked, len(starts))
    found += check_entries(disc.survey.cooked, starts)
    for path, sector in (("VCD/INFO.VCD", 150), ("VCD/ENTRIES.VCD", 151)):
        entry = disc.tree.named(path)
        if entry is None:
            wrong = _("{path} is not in the directory").format(path=path)
            found.append(Finding("error", "record.missing", wrong, sector))
        elif (entry.extent, entry.size) != (sector, 2048):
            name = _("place and size of {path}").format(path=path)
            both = (f"{sector}, 2048", f"{entry.extent}, {entry.size}")
            found.append(differs("error", "record.extent", name, both, entry.at))
    for path in ("EXT", "MPEGAV", "VCD"):
        if disc.tree.complete and disc.tree.named(path) is None:
            wrong = _("the folder {path} is missing").format(path=path)
            found.append(Finding("warning", "record.missing", wrong, 18))
    return found


def _check_control(disc: Disc) -> list[Finding]:
    """Playback lists, stills and clips; a Super Video CD has others, which are not looked into."""
    info, found = disc.info, disc.segments
    if not info.there:
        return []
    cooked = disc.survey.cooked
    tracks = frozenset(track.number for track in disc.layout.tracks)
    entries = tuple(each.track if each.track in tracks else 0 for each in read_entries(cooked))
    begins = frozenset(item.unit for item in found.items)
    holdings = Holdings(tracks, entries, found.units, begins)
    findings = check_segments(found, disc.tree, info) + check_clips(disc.survey, found, info)
    return findings + check_playback(cooked, disc.tree, info, holdings)


def _check_track(disc: Disc, track: Track) -> tuple[list[Finding], float]:
    """System layer, picture, sound and buffers of one track; and its seconds."""
    survey = disc.survey
    found = check_system(survey, track)
    start = clock_start(survey, track)
    video, audio = stream_of(survey, track, VIDEO), stream_of(survey, track, AUDIO)
    seen, heard = pictures(survey, video), frames(survey, audio)
    period = period_of(survey, video)
    found += check_video(survey, track, video, seen) + check_audio(survey, track, audio, heard)
    for stream, number in ((video, VIDEO), (audio, AUDIO)):
        found += check_buffer_fields(stream, track, number)
    picture_times = decoding_times(video, seen, period)
    sound_times = decoding_times(audio, heard, FRAME_TICKS)
    if period:
        found += check_buffer(track, video, seen, picture_times, start)
    found += check_buffer(track, audio, heard, sound_times, start)
    if len(seen.at) and len(heard.at):
        last = float(picture_times[-1]), float(sound_times[-1])
        found += check_together(track, *last, period)
    found += _check_pal(disc.info, track, is_pal(survey, video))
    found += _check_entries(disc, track, access_points(survey, video).tolist())
    return found, len(seen.at) * period / 90000


def _check_pal(info: Info, track: Track, pal: bool | None) -> list[Finding]:
    if pal is None or not info.there or (track.number in info.pal) == pal:
        return []
    name = _("the PAL mark of film {number}").format(number=track.number - 1)
    return [differs("error", "info.pal", name, (int(pal), int(not pal)), 150)]


def _check_entries(disc: Disc, track: Track, points: list[int]) -> list[Finding]:
    """Further entries of a track must begin a picture that needs no other."""
    own = [entry.lsn for entry in read_entries(disc.survey.cooked) if entry.track == track.number]
    bad = [lsn for lsn in own[1:] if lsn != track.start and lsn not in set(points)]
    if not bad:
        return []
    wrong = _("an entry does not begin with a picture that can be shown at once")
    return [Finding("error", "entries.point", wrong, ENTRIES, 0, "", "", str(bad[0]), len(bad))]


def _told(found: list[Finding], where: Layout) -> list[Finding]:
    """Each finding with its track; many of one kind drawn together."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        kinds.setdefault((finding.field, finding.severity), []).append(finding)
    told: list[Finding] = []
    for alike in kinds.values():
        told += alike[: MOST_ALIKE - 1] if len(alike) > MOST_ALIKE else alike
        if len(alike) > MOST_ALIKE:
            rest = alike[MOST_ALIKE - 1 :]
            told.append(replace(rest[0], count=sum(finding.count for finding in rest)))
    return [_tracked(finding, where) for finding in told]


def _tracked(finding: Finding, where: Layout) -> Finding:
    if finding.track or finding.sector is None or not where.tracks:
        return finding
    number = int(track_numbers(where, np.array([finding.sector]))[0])
    return replace(finding, track=number)
