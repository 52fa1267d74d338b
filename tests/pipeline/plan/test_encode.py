"""ffmpeg's command lines: length, limits and what is read, nothing run."""

from __future__ import annotations

from fractions import Fraction

from pipeline.plan.chunks import Stretch
from pipeline.plan.encode import (
    LAYER_II_DELAY,
    Coding,
    Files,
    sound_arguments,
    track_arguments,
    video_arguments,
)
from pipeline.plan.treatment import PictureTreatment, Treatment, Voice

PAL, NTSC = Coding("pal"), Coding("ntsc", "fast")
FILE = Files("in/0.mp4")
PICTURE = PictureTreatment(0, 640, 480, rate=Fraction(25))
SEEN = Treatment(600.0, PICTURE, (Voice(1),), cuts=(200.0, 400.0))


def after(arguments: tuple[str, ...], option: str) -> str:
    return arguments[arguments.index(option) + 1]


def graph(arguments: tuple[str, ...]) -> str:
    return after(arguments, "-filter_complex")


def test_the_stream_is_what_a_video_cd_may_hold() -> None:
    """Rate, buffer and group of pictures are written out; no preset that would override them."""
    made = track_arguments(FILE, SEEN, Stretch(0, 100), PAL)

    assert "-target" not in made
    assert {after(made, f"-{name}") for name in ("b:v", "minrate", "maxrate")} == {"1150000"}
    assert after(made, "-bufsize") == "327680"
    assert int(after(made, "-g")) <= 18
    assert after(made, "-b:a") == "224k"
    assert after(made, "-ar") == "44100"
    assert after(made, "-threads") == "1"


def test_only_local_files_are_read() -> None:
    """A playlist in a stranger's file cannot reach the network."""
    for made in (
        track_arguments(FILE, SEEN, Stretch(0, 9), PAL),
        video_arguments(FILE, SEEN, Stretch(0, 9), PAL),
        sound_arguments(FILE, SEEN, Stretch(0, 9), PAL),
    ):
        assert after(made, "-protocol_whitelist") == "file,pipe"
        assert made.index("-protocol_whitelist") < made.index("-i")


def test_a_part_is_cut_by_counting_pictures() -> None:
    """Picture and sound of a part begin and end at the same moment, layer II's delay apart."""
    made = graph(track_arguments(FILE, SEEN, Stretch(100, 250), PAL))

    assert "trim=end_frame=350:start_frame=100" in made
    first = 100 * 44_100 // 25 + LAYER_II_DELAY
    assert f"atrim=end_sample={first + 250 * 1764}:start_sample={first}" in made


def test_a_chunk_is_read_from_a_proven_cut_by_the_files_own_clock() -> None:
    """It counts the same pictures as the whole, whatever was read before it."""
    made = video_arguments(FILE, SEEN, Stretch(250 * 25, 100), PAL)

    assert 190 < float(after(made, "-ss")) < 200
    assert made.index("-ss") < made.index("-i")
    assert {"-copyts", "-start_at_zero"} <= set(made)
    assert "start_frame=6250" in graph(made)
    assert "out/audio.mp2" not in made


def test_what_begins_at_the_beginning_seeks_nothing() -> None:
    """No option of seeking, which some containers answer wrongly."""
    made = video_arguments(FILE, SEEN, Stretch(0, 100), PAL)

    assert not {"-ss", "-copyts"} & set(made)


def test_the_sound_alone_is_read_whole() -> None:
    """Picture decoding is not paid for twice."""
    made = sound_arguments(FILE, SEEN, Stretch(250 * 25, 100), PAL)

    assert "out/video.m1v" not in made
    assert "-ss" not in made


def test_no_sound_is_silence() -> None:
    """Players want both streams."""
    made = track_arguments(FILE, Treatment(4.0, PICTURE), Stretch(0, 100), PAL)

    assert "anullsrc=r=44100:cl=stereo" in made


def test_no_picture_is_a_card() -> None:
    """Shown for the length of the sound, at the norm's own rate."""
    files = Files("in/0.mp3", card="in/1.png")
    made = track_arguments(files, Treatment(2.0, None, (Voice(0),)), Stretch(0, 50), NTSC)

    assert made[made.index("in/1.png") - 1] == "-i"
    assert after(made, "-loop") == "1"
    assert after(made, "-framerate") == "30000/1001"


def test_two_languages_are_two_programmes_of_sound() -> None:
    """A set plays one of them with its left/right key."""
    both = Treatment(4.0, PICTURE, (Voice(1, "mono"), Voice(2, "mono")))
    made = track_arguments(Files("in/0.mkv"), both, Stretch(0, 25), PAL)

    assert after(made, "-mode") == "dual_channel"
    assert after(track_arguments(FILE, SEEN, Stretch(0, 25), PAL), "-mode") == "stereo"


def test_two_voices_of_one_stream_are_told_apart() -> None:
    """Left and right of one stream, each levelled by itself."""
    both = Treatment(4.0, PICTURE, (Voice(1, "left"), Voice(1, "right")))
    made = graph(track_arguments(FILE, both, Stretch(0, 25), PAL))

    assert "asplit" in made or made.count("[0:1]") == 2


def test_captions_are_burnt_in_from_the_file_beside() -> None:
    """The name is seen from where ffmpeg runs, and colours nothing else of the command."""
    made = graph(track_arguments(Files("in/0.mp4", captions="in/1.ass"), SEEN, Stretch(0, 25), PAL))

    assert "ass=f=in/1.ass" in made.replace("\\", "")
