"""What becomes of an episode on a data disc or drive: untouched, copied, or encoded, and why."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from catalog import words
from catalog.analysis import Analysis, Box, Damage, PictureAnalysis, SoundAnalysis, Subtitles
from catalog.programme import (
    AudioStream,
    Episode,
    OtherStream,
    Programme,
    Sidecar,
    Source,
    VideoStream,
)
from catalog.wishes import NONE, Wishes
from pipeline.plan.decide import Asked, decide
from pipeline.plan.effort import effort
from pipeline.plan.pc_decision import decision_of
from pipeline.plan.pc_file import PcSteps, most_bytes, pc_steps
from pipeline.plan.pc_fitness import ForPc
from pipeline.plan.steps import Captions, Card, Encode, FromSource, FromStep, WebVtt, key
from pipeline.plan.targets.tracks import Workshop
from pipeline.plan.treatment_words import tell
from recipes.targets import ForComputers

SHOP = Workshop("ffmpeg 9", "face")
SEEN = VideoStream(0, "h264", 1280, 720, rate=Fraction(25), pixel_format="yuv420p")
HEARD = AudioStream(1, "aac", 2, 48_000)
GOOD = PictureAnalysis(
    0, 15_000, Fraction(25), profile="High", level=31, bits=8, chroma="420", bit_rate=2_000_000,
    matrix="bt709",
)  # fmt: skip
SOUND = SoundAnalysis(1, "stereo", -30.0, gain=7.0, profile="LC")
MP4, MOV = (("major_brand", "isom"),), (("major_brand", "qt  "),)
SRT = Sidecar("c" * 64, "戏.srt", "戏.srt", 40_000)
LINES = Subtitles(2, "subrip", True, True, 700, "chi")


def piece(
    *,
    video: dict[str, Any] | None = None,
    picture: dict[str, Any] | None = None,
    sound: dict[str, Any] | None = None,
    source: dict[str, Any] | None = None,
    analysis: dict[str, Any] | None = None,
    wishes: Wishes = NONE,
    medium: dict[str, Any] | None = None,
    left_right: tuple[int, int] | None = None,
) -> ForPc:
    """An episode that plays as it is, but for what is said otherwise."""
    file = Source(
        "a" * 64, 100_000_000, "戏.mp4", "戏.mp4", "mov,mp4,m4a,3gp,3g2,mj2", 600.0,
        (replace(SEEN, **(video or {})), HEARD), MP4,
    )  # fmt: skip
    file = replace(file, **(source or {}))
    found = Analysis(
        "a" * 64, "test", 600.0, 600.0, replace(GOOD, **(picture or {})),
        (replace(SOUND, **(sound or {})),), faststart=True,
    )  # fmt: skip
    found = replace(found, **(analysis or {}))
    treatment = decide(Asked(file, found, Fraction(0), wishes, left_right))
    programme = Programme("HX-P0001", "三滴血", (Episode(1, file.sha256),), creator="易俗社")
    return ForPc(programme, 1, file, found, treatment, ForComputers(**(medium or {})))


def made(**changes: Any) -> PcSteps:
    return pc_steps(piece(**changes), SHOP)


def why(steps: PcSteps) -> str:
    return dict(steps.reasons[0].values).get("why", "")


def line(steps: PcSteps) -> tuple[str, ...]:
    """The command line that makes the video."""
    (step,) = [one for one in steps.steps if isinstance(one, Encode) and "mp4" in one.outputs[0]]
    return step.arguments


def after(arguments: tuple[str, ...], option: str) -> str:
    return arguments[arguments.index(option) + 1]


def test_what_plays_already_is_the_file_of_the_library_itself() -> None:
    """Its bytes and digest are known before anything is made; only its poster is."""
    found = made()

    assert found.way == "untouched"
    assert found.video.origin == FromSource("a" * 64, ".mp4")
    assert (found.video.bytes, found.video.sha256) == (100_000_000, "a" * 64)
    assert [one.outputs for one in found.steps if isinstance(one, Encode)] == [("poster.jpg",)]
    assert len(found.steps) == 1
    assert found.poster.origin == FromStep(key(found.steps[0]), "poster.jpg")
    assert found.captions is None
    assert [one.what for one in found.reasons] == ["pc-untouched"]


@pytest.mark.parametrize(
    "changes",
    [
        {"video": {"width": 720, "height": 576, "sar": Fraction(64, 45)}},
        {"picture": {"profile": "Constrained Baseline", "level": 13}},
        {"video": {"width": 720, "height": 576, "rate": Fraction(50)},
         "picture": {"rate": Fraction(50)}},
        {"picture": {"steady": False}},
        {"source": {"streams": (SEEN,)}, "analysis": {"sounds": ()}},
        {"sound": {"channels": "silent"}},
        {"sound": {"channels": "two-voices"}},
        {"picture": {"active": Box(0, 90, 1280, 540), "noise": 5.0, "still": 0.9}},
        {"wishes": Wishes(borders="keep", pace="speed-up", shape="centre-cut")},
        {"wishes": Wishes(subtitles="none"), "source": {"sidecars": (SRT,)}},
    ],
)  # fmt: skip
def test_these_too_are_left_alone(changes: dict[str, Any]) -> None:
    """Oblong pixels that are marked, 576p50, uneven pictures, borders, noise: players take them."""
    assert made(**changes).way == "untouched"


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("container", {"source": {"container": "matroska,webm", "name": "a.mkv"}}),
        ("container", {"source": {"container": "flv", "name": "a.flv"}}),
        ("container", {"source": {"tags": MOV}}),
        ("container", {"source": {"tags": (("major_brand", "3gp4"),)}}),
        ("faststart", {"analysis": {"faststart": False}}),
        ("tracks", {"source": {"streams": (SEEN, HEARD, AudioStream(2, "aac", 2, 48_000, "en"))}}),
        ("tracks", {"source": {"streams": (SEEN, HEARD, OtherStream(2, "data", "tmcd"))}}),
    ],
)  # fmt: skip
def test_what_is_only_wrapped_otherwise_is_copied(reason: str, changes: dict[str, Any]) -> None:
    """Stream by stream, none of them encoded, and only those that are wanted."""
    found = made(**changes)

    assert (found.way, why(found)) == ("remuxed", reason)
    arguments = line(found)
    assert after(arguments, "-c") == "copy"
    assert [arguments[n + 1] for n, one in enumerate(arguments) if one == "-map"] == ["0:0", "0:1"]
    assert after(arguments, "-movflags") == "+faststart"
    assert after(arguments, "-fflags") == "+bitexact"
    assert after(arguments, "-map_metadata") == after(arguments, "-map_chapters") == "-1"
    assert not {"-c:v", "-c:a", "-filter_complex"} & set(arguments)
    assert found.video.sha256 == "" and found.video.bytes > 100_000_000


def test_a_level_that_is_only_claimed_is_said_rightly() -> None:
    """Many coders write 4.0 over what 3.1 can play; what truly needs it is encoded."""
    claimed = made(picture={"level": 40, "kept": 4})
    heavy = made(picture={"level": 40, "kept": 6})
    rich = made(picture={"level": 40, "kept": 4, "bit_rate": 9_000_000})
    spoken = made(
        picture={"level": 41, "kept": 3}, source={"streams": (SEEN, replace(HEARD, codec="ac3"))}
    )

    assert (claimed.way, why(claimed)) == ("remuxed", "overstated")
    assert after(line(claimed), "-bsf:v") == "h264_metadata=level=3.1"
    assert [one.way for one in (heavy, rich)] == ["encoded", "encoded"]
    assert spoken.way == "sound-made"
    assert after(line(spoken), "-bsf:v") == "h264_metadata=level=3.1"
    assert "-bsf:v" not in line(made(analysis={"faststart": False}))


def test_the_chinese_sound_is_the_one_that_is_copied() -> None:
    """As on a disc: the first Chinese one, wherever it stands."""
    streams = (SEEN, replace(HEARD, language="eng"), replace(HEARD, index=2, language="chi"))
    sounds = (SOUND, replace(SOUND, index=2))
    found = made(source={"streams": streams}, analysis={"sounds": sounds})

    assert "0:2" in line(found) and "0:1" not in line(found)


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("sound-codec", {"source": {"streams": (SEEN, replace(HEARD, codec="mp3"))}}),
        ("sound-codec", {"sound": {"profile": "HE-AAC"}}),
        ("surround", {"source": {"streams": (SEEN, replace(HEARD, channels=6))},
                      "sound": {"channels": "surround"}}),
        ("one-side", {"sound": {"channels": "left"}}),
        ("wished", {"wishes": Wishes(loudness="level")}),
        ("two-voices", {"source": {"streams": (SEEN, HEARD, replace(HEARD, index=2))},
                        "analysis": {"sounds": (SOUND, replace(SOUND, index=2))},
                        "left_right": (1, 2)}),
    ],
)  # fmt: skip
def test_a_sound_is_made_anew_without_the_picture(reason: str, changes: dict[str, Any]) -> None:
    """AAC, two channels, as loud as all others; the picture stays what it is."""
    found = made(**changes)

    assert (found.way, why(found)) == ("sound-made", reason)
    arguments = line(found)
    assert (after(arguments, "-c:v"), after(arguments, "-c:a")) == ("copy", "aac")
    assert (after(arguments, "-b:a"), after(arguments, "-ar")) == ("128k", "44100")
    assert "atrim=end_sample=26460000" in after(arguments, "-filter_complex")


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("codec", {"video": {"codec": "mpeg2video"}}),
        ("profile", {"picture": {"profile": "High 4:4:4 Predictive"}}),
        ("depth", {"picture": {"bits": 10, "profile": "High 10"}}),
        ("depth", {"picture": {"chroma": "422"}}),
        ("level", {"picture": {"level": 40}}),
        ("level", {"picture": {"rate": Fraction(50)}}),
        ("level", {"picture": {"bit_rate": 20_000_000}}),
        ("clock", {"source": {"container": "avi", "name": "a.avi"}}),
        ("fields", {"picture": {"order": "top"}}),
        ("fields", {"wishes": Wishes(fields="bottom")}),
        ("hdr", {"picture": {"dynamic_range": "pq"}}),
        ("turned", {"video": {"rotation": 90}}),
        ("level tall", {"video": {"width": 1920, "height": 1080}, "picture": {"level": 40}}),
        ("tall", {"medium": {"height": 576}}),
        ("damaged", {"analysis": {"damage": (Damage(3, 4, 9),)}}),
        ("damaged", {"analysis": {"promised": 700.0}}),
        ("wished", {"picture": {"active": Box(0, 90, 1280, 540)},
                    "wishes": Wishes(borders="crop")}),
        ("wished", {"wishes": Wishes(denoise="strong")}),
        ("burnt-in", {"source": {"sidecars": (SRT,)}, "medium": {"captions": "burnt-in"}}),
        ("card", {"source": {"streams": (HEARD,), "name": "a.mp3", "container": "mp3"},
                  "analysis": {"picture": None}}),
    ],
)  # fmt: skip
def test_what_must_be_is_encoded(reason: str, changes: dict[str, Any]) -> None:
    """Main at 3.1, 8-bit 4:2:0, its bits bounded, one processor's whim left out."""
    found = made(**changes)

    assert (found.way, why(found)) == ("encoded", reason)
    arguments = line(found)
    assert (after(arguments, "-profile:v"), after(arguments, "-level")) == ("main", "3.1")
    assert (after(arguments, "-pix_fmt"), after(arguments, "-crf")) == ("yuv420p", "23")
    assert int(after(arguments, "-g")) <= 2 * Fraction(after(arguments, "-r"))
    assert after(arguments, "-bufsize") == f"{2 * int(after(arguments, '-maxrate')[:-1])}k"
    assert after(arguments, "-threads") == "1"
    assert after(arguments, "-movflags") == "+faststart"
    assert {after(arguments, f"-{one}") for one in ("fflags", "flags:v", "flags:a")} == {
        "+bitexact"
    }
    assert after(arguments, "-protocol_whitelist") == "file,pipe"
    assert arguments[-1] == "out/programme.mp4" or "out/programme.mp4" in arguments


