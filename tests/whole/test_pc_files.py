"""Files for computers, made and read back: what players find in them, and that none is encoded
twice.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from catalog.analysis import Analysis
from catalog.programme import Episode, Programme, Sidecar, Source
from catalog.wishes import NONE, Wishes
from pipeline import tools
from pipeline.analyse import analyse
from pipeline.make.step import Bench, make
from pipeline.plan.decide import Asked, decide
from pipeline.plan.pc_file import PcFile, PcSteps, pc_steps
from pipeline.plan.pc_fitness import ForPc
from pipeline.plan.steps import FromSource
from pipeline.plan.targets.tracks import Workshop
from pipeline.probe import probe, source
from pipeline.typeface import font_name
from pipeline.workroom import Made, Workroom
from recipes.targets import ForComputers

H264 = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "main", "-level", "3.1"),
    *("-pix_fmt", "yuv420p", "-g", "25"),
)
AAC = ("-c:a", "aac", "-b:a", "96k")
MOVING = ("-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=4")
TONE = ("-f", "lavfi", "-i", "sine=f=440:d=4")


class Desk:
    """A place where files are looked through and what they need is made."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, dict[str, tuple[int, Path]]()
        self.room = Workroom(folder / "room")
        self._looked: dict[Path, tuple[Source, Analysis]] = {}

    def looked(self, path: Path) -> tuple[Source, Analysis]:
        if path not in self._looked:
            one = source(probe(path), path.name, str(path))
            self._looked[path] = one, analyse(path, one)
        return self._looked[path]

    def steps(
        self,
        path: Path,
        wishes: Wishes = NONE,
        sidecar: Path | None = None,
        **medium: Any,
    ) -> PcSteps:
        one, found = self.looked(path)
        self.files[one.sha256] = one.bytes, path
        if sidecar:
            data = sidecar.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            self.files[digest] = len(data), sidecar
            beside = Sidecar(digest, sidecar.name, str(sidecar), len(data))
            one = replace(one, sidecars=(beside,))
        programme = Programme("HX-P0001", "三滴血", (Episode(1, one.sha256),))
        treatment = decide(Asked(one, found, Fraction(0), wishes))
        medium = {"quality": "fast"} | medium
        piece = ForPc(programme, 1, one, found, treatment, ForComputers(**medium))
        return pc_steps(piece, Workshop("ffmpeg", font_name()))

    def make(self, wanted: PcSteps, room: Workroom | None = None) -> list[Made]:
        bench = Bench(room or self.room, tools.ffmpeg(), self.files.__getitem__, tools.Stop())
        return [make(step, bench, lambda done: None) for step in wanted.steps]

    def path(self, file: PcFile) -> Path:
        if isinstance(file.origin, FromSource):
            return self.files[file.origin.sha256][1]
        return self.room.path(file.origin.key, file.origin.name)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


def atoms(path: Path) -> list[str]:
    """The outermost atoms of an MP4, in order."""
    found, data, at = [], path.read_bytes(), 0
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        found.append(name.decode("latin-1"))
        at += length
    return found


def packets(path: Path, kind: str) -> str:
    """The digest of all packets of the first picture or sound of a file, as they are coded."""
    command = [
        *(str(tools.ffmpeg()), "-v", "error", "-i", str(path), "-map", f"0:{kind}:0"),
        *("-c", "copy", "-f", "streamhash", "-"),
    ]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    return done.stdout.strip().partition("=")[2]


def pictures(path: Path, size: tuple[int, int]) -> np.ndarray:
    """All pictures as red, green and blue, by ffmpeg's own reading of the file's colours."""
    command = [
        *(str(tools.ffmpeg()), "-v", "error", "-i", str(path), "-f", "rawvideo"),
        *("-pix_fmt", "rgb24", "-"),
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    width, height = size
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3).astype(int)


