"""Whatever people write, name and drop in: a clear line, the right exit code, and nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
RECIPE = """\
recipe: all
title: 全部
copies: 1
order: fixed
select:
  - all: yes
target:
  video-cd: {standard: pal, disc: 80, quality: fast}
"""
COMMAND = [sys.executable, "-m", "pipeline"]


def run(
    root: Path, *words: str, code: int = 0, before: tuple[str, ...] = (), lang: str = "en"
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does; any other end than the expected one is shown whole."""
    done = subprocess.run(
        [*before, *COMMAND, "--workspace", str(root), "--lang", lang, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


def listed(root: Path) -> list[dict[str, object]]:
    """The programmes of a workspace."""
    return list(json.loads(run(root, "programmes", "--json").stdout))


@pytest.fixture(scope="module")
def clips(ffmpeg_run: Callable[..., Path]) -> list[Path]:
    """Three programmes of two seconds, each with another sound."""
    return [
        ffmpeg_run(
            f"{title}.mp4",
            *("-f", "lavfi", "-i", f"testsrc2=s=320x240:r=25:d={seconds}"),
            *("-f", "lavfi", "-i", f"sine=f={300 * seconds}:d={seconds}"),
            *("-c:v", "mpeg4", "-q:v", "6", "-c:a", "aac"),
        )
        for title, seconds in (("苹果修剪", 1), ("养蜂", 2), ("血压", 3))
    ]


@pytest.fixture(scope="module")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("empty") / "w"
    run(root, "init")
    (root / "recipes" / "all.yaml").write_text(RECIPE, "utf-8")
    return root


@pytest.fixture
def fresh(_empty: Path, tmp_path: Path) -> Path:
    """A workspace with nothing in it but a recipe of all there is."""
    return Path(shutil.copytree(_empty, tmp_path / "w"))


@pytest.fixture(scope="module")
def _built(_empty: Path, clips: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(_empty, tmp_path_factory.mktemp("built") / "w"))
    run(root, "add", *map(str, clips), "--rights", "national")
    run(root, "build", "all")
    return root


@pytest.fixture(scope="module")
def whole(_built: Path) -> bytes:
    """The image that the three clips give."""
    return next(_built.glob("editions/*/disc-01.bin")).read_bytes()


@pytest.fixture
def held(_built: Path, tmp_path: Path) -> Path:
    """A workspace that holds the three clips, and of which nothing is made yet."""
    root = Path(shutil.copytree(_built, tmp_path / "w"))
    for made in (*(root / "editions").iterdir(), *(root / "workroom").iterdir()):
        if made.is_dir():
            shutil.rmtree(made)
    return root


# -- recipes ------------------------------------------------------------------------------------


def test_all_mistakes_of_a_recipe_are_told_at_once(held: Path) -> None:
    """Ten keys written wrong: a line each, in the order of the file, and nothing is begun."""
    (held / "recipes" / "ten.yaml").write_text(
        "recipe: Ten\n"
        "title: ''\n"
        "copys: 50\n"
        "order: best_fit\n"
        "rights: 2026\n"
        "select:\n"
        "  - subject: [AGR.GREENHOSE]\n"
        "    months: [11, 13]\n"
        "  - programmes: [P0001, P0200]\n"
        "    at_most: six\n"
        "target:\n"
        "  video-cd: {standard: pla, disc: 90}\n",
        "utf-8",
    )
    for verb in ("plan", "build"):
        said = run(held, verb, "ten", code=2).stderr.splitlines()
        lines = [int(line.split(":")[1]) for line in said]

        assert set(lines) == {1, 2, 3, 4, 5, 7, 8, 9, 10, 12}
        assert lines == sorted(lines)
        assert all(line.startswith(f"{held}/recipes/ten.yaml:") for line in said)
        assert all(line.count(" — ") == 2 for line in said)
    assert [*(held / "editions").iterdir()] == []


def test_an_unknown_recipe_is_answered_with_those_there_are(held: Path) -> None:
    """The names that could have been meant."""
    said = run(held, "build", "al", code=2).stderr

    assert said.startswith("al: there is no such recipe — name a file, or one of these: all, ")


@pytest.mark.parametrize(
    ("given", "meant"), [("P001", "did you mean P0001?"), ("X", "see: xiaxiang programmes")]
)
def test_an_unknown_programme_is_answered_with_the_nearest(
    given: str, meant: str, held: Path
) -> None:
    """One letter wrong gives the id; far off, the verb that lists them."""
    said = run(held, "programme", given, code=2).stderr

    assert said == f"{given}: there is no programme of this id — {meant}\n"


def test_a_recipe_that_nothing_fits_makes_nothing(fresh: Path, clips: list[Path]) -> None:
    """Programmes whose rights nobody confirmed are left out: exit 2, nothing is made."""
    run(fresh, "add", str(clips[0]))
    said = run(fresh, "build", "all", code=2).stderr

    assert "no programme of the catalogue may go on this disc" in said
    assert "苹果修剪" in run(fresh, "plan", "all").stdout
    assert [*(fresh / "editions").iterdir()] == []


# -- files --------------------------------------------------------------------------------------


Unreadable = dict[str, tuple[bytes, str]]


@pytest.fixture(scope="module")
def unreadable(
    ffmpeg_run: Callable[..., Path], clips: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Unreadable:
    """Files that are no programmes, by name, and what is said of each."""
    text = tmp_path_factory.mktemp("text") / "text.srt"
    text.write_text("1\n00:00:00,000 --> 00:00:02,000\n字幕\n", "utf-8")
    titles = ffmpeg_run("titles.mkv", "-i", str(text), "-c:s", "srt")
    streams = ffmpeg_run("stream.mkv", "-i", str(clips[0]), "-c", "copy")
    data = clips[2].read_bytes()
    return {
        "empty.mp4": (b"", "the file is empty — download it again"),
        "cut.mp4": (data[: len(data) // 2], "no player could open it"),
        "text.mp4": ("这是一段文字，不是视频。\n".encode() * 50, "no player could open it"),
        "header.mkv": (streams.read_bytes()[:300], "no player could open it"),
        "titles.mkv": (titles.read_bytes(), "it holds neither picture nor sound"),
        "zeros.avi": (bytes(100_000), "no player could open it"),
    }


def test_files_that_are_no_programmes_are_named_one_by_one(
    fresh: Path, unreadable: Unreadable, clips: list[Path], tmp_path: Path
) -> None:
    """Empty, cut off, a text, without streams: each with its reason; the good one is taken."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    for name, (data, _told) in unreadable.items():
        (folder / name).write_bytes(data)
    shutil.copyfile(clips[0], folder / clips[0].name)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = run(fresh, "add", str(folder), str(folder / "gone.mp4"), code=3)

    reasons = {name: told for name, (_data, told) in unreadable.items()}
    for name, told in {**reasons, "gone.mp4": "there is no such file"}.items():
        assert done.stderr.count(f"not added: {folder}/{name} — {told}") == 1
    assert "1 files added, 0 already there, 7 not added" in done.stdout
    assert [one["title"] for one in listed(fresh)] == ["苹果修剪"]
    assert len([*(fresh / "library").iterdir()]) == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """A folder that may not be looked into, and what to put before a command so that this holds
    for root too: a user namespace in which the folder's owner is nobody that root rules over.
    """
    folder = tmp_path / "downloads" / "closed"
    folder.mkdir(parents=True)
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        before = ("unshare", "--user", "--map-root-user")
        if not shutil.which("unshare") or subprocess.run([*before, "true"], check=False).returncode:
            pytest.skip("root reads every folder, and there are no user namespaces here")
        os.chown(folder, 12_345, 12_345)
    folder.chmod(0)
    yield folder, before
    folder.chmod(0o700)


def test_a_folder_that_cannot_be_read_is_named(
    fresh: Path, closed: tuple[Path, tuple[str, ...]], clips: list[Path]
) -> None:
    """The folder and the reason; the file beside it is taken in all the same."""
    folder, before = closed
    shutil.copyfile(clips[0], folder.parent / clips[0].name)
    done = run(fresh, "add", str(folder.parent), code=3, before=before)

    assert f"{folder} — the folder cannot be read: Permission denied" in done.stderr
    assert "1 files added, 0 already there, 1 not added" in done.stdout


NAMES = [
    "引号\"'`$(id);.mp4".encode(),
    "[方括号] {name} %s *.mp4".encode(),
    "末尾空格 .mp4 ".encode(),
    b"-dash.mp4",
    "表情😀🌾.mp4".encode(),
    ("长" * 83 + "ab.mp4").encode(),
    "国庆汇演.mp4".encode("gbk"),
    b"bytes \xff\xfe.mp4",
    "两\n行.mp4".encode(),
    "反\\斜:线.mp4".encode(),
]


def test_odd_names_are_added_planned_built_and_verified(
    fresh: Path, clips: list[Path], tmp_path: Path
) -> None:
    """Quotes, brackets, blanks at the end, emoji, 255 bytes, GBK bytes and worse."""
    folder = tmp_path / "names"
    folder.mkdir()
    data = clips[0].read_bytes()
    for number, name in enumerate(NAMES):
        (folder / os.fsdecode(name)).write_bytes(data + bytes(8 * number))
    run(fresh, "add", str(folder), "--rights", "national")
    titles = {str(one["title"]) for one in listed(fresh)}

    assert len(titles) == len(NAMES)
    assert {"国庆汇演", "表情"} <= titles
    assert len(json.loads(run(fresh, "plan", "all", "--json").stdout)["discs"][0]["tracks"]) == 10
    record = json.loads(run(fresh, "build", "all", "--json").stdout)
    run(fresh, "verify", str(fresh / "editions" / record["edition"]))
    assert {track["title"] for track in record["volumes"][0]["tracks"]} == titles
    assert sorted(os.fsencode(path.name) for path in folder.iterdir()) == sorted(NAMES)


def test_a_name_that_is_no_text_cannot_stay_where_it_is(
    fresh: Path, clips: list[Path], tmp_path: Path
) -> None:
    """Used in place, the name would have to be written into the books: it is refused, by name."""
    place = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb9\xfa\xc7\xec.mp4"))
    shutil.copyfile(clips[0], place)
    said = run(fresh, "add", "--in-place", str(place), code=3).stderr

    assert "its name holds bytes that are no text — rename it, or add it without" in said


def test_two_programmes_of_the_same_title_are_two(
    fresh: Path, clips: list[Path], tmp_path: Path
) -> None:
    """A sheet that gives them two ids keeps them apart, down to the disc."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("编号,题名,文件\nP0007,重名,a.mp4\nP0008,重名,b.mp4\n", "utf-8")
    files = [
        Path(shutil.copyfile(one, tmp_path / f"{n}.mp4"))
        for one, n in zip(clips[:2], "ab", strict=True)
    ]
    run(fresh, "add", *map(str, files), "--sheet", str(sheet), "--rights", "national")
    record = json.loads(run(fresh, "build", "all", "--json").stdout)
    tracks = [(one["programme"], one["title"]) for one in record["volumes"][0]["tracks"]]

    assert tracks == [("P0007", "重名"), ("P0008", "重名")]


# -- sheets -------------------------------------------------------------------------------------


def excel(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["题名", "分类号"], ["节目一", 4500], ["节目二", "S63"]):
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("head.csv", "名字,文件\n一,a.mp4\n", ':1: "名字" — no column of this name is known — did'),
        ("date.csv", "题名,日期\n一,2026-13-45\n", ':2: 日期 — "2026-13-45": there is no such day'),
        ("class.csv", "题名,分类号\n一,3.60E+02\n", ":2: 分类号 — 3.60E+02 is a bare number"),
        ("class.xlsx", "", ":2: 分类号 — 4500 is a bare number: the letter is missing"),
        ("gone.csv", "", ": there is no such file"),
        ("binary.csv", "\0\1\2", ""),
    ],
)
def test_a_sheet_with_a_mistake_takes_nothing_in(
    name: str, text: str, line: str, fresh: Path, clips: list[Path], tmp_path: Path
) -> None:
    """Told with its row and column, by `add` and `import` alike; no file is begun."""
    sheet = tmp_path / name
    if name.endswith(".xlsx"):
        excel(sheet)
    elif name != "gone.csv":
        sheet.write_text(text, "utf-8")
    for words in (["add", str(clips[0]), "--sheet", str(sheet)], ["import", str(sheet)]):
        said = run(fresh, *words, code=2)

        assert said.stderr.startswith(f"{sheet}{line}")
        assert said.stdout == ""
    assert listed(fresh) == []
    assert [*(fresh / "library").iterdir()] == []


# -- files that change after they were added ----------------------------------------------------


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60_000])


def overwritten(path: Path) -> None:
    path.write_bytes(b"x" * path.stat().st_size)


def retouched(path: Path) -> None:
    """One bit of a picture: it plays, its size is the same, and yet it is another file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def gone(path: Path) -> None:
    path.unlink()


def encoded(root: Path) -> dict[Path, int]:
    """The finished streams of a workroom, by place, with the files' own numbers."""
    return {path: path.stat().st_ino for path in root.glob("workroom/*/out/video.m1v")}


@pytest.mark.parametrize("spoil", [cut, overwritten, retouched, gone])
def test_a_bad_programme_never_stops_the_others(
    spoil: Callable[[Path], None], held: Path, whole: bytes
) -> None:
    """Its file was changed after it was added: exit 3 names it, the others are encoded and kept;
    with the file back again only this one is encoded.
    """
    (bad,) = held.glob("library/养蜂~*.mp4")
    data = bad.read_bytes()
    spoil(bad)
    said = run(held, "build", "all", code=3).stderr

    assert said.count("failed: ") == 1
    assert f"failed: 养蜂: {bad} — " in said
    assert "the same command tries these again" in said
    kept = encoded(held)
    assert len(kept) == 2
    assert [*(held / "editions").iterdir()] == []

    again = run(held, "build", "all", code=3).stderr
    assert again.count("failed: ") == 1
    assert encoded(held) == kept

    bad.write_bytes(data)
    run(held, "build", "all")
    assert kept.items() <= encoded(held).items()
    assert next(held.glob("editions/*/disc-01.bin")).read_bytes() == whole


def test_a_file_left_in_place_that_is_changed_is_named(
    fresh: Path, clips: list[Path], tmp_path: Path
) -> None:
    """Where nothing is copied, the owner may go on editing: the build says whose file it was."""
    place = Path(shutil.copyfile(clips[0], tmp_path / clips[0].name))
    run(fresh, "add", "--in-place", str(place), str(clips[1]), "--rights", "national")
    with place.open("ab") as file:
        file.write(b"more")
    size = clips[0].stat().st_size
    said = run(fresh, "build", "all", code=3).stderr

    assert f"{place} — the file has {size + 4} bytes, the catalogue knows {size}" in said
    assert len(encoded(fresh)) == 1
    run(fresh, "add", "--in-place", str(place), "--rights", "national")
    run(fresh, "build", "all")


def test_the_log_of_a_failed_encoding_can_be_read_afterwards(
    fresh: Path, clips: list[Path], tmp_path: Path
) -> None:
    """An encoder that fails: the line names a log, and the log is there."""
    run(fresh, "add", str(clips[0]), "--rights", "national")
    broken = tmp_path / "ffmpeg"
    broken.write_text(
        "#!/bin/sh\ncase \"$*\" in *-version*) echo 'ffmpeg version broken';; "
        "*) echo 'the cause'; exit 1;; esac\n"
    )
    broken.chmod(0o755)
    (fresh / "xiaxiang.yaml").write_text(f"ffmpeg: {broken}\n", "utf-8")
    said = run(fresh, "build", "all", code=3).stderr
    log = Path(said.splitlines()[0].rpartition("(")[2].rstrip(")"))

    assert "failed: 苹果修剪: running ffmpeg — the cause — look at the log" in said
    assert log.parent == fresh / "logs"
    assert log.read_text() == "the cause\n"


def test_an_ffmpeg_that_is_not_there_is_told(held: Path) -> None:
    """The setting that names it, and how to mend it; nothing is begun."""
    (held / "xiaxiang.yaml").write_text("ffmpeg: /nowhere/ffmpeg\n", "utf-8")
    said = run(held, "build", "all", code=3).stderr

    assert "/nowhere/ffmpeg is not a program — correct `ffmpeg` in xiaxiang.yaml" in said


# -- answers ------------------------------------------------------------------------------------


def test_every_answer_in_json_can_be_read(_built: Path, clips: list[Path], tmp_path: Path) -> None:
    """On stdout stands one JSON value and nothing else, whatever is said beside it."""
    root = Path(shutil.copytree(_built, tmp_path / "w"))
    edition = next((root / "editions").iterdir())
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("题名,语种\n养蜂,zh\n", "utf-8")
    answers = [
        ["add", str(clips[0])],
        ["import", str(sheet)],
        ["programmes"],
        ["programme", "P0001"],
        ["plan", "all"],
        ["build", "all"],
        ["verify", str(edition)],
        ["verify", str(edition / "disc-01.cue")],
    ]
    for words in answers:
        assert json.loads(run(root, *words, "--json").stdout)
    assert json.loads(run(root, "schema").stdout)["properties"]
    bad = run(root, "add", "--json", str(tmp_path / "gone.mp4"), code=3)
    assert len(json.loads(bad.stdout)["not_added"]) == 1


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["programmes"], 0, "3 个节目"),
        (["plan", "all"], 0, "全部：1 张盘"),
        (["build", "al"], 2, "没有这个配方"),
        (["programme", "P001"], 2, "没有这个编号的节目"),
        (["verify", "nowhere"], 2, "没有"),
        (["add", "nowhere.mp4"], 3, "没有"),
        (["build", "all"], 0, "已经做好"),
    ],
)
def test_whoever_asks_in_chinese_is_answered_in_chinese(
    words: list[str], code: int, told: str, _built: Path
) -> None:
    """Answers, refusals and failures alike."""
    said = run(_built, *words, code=code, lang="zh")

    assert told in said.stdout + said.stderr