def test_what_was_not_looked_through_is_encoded() -> None:
    """A header says too little to trust it."""
    one = piece()
    blind = replace(one, analysis=None, treatment=decide(Asked(one.source, None, Fraction(0))))
    found = pc_steps(blind, SHOP)

    assert (found.way, why(found)) == ("encoded", "unseen")


@pytest.mark.parametrize(
    ("video", "lines", "shape"),
    [
        ({"width": 1920, "height": 1080}, 720, (1280, 720)),
        ({"width": 1920, "height": 1080}, 576, (1024, 576)),
        ({"width": 1920, "height": 1080}, 480, (852, 480)),
        ({"width": 1920, "height": 804}, 720, (1280, 536)),
        ({"width": 720, "height": 576, "sar": Fraction(16, 15)}, 720, (768, 576)),
        ({"width": 720, "height": 576, "sar": Fraction(64, 45)}, 720, (1024, 576)),
        ({"width": 1920, "height": 1080, "rotation": 90}, 720, (404, 720)),
        ({"width": 320, "height": 240}, 720, (320, 240)),
        ({"width": 321, "height": 241}, 720, (320, 240)),
        ({"width": 4000, "height": 20}, 720, (1280, 16)),
    ],
)  # fmt: skip
def test_a_picture_keeps_its_shape_in_square_pixels(
    video: dict[str, Any], lines: int, shape: tuple[int, int]
) -> None:
    """Never larger than it was, never beyond level 3.1, without borders."""
    one = piece(video=video | {"codec": "vp9"}, medium={"height": lines})
    found = decision_of(one).shape

    assert (found.width, found.height) == shape
    graph = after(line(pc_steps(one, SHOP)), "-filter_complex")
    assert f"scale={shape[0]}:{shape[1]}" in graph and "setsar=1" in graph
    assert "pad=" not in graph.replace("tpad=", "")