def plays_everywhere(path: Path, seconds: float, sound: bool = True) -> Any:
    """The picture's stream of a file that has all that old players want."""
    assert atoms(path)[:2] == ["ftyp", "moov"] and atoms(path)[-1] == "mdat"
    with av.open(str(path)) as file:
        (seen,) = file.streams.video
        assert seen.codec_context.name == "h264"
        assert seen.codec_context.profile in ("Main", "Constrained Baseline")
        assert seen.codec_context.level == 31
        assert seen.codec_context.pix_fmt == "yuv420p"
        assert seen.sample_aspect_ratio in (None, 1)
        assert abs(float(seen.duration * seen.time_base) - seconds) < 0.05
        assert len(file.streams.audio) == sound and len(file.streams) == 1 + sound
        for heard in file.streams.audio:
            assert (heard.codec_context.name, heard.codec_context.profile) == ("aac", "LC")
            assert (heard.codec_context.sample_rate, heard.codec_context.channels) == (44_100, 2)
            assert abs(float(heard.duration * heard.time_base) - seconds) < 0.05
        keys = [float(p.pts * p.time_base) for p in file.demux(seen) if p.is_keyframe and p.size]
        assert max(np.diff([*keys, seconds])) < 2.05
        return seen


def test_a_good_file_stays_the_file_it_is(desk: Desk, ffmpeg_run: Callable[..., Path]) -> None:
    """Nothing is made of it but a picture to show."""
    path = ffmpeg_run("pc-good.mp4", *MOVING, *TONE, *H264, *AAC, "-movflags", "+faststart")
    wanted = desk.steps(path)
    (poster,) = desk.make(wanted)

    assert wanted.way == "untouched"
    assert desk.path(wanted.video) == path
    assert wanted.video.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [one.name for one in poster.files] == ["poster.jpg"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        (
            "pc-copied.mkv",
            ("-map", "0", "-map", "1", "-map", "1", "-metadata:s:a:1", "language=chi"),
        ),
        ("pc-late.mp4", ()),
        ("pc-pieces.mp4", ("-movflags", "+frag_keyframe+empty_moov")),
        ("pc-quick.mov", ("-movflags", "+faststart")),
        ("pc-tube.flv", ()),
    ],
)
def test_what_is_wrapped_wrongly_is_wrapped_anew(
    name: str, options: tuple[str, ...], desk: Desk, ffmpeg_run: Callable[..., Path], tmp_path: Path
) -> None:
    """The same packets in an MP4 that plays at once; twice the same bytes, no clock among them."""
    path = ffmpeg_run(name, *MOVING, *TONE, *H264, *AAC, *options)
    wanted = desk.steps(path)
    made, again = desk.make(wanted), desk.make(wanted, Workroom(tmp_path))
    video = desk.path(wanted.video)

    assert wanted.way == "remuxed"
    assert packets(video, "v") == packets(path, "v")
    assert packets(video, "a") == packets(path, "a")
    assert plays_everywhere_but_for_rate(video)
    assert [one.files for one in made] == [one.files for one in again]
    assert made[0].files[0].sha256 == hashlib.sha256(video.read_bytes()).hexdigest()
    assert video.stat().st_size <= wanted.video.bytes


def test_a_level_that_is_only_claimed_is_said_rightly(
    desk: Desk, ffmpeg_run: Callable[..., Path]
) -> None:
    """The number alone changes; every picture decodes to what it was."""
    options = ("-c:v", "libx264", "-preset", "veryfast", "-level", "4.1", "-pix_fmt", "yuv420p")
    path = ffmpeg_run("pc-claims.mp4", *MOVING, *TONE, *options, *AAC, "-movflags", "+faststart")
    wanted = desk.steps(path)
    desk.make(wanted)
    video = desk.path(wanted.video)

    assert wanted.way == "remuxed"
    assert packets(video, "v") == packets(path, "v")
    assert (pictures(video, (640, 360)) == pictures(path, (640, 360))).all()
    with av.open(str(video)) as file:
        assert file.streams.video[0].codec_context.level == 31
    assert plays_everywhere_but_for_rate(video)


