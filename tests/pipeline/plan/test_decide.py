"""What is decided for a file follows from what was found in it, and a person's wish wins."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from catalog.analysis import Analysis, Box, PictureAnalysis, SoundAnalysis, Subtitles
from catalog.programme import AudioStream, Sidecar, Source, VideoStream
from catalog.wishes import NONE, Wishes
from pipeline.plan.decide import Asked, decide
from pipeline.plan.treatment import Treatment, Voice

PAL = Fraction(25)
FILM = Fraction(24_000, 1001)


def source(**video: object) -> Source:
    """A file with one picture and one sound."""
    seen = VideoStream(0, "h264", 720, 576, **{"rate": PAL, **video})  # type: ignore[arg-type]
    return Source(
        "a" * 64, 1, "戏.mkv", "戏.mkv", "matroska", 600.0, (seen, AudioStream(1, "aac", 2, 48_000))
    )


def found(sound: SoundAnalysis | None = None, **picture: object) -> Analysis:
    """An analysis of that file."""
    seen = PictureAnalysis(0, 15_000, **{"rate": PAL, **picture})  # type: ignore[arg-type]
    return Analysis(
        "a" * 64, "test", 600.0, 600.0, seen, (sound or SoundAnalysis(1, "stereo", -23),)
    )


def treated(one: Source, seen: Analysis | None, wishes: Wishes = NONE) -> Treatment:
    return decide(Asked(one, seen, PAL, wishes))


def reasons(treatment: Treatment) -> list[str]:
    return [reason.what for reason in treatment.reasons]


@pytest.mark.parametrize(
    ("order", "marked", "fields"),
    [
        ("progressive", True, "progressive"),
        ("top", True, "marked"),
        ("bottom", True, "marked"),
        ("top", False, "top"),
        ("bottom", False, "bottom"),
        ("film", True, "film"),
    ],
)  # fmt: skip
def test_the_fields_seen_decide_and_not_the_header(order: str, marked: bool, fields: str) -> None:
    """A progressive header over woven pictures, and the other way round, change nothing."""
    scan = "progressive" if order != "progressive" else "interlaced"
    seen = treated(source(scan=scan), found(order=order, marked=marked))
    assert seen.picture is not None
    assert seen.picture.fields == fields


def test_a_wish_wins_over_what_was_found() -> None:
    """Each wish about the picture, against an analysis that says otherwise."""
    box = Box(0, 72, 720, 432)
    wishes = Wishes("progressive", "centre-cut", "keep", denoise="none", loudness="keep")
    seen = treated(
        source(),
        found(SoundAnalysis(1, "stereo", -30, gain=7), order="top", active=box, noise=5.0),
        wishes,
    )
    picture = seen.picture
    assert picture is not None
    assert (picture.fields, picture.fit, picture.crop, picture.noise) == (
        "progressive", "centre-cut", None, 0.0,
    )  # fmt: skip
    assert seen.voices == (Voice(1, "stereo"),)


def test_film_plays_faster_and_lasts_shorter() -> None:
    """24000/1001 pictures a second become 25 with every picture shown once."""
    seen = treated(source(rate=FILM), found(rate=FILM))
    assert seen.speed == PAL / FILM
    assert seen.seconds == pytest.approx(600 * 24_000 / 1001 / 25)
    assert "speed-up" in reasons(seen)


@pytest.mark.parametrize("pace", ["blend", "plain"])
def test_film_keeps_its_length_where_a_person_says_so(pace: str) -> None:
    """Blended or repeated, the programme lasts as long as before."""
    seen = treated(source(rate=FILM), found(rate=FILM), Wishes(pace=pace))
    assert (seen.speed, seen.seconds) == (1, 600.0)
    assert seen.picture is not None
    assert seen.picture.pace == pace


def test_pulldown_is_film_too() -> None:
    """30000/1001 in 3:2 pulldown holds 24000/1001 pictures, which play faster."""
    seen = treated(source(), found(rate=Fraction(30_000, 1001), order="film"))
    assert seen.speed == PAL / FILM
    assert seen.cuts == ()


def test_uneven_pictures_are_never_sped_up() -> None:
    """A screen recording of 24 pictures a second on average keeps its clock."""
    assert treated(source(), found(rate=Fraction(24), steady=False)).speed == 1


def test_no_film_is_sped_up_for_a_norm_of_30() -> None:
    """Only the norm of 25 pictures a second plays films faster."""
    asked = Asked(source(rate=FILM), found(rate=FILM), Fraction(30_000, 1001))
    assert decide(asked).speed == 1


@pytest.mark.parametrize(
    ("channels", "takes"),
    [
        ("stereo", ["stereo"]), ("mono", ["mono"]), ("left", ["left"]), ("right", ["right"]),
        ("two-voices", ["left", "right"]), ("surround", ["surround"]),
    ],
)  # fmt: skip
def test_what_is_heard_decides_what_is_taken(channels: str, takes: list[str]) -> None:
    """One silent side is not played; two languages go left and right."""
    sound = SoundAnalysis(1, channels, -30.0, gain=7.0, squeeze=True)  # type: ignore[arg-type]
    voices = treated(source(), found(sound)).voices
    assert [voice.take for voice in voices] == takes
    assert all((voice.gain, voice.squeeze) == (7.0, True) for voice in voices)


def test_the_chinese_sound_is_heard_before_others() -> None:
    """Unless a person names another one."""
    one = source()
    many = replace(one, streams=(*one.streams, AudioStream(2, "aac", 2, 48_000, "chi")))
    assert treated(many, None).voices[0].stream == 2
    assert treated(many, None, Wishes(sound=1)).voices[0].stream == 1


def test_a_silent_sound_is_passed_over() -> None:
    """The first sound that has something in it is heard."""
    one = source()
    many = replace(one, streams=(*one.streams, AudioStream(2, "aac", 2, 48_000)))
    sounds = (SoundAnalysis(1, "silent"), SoundAnalysis(2, "stereo", -23))
    assert treated(many, replace(found(), sounds=sounds)).voices[0].stream == 2
    assert treated(many, replace(found(), sounds=sounds[:1])).voices[0].stream == 2


def test_nothing_to_hear_is_silence() -> None:
    """A file whose only sound is silent says so."""
    seen = treated(source(), replace(found(), sounds=(SoundAnalysis(1, "silent"),)))
    assert seen.voices == ()
    assert "silence" in reasons(seen)


TRACKS = (
    Subtitles(2, "subrip", True, False, 900, "eng"),
    Subtitles(3, "subrip", True, True, 800, "chi"),
    Subtitles(4, "hdmv_pgs_subtitle", False, False, 700),
)


def test_chinese_subtitles_are_burnt_in_unasked() -> None:
    """Those of the file; a file beside it goes before them; `none` takes none."""
    seen = replace(found(), subtitles=TRACKS)
    inside = treated(source(), seen).captions
    assert inside is not None
    assert inside.stream == 3
    beside = Sidecar("b" * 64, "戏.srt", "library/戏.srt", 9)
    english = Sidecar("c" * 64, "戏.en.srt", "library/戏.en.srt", 9)
    chosen = treated(replace(source(), sidecars=(english, beside)), seen).captions
    assert chosen is not None
    assert chosen.sha256 == beside.sha256
    assert treated(source(), seen, Wishes(subtitles="none")).captions is None
    named = treated(source(), seen, Wishes(subtitles="1")).captions
    assert named is not None
    assert named.stream == 2


@pytest.mark.parametrize(("track", "told"), [(0, "captions-foreign"), (2, "captions-pictures")])
def test_subtitles_that_are_not_burnt_in_are_told(track: int, told: str) -> None:
    """Foreign ones and those that are pictures."""
    seen = treated(source(), replace(found(), subtitles=(TRACKS[track],)))
    assert seen.captions is None
    assert told in reasons(seen)


def test_a_turned_picture_is_described_upright() -> None:
    """Width, height and the shape of its pixels change places."""
    picture = treated(source(rotation=90, sar=Fraction(64, 45)), None).picture
    assert picture is not None
    assert (picture.width, picture.height, picture.sar) == (576, 720, Fraction(45, 64))


@pytest.mark.parametrize("wish", ["7", "3", "没有.srt"])
def test_subtitles_that_a_person_names_and_are_not_there_are_told(wish: str) -> None:
    """A number beyond the tracks, one of pictures, a file that is not beside the programme."""
    seen = treated(source(), replace(found(), subtitles=TRACKS), Wishes(subtitles=wish))
    assert "captions-missing" in reasons(seen)
    assert seen.captions is not None
    assert seen.captions.stream == 3