def test_borders_of_its_own_go_where_it_is_encoded_anyway() -> None:
    """What is inside them keeps its shape."""
    found = decision_of(
        piece(video={"codec": "vp9"}, picture={"active": Box(0, 90, 1280, 540)})
    ).shape

    assert (found.width, found.height) == (1280, 540)


@pytest.mark.parametrize(
    ("rate", "size", "shown"),
    [
        (Fraction(25), (1280, 720), Fraction(25)),
        (Fraction(24_000, 1001), (1280, 720), Fraction(24_000, 1001)),
        (Fraction(30), (1280, 720), Fraction(30)),
        (Fraction(50), (1280, 720), Fraction(25)),
        (Fraction(60_000, 1001), (1280, 720), Fraction(30_000, 1001)),
        (Fraction(50), (720, 576), Fraction(50)),
        (Fraction(60), (640, 480), Fraction(60)),
        (Fraction(60), (720, 576), Fraction(60)),
        (Fraction(120), (640, 480), Fraction(30)),
        (Fraction(15), (640, 480), Fraction(30)),
        (Fraction(10), (640, 480), Fraction(30)),
        (Fraction(2), (640, 480), Fraction(24)),
        (Fraction(20), (640, 480), Fraction(25)),
    ],
)
def test_the_rate_is_the_sources_own(
    rate: Fraction, size: tuple[int, int], shown: Fraction
) -> None:
    """Constant; halved where it is beyond the level, several times its own where it is too slow."""
    width, height = size
    video = {"codec": "vp9", "width": width, "height": height, "rate": rate}
    found = made(video=video, picture={"rate": rate})

    assert after(line(found), "-r") == str(shown)
    assert "PTS*" not in after(line(found), "-filter_complex")