def plays_everywhere_but_for_rate(path: Path) -> bool:
    with av.open(str(path)) as file:
        kinds = [one.type for one in file.streams]
        dated = {"creation_time", "encoder"} & set(file.metadata)
    return atoms(path)[:2] == ["ftyp", "moov"] and kinds == ["video", "audio"] and not dated


def test_a_sound_that_browsers_cannot_play_is_made_anew(
    desk: Desk, ffmpeg_run: Callable[..., Path]
) -> None:
    """AC-3 becomes AAC; not one packet of the picture changes."""
    path = ffmpeg_run("pc-film.mkv", *MOVING, *TONE, *H264, "-c:a", "ac3")
    wanted = desk.steps(path)
    desk.make(wanted)
    video = desk.path(wanted.video)

    assert wanted.way == "sound-made"
    assert packets(video, "v") == packets(path, "v")
    plays_everywhere(video, 4.0)
    assert video.stat().st_size <= wanted.video.bytes


def test_woven_oblong_pictures_become_whole_and_square(
    desk: Desk, ffmpeg_run: Callable[..., Path], tmp_path: Path
) -> None:
    """576i of television: 1024 x 576, every picture whole, sound and picture in step, twice the
    same bytes.
    """
    path = ffmpeg_run(
        "pc-television.mpg",
        *("-f", "lavfi", "-i", "color=black:s=720x576:r=50:d=2"),
        *("-f", "lavfi", "-i", "sine=f=1000:d=2"),
        *("-filter_complex", _flash_and_beep("0:v", "1:a") + ";[s]interlace,setsar=64/45[v]"),
        *("-map", "[v]", "-map", "[a]", "-c:v", "mpeg2video", "-flags", "+ildct+ilme"),
        *("-b:v", "6M", "-c:a", "mp2", "-b:a", "192k"),
    )
    wanted = desk.steps(path)
    made, again = desk.make(wanted), desk.make(wanted, Workroom(tmp_path))
    video = desk.path(wanted.video)
    seen = plays_everywhere(video, wanted.seconds)

    assert wanted.way == "encoded" and "deinterlace" in {one.what for one in wanted.reasons}
    assert (seen.width, seen.height, seen.average_rate) == (1024, 576, 25)
    assert [one.files for one in made] == [one.files for one in again]
    assert video.stat().st_size <= wanted.video.bytes
    flash, beep = _moments(video, (1024, 576))
    assert abs(flash - 1.0) <= 0.04 and abs(flash - beep) < 0.045


def _flash_and_beep(picture: str, sound: str) -> str:
    """Black but for a white bar that sweeps over it and a flash at 1 s, silent but for a beep."""
    return (
        f"color=white:s=60x576:r=50:d=2[bar];[{picture}][bar]overlay=x=t*300,"
        "drawbox=c=white:t=fill:enable='between(t,0.99,1.19)'[s];"
        f"[{sound}]asetnsamples=100,volume='if(between(t,1,1.2),1,0)':eval=frame[a]"
    )