def test_uneven_pictures_come_at_an_even_rate() -> None:
    """The next usual one above their average."""
    for average, shown in ((Fraction(167, 10), "24000/1001"), (Fraction(28), "30000/1001")):
        found = made(video={"codec": "vp9"}, picture={"rate": average, "steady": False})

        assert after(line(found), "-r") == shown


def test_film_comes_out_of_its_pulldown_and_fields_become_pictures() -> None:
    """The chains of a disc, at the source's own rate."""
    film = made(picture={"order": "film", "rate": Fraction(30_000, 1001)})
    woven = made(picture={"order": "top"})

    assert after(line(film), "-r") == "24000/1001"
    assert "fieldmatch" in after(line(film), "-filter_complex")
    assert "bwdif=deint=interlaced:mode=send_frame" in after(line(woven), "-filter_complex")


def test_whatever_rate_was_asked_for_it_plays_at_its_own_pace() -> None:
    """A treatment for a disc of 25 pictures a second would speed a film up."""
    one = piece(video={"codec": "vp9", "rate": Fraction(24)}, picture={"rate": Fraction(24)})
    quick = decide(Asked(one.source, one.analysis, Fraction(25)))
    found = pc_steps(replace(one, treatment=quick), SHOP)

    assert quick.speed == Fraction(25, 24)
    assert found.seconds == pytest.approx(600.0)
    assert found.steps == pc_steps(one, SHOP).steps
    assert "speed-up" not in {one.what for one in found.reasons}


def test_large_pictures_are_of_bt709_small_ones_of_bt601() -> None:
    """As players take them where they do not read what the file says; and it says so."""
    large = after(line(made(picture={"order": "top"})), "-filter_complex")
    small = after(line(made(picture={"order": "top"}, medium={"height": 576})), "-filter_complex")

    assert "out_color_matrix=bt709" in large
    assert "setparams=color_primaries=bt709" in large
    assert "setparams=color_primaries=smpte170m" in small


def test_no_sound_is_no_track_and_no_picture_is_a_card() -> None:
    """A silent file gets no silence; an aria gets its title."""
    silent = made(
        video={"codec": "vp9"}, source={"streams": (replace(SEEN, codec="vp9"),)},
        analysis={"sounds": ()},
    )  # fmt: skip
    aria = made(
        source={"streams": (replace(HEARD, index=0, codec="mp3"),), "name": "a.mp3"},
        analysis={"picture": None, "sounds": (replace(SOUND, index=0),)},
        medium={"height": 576},
    )
    card, video, poster = aria.steps

    assert "-c:a" not in line(silent) and "anullsrc" not in str(line(silent))
    assert isinstance(card, Card) and (card.width, card.height) == (1024, 576)
    assert isinstance(video, Encode) and FromStep(key(card), card.name) in video.inputs
    assert isinstance(poster, Encode) and poster.inputs == (FromStep(key(card), card.name),)
    assert after(video.arguments, "-framerate") == "1" and after(video.arguments, "-r") == "25"
    assert aria.video.bytes < 30_000_000


def test_subtitles_lie_beside_or_are_burnt_in() -> None:
    """A file or a track; as large as the picture is, and never wider."""
    beside = made(source={"sidecars": (SRT,)})
    inside = made(
        source={"streams": (SEEN, HEARD, OtherStream(2, "subtitle", "subrip"))},
        analysis={"subtitles": (LINES,)},
    )
    burnt = made(source={"sidecars": (SRT,)}, medium={"captions": "burnt-in"})
    narrow = made(
        video={"width": 1080, "height": 1920, "codec": "vp9"},
        source={"sidecars": (SRT,)}, medium={"captions": "burnt-in"},
    )  # fmt: skip

    assert [type(one) for one in beside.steps] == [Encode, WebVtt]
    assert beside.way == "untouched" and beside.captions is not None
    assert beside.captions.bytes > 2 * SRT.bytes
    assert beside.steps[1].inputs == (FromSource("c" * 64, ".srt"),)
    (track,) = [one for one in inside.steps if isinstance(one, WebVtt)]
    assert (track.stream, track.inputs) == (2, (FromSource("a" * 64, ".mp4"),))
    assert inside.way == "remuxed"
    assert isinstance(burnt.steps[0], Captions) and burnt.captions is None
    assert burnt.steps[0].lines == 288
    assert "original_size=1280x720" in after(line(burnt), "-filter_complex")
    assert isinstance(narrow.steps[0], Captions) and narrow.steps[0].lines > 600