def _moments(path: Path, size: tuple[int, int]) -> tuple[float, float]:
    """When the flash and the beep of a file come, as a player hears and sees it."""
    light = pictures(path, size).mean(axis=(1, 2, 3))
    command = [
        *(str(tools.ffmpeg()), "-v", "error", "-i", str(path), "-ac", "1", "-ar", "44100"),
        *("-f", "s16le", "-"),
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    loud = abs(np.frombuffer(done.stdout, np.int16).astype(int))
    first = float(np.argmax(loud > loud.max() / 4)) / 44_100
    return float(np.argmax(light > 128)) / 25, first


def test_colours_come_out_as_they_went_in(desk: Desk, ffmpeg_run: Callable[..., Path]) -> None:
    """From either matrix to either, by what the file then says of itself."""
    patches = "color=c=0xC82828:s={w}x{h}:r=25:d=1,drawbox=x=iw/2:c=0x2850B4:t=fill"
    for number, (size, matrix, lines) in enumerate(
        [((1280, 720), "bt709", 720), ((1280, 720), "bt709", 480), ((720, 576), "bt601", 720)]
    ):
        name = {"bt601": "smpte170m"}.get(matrix, matrix)
        drawn = patches.format(w=size[0], h=size[1])
        path = ffmpeg_run(
            f"pc-patches-{number}.mp4",
            *("-f", "lavfi", "-i", f"{drawn},scale=out_color_matrix={matrix}:out_range=tv"),
            *("-c:v", "mpeg4", "-q:v", "2", "-colorspace", name),
            *("-pix_fmt", "yuv420p", "-color_range", "tv"),
        )
        wanted = desk.steps(path, height=lines)
        desk.make(wanted)
        shape = (852, 480) if lines == 480 else size
        seen = pictures(desk.path(wanted.video), shape)[10]
        left, right = seen[shape[1] // 2, shape[0] // 4], seen[shape[1] // 2, shape[0] * 3 // 4]

        assert wanted.way == "encoded"
        assert abs(left - [0xC8, 0x28, 0x28]).max() <= 6, (size, lines, left)
        assert abs(right - [0x28, 0x50, 0xB4]).max() <= 6, (size, lines, right)


def test_a_sound_alone_gets_a_card_and_a_picture_alone_no_sound(
    desk: Desk, ffmpeg_run: Callable[..., Path]
) -> None:
    """Both play, both have a poster."""
    aria = ffmpeg_run("pc-aria.mp3", *TONE, "-c:a", "libmp3lame")
    mute = ffmpeg_run("pc-mute.webm", *MOVING, "-c:v", "libvpx", "-deadline", "realtime")
    sung, seen = desk.steps(aria, height=480), desk.steps(mute)
    desk.make(sung)
    desk.make(seen)
    card = pictures(desk.path(sung.video), (852, 480))

    plays_everywhere(desk.path(sung.video), sung.seconds)
    plays_everywhere(desk.path(seen.video), seen.seconds, sound=False)
    assert card[50].max() > 200 and card[50][:, :, 2].mean() > card[50][:, :, 0].mean()
    for one in (sung, seen):
        assert desk.path(one.video).stat().st_size <= one.video.bytes


def test_the_poster_is_no_black_picture(desk: Desk, ffmpeg_run: Callable[..., Path]) -> None:
    """A programme that begins in the dark is known by what comes then; one that is dark throughout
    has a poster all the same.
    """
    size = "640x360"
    dawn = ffmpeg_run(
        "pc-dawn.mp4",
        *("-f", "lavfi", "-i", f"color=black:s={size}:r=25:d=20"),
        *("-f", "lavfi", "-i", f"color=orange:s={size}:r=25:d=10"),
        *("-filter_complex", "[0:v][1:v]concat=n=2", *H264, "-movflags", "+faststart"),
    )
    night = ffmpeg_run(
        "pc-night.mp4",
        *("-f", "lavfi", "-i", f"color=black:s={size}:r=25:d=3"),
        *H264, "-movflags", "+faststart",
    )  # fmt: skip
    for path, light in ((dawn, 100), (night, -1)):
        wanted = desk.steps(path)
        desk.make(wanted)
        shown = pictures(desk.path(wanted.poster), (640, 360))

        assert wanted.way == "untouched"
        assert len(shown) == 1 and shown.mean() > light
        assert desk.path(wanted.poster).stat().st_size <= wanted.poster.bytes


@pytest.mark.parametrize("size", [(640, 360), (202, 360)])
def test_subtitles_are_burnt_into_pictures_of_any_shape(
    size: tuple[int, int], desk: Desk, ffmpeg_run: Callable[..., Path], tmp_path: Path
) -> None:
    """In the lower part, inside the picture, when they are said."""
    path = ffmpeg_run(
        f"pc-talk{size[0]}.mp4",
        *("-f", "lavfi", "-i", f"color=gray:s={size[0]}x{size[1]}:r=25:d=2"),
        *H264, "-movflags", "+faststart",
    )  # fmt: skip
    said = tmp_path / "talk.srt"
    said.write_bytes(
        "1\n00:00:00,500 --> 00:00:01,500\n我们在山上种苹果，今年收成好\n".encode("gb18030")
    )
    wanted = desk.steps(path, sidecar=said, captions="burnt-in")
    desk.make(wanted)
    seen = pictures(desk.path(wanted.video), size)[:, :, :, 1]
    inked = np.argwhere(abs(seen[25] - seen[5]) > 40)

    assert wanted.way == "encoded" and wanted.captions is None
    assert len(inked) > 100
    assert inked[:, 0].min() > 0.7 * size[1]
    assert inked[:, 1].min() > 0.02 * size[0] and inked[:, 1].max() < 0.98 * size[0]


def test_subtitles_beside_a_video_are_plain_webvtt(
    desk: Desk, ffmpeg_run: Callable[..., Path], tmp_path: Path
) -> None:
    """From a file in GB18030 and from a track; read back by a reader that is not ours."""
    good = ffmpeg_run("pc-good.mp4", *MOVING, *TONE, *H264, *AAC, "-movflags", "+faststart")
    said = tmp_path / "good.srt"
    text = (
        "1\n00:00:00,500 --> 00:00:01,500\n<i>老张</i>：这——这是 3 < 5 吧\n\n"
        "2\n00:00:02,000 --> 00:00:03,250\n{\\an8}第二句\n第二行\n"
    )
    said.write_bytes(text.encode("gb18030"))
    tracked = tmp_path / "tracked.mkv"
    subprocess.run(
        [
            *(str(tools.ffmpeg()), "-v", "error", "-i", str(good), "-sub_charenc", "GB18030"),
            *("-i", str(said), "-map", "0", "-map", "1", "-c", "copy", "-c:s", "srt"),
            *("-metadata:s:s:0", "language=chi", str(tracked)),
        ],
        check=True,
        timeout=60,
    )
    for wanted in (desk.steps(good, sidecar=said), desk.steps(tracked)):
        made = desk.make(wanted)
        assert wanted.captions is not None
        path = desk.path(wanted.captions)
        command = [str(tools.ffmpeg()), "-v", "error", "-i", str(path), "-f", "srt", "-"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)

        assert path.read_text("utf-8") == (
            "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\n老张：这——这是 3 &lt; 5 吧\n\n"
            "00:00:02.000 --> 00:00:03.250\n第二句\n第二行\n"
        )
        assert "老张：这——这是 3 < 5 吧" in done.stdout.decode()
        assert path.stat().st_size <= wanted.captions.bytes
        assert made[-1].files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_hardest_picture_stays_within_its_bound(
    desk: Desk, ffmpeg_run: Callable[..., Path]
) -> None:
    """Nothing but noise, at the best setting: the bytes that the plan counted with are enough."""
    path = ffmpeg_run(
        "pc-noise.mkv",
        *("-f", "lavfi", "-i", "nullsrc=s=320x240:r=25:d=4,geq=lum='random(1)*255':cb=128:cr=128"),
        *("-c:v", "mpeg4", "-q:v", "3"),
    )
    wanted = desk.steps(path, quality="best")
    desk.make(wanted)

    assert desk.path(wanted.video).stat().st_size <= wanted.video.bytes


def test_real_downloads_are_told_apart(desk: Desk, media: Callable[[str], Path]) -> None:
    """A flower and a whole film stay as they are; the rest becomes what it must."""
    ways = {
        "nature_flower.mp4": "untouched",
        "mkv_multi_audio_subs.mkv": "remuxed",
        "awesome movie.mov": "remuxed",
        "phone_portrait.MOV": "encoded",
        "tv_576i_test-025.ts": "encoded",
    }

    assert {name: desk.steps(media(name)).way for name in ways} == ways