def test_the_bound_goes_by_size_rate_and_source() -> None:
    """What a picture may take at most is known before it is made, and no more than it is worth."""

    def most(**changes: Any) -> int:
        return int(after(line(made(**changes)), "-maxrate")[:-1])

    tall = {"picture": {"order": "top", "bit_rate": 8_000_000}}
    assert most(**tall) == 3000
    assert most(**tall, medium={"height": 576}) == 2200
    assert most(**tall, medium={"height": 480}) == 1600
    assert most(picture={"order": "top", "bit_rate": 400_000}) == 1200
    assert most(video={"codec": "av1"}, picture={"bit_rate": 86_000}) == 430
    assert most(video={"codec": "av1"}, picture={"bit_rate": 9_000}) == 300
    fast = {"width": 720, "height": 576, "codec": "vp9", "rate": Fraction(50)}
    assert most(video=fast, picture={"rate": Fraction(50), "bit_rate": 8_000_000}) == 3300

    one = piece(**tall)
    steps = pc_steps(one, SHOP)
    assert 600 * 3_128_000 / 8 < steps.video.bytes < 600 * 3_300_000 / 8
    assert most_bytes(one) == steps.video.bytes + steps.poster.bytes


def test_the_same_episode_gives_the_same_steps_and_each_choice_its_own() -> None:
    """Keys go by what decides the bytes."""
    one = made(picture={"order": "top"})
    fast = made(picture={"order": "top"}, medium={"quality": "fast"})
    small = made(picture={"order": "top"}, medium={"height": 480})

    assert one == made(picture={"order": "top"})
    assert len({key(each.steps[0]) for each in (one, fast, small)}) == 3
    assert after(line(fast), "-preset") == "veryfast" and after(line(one), "-preset") == "medium"
    assert effort(one.steps[0]) > 1.3 * effort(fast.steps[0]) > 10


def test_several_episodes_are_told_apart() -> None:
    """The number is in the name of what is made, which a card shows."""
    one = piece()
    many = replace(one.programme, episodes=(Episode(1, "a" * 64), Episode(2, "b" * 64)))

    assert one.name == "三滴血"
    assert replace(one, programme=many, number=2).name == "三滴血 第2集"


def test_every_decision_is_told_in_both_languages() -> None:
    """With its reason, nothing left to fill in."""
    episodes = [
        made(),
        made(source={"container": "matroska,webm"}),
        made(sound={"profile": "HE-AAC"}),
        made(picture={"order": "top"}, source={"sidecars": (SRT,)}),
        made(source={"streams": (SEEN,)}, analysis={"sounds": ()}),
        made(analysis={"subtitles": (replace(LINES, text=False),)}),
        made(analysis={"subtitles": (replace(LINES, chinese=False),)}),
    ]
    reasons = [reason for one in episodes for reason in one.reasons]
    assert {one.what for one in reasons} >= {
        "pc-untouched", "pc-remuxed", "pc-sound-made", "pc-encoded", "pc-captions", "pc-silence",
        "pc-captions-pictures", "pc-captions-foreign",
    }  # fmt: skip
    for reason in reasons:
        english = tell(reason)
        words.speak("zh")
        chinese = tell(reason)
        words.speak("en")

        assert english != chinese and not set("{}?") & set(english + chinese)
        assert not english.startswith("pc-")
    encoded = next(one for one in reasons if one.what == "pc-encoded")
    words.speak("zh")
    assert tell(encoded) == "为电脑重新编码，1280×720，每秒 25 幅（画面是隔行的）"
