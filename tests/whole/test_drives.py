"""The life of a drive by the command: registered, filled, read, sent home, refreshed, refused."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundle.page import captions
from pipeline.bundle.page.phone_code import check_digits

Peer = Callable[[str], str]
TODAY = date.today()
OPERA, FARM, SHEEP, COLD = "P0001", "P0002", "P0003", "P0004"
BAG = {
    "data/戏曲艺术/三滴血.mp4", "data/戏曲艺术/三滴血.jpg", "data/农业科技/温棚黄瓜.mp4",
    "data/农业科技/温棚黄瓜.jpg", "data/养殖技术/母羊护理.mp4", "data/养殖技术/母羊护理.jpg",
    "data/卫生保健/冬季保健.mp4", "data/卫生保健/冬季保健.jpg", "data/卫生保健/冬季保健.vtt",
}  # fmt: skip


def files_in(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def drives(county: Any, tmp_path: Path) -> list[str]:
    """Two folders that stand for the registered drives of two sites."""
    paths = [tmp_path / "d1", tmp_path / "d2"]
    for path, site in zip(paths, "TU", strict=True):
        path.mkdir()
        county.said("drive", "register", str(path), "--site", site)
    return [str(path) for path in paths]


@pytest.fixture
def filled(county: Any, drives: list[str]) -> list[str]:
    """The same two, with their first edition."""
    county.said("drive", "refresh", *drives)
    return drives


def recipe(county: Any, select: str, target: str = "sites: {all: yes}, keep_free: 0%") -> None:
    text = f"recipe: drives\ntitle: 移动硬盘\nselect:\n{select}\n"
    county.recipe("drives", text + f"target:\n  site-drive: {{quality: fast, {target}}}\n")


# -- registered ---------------------------------------------------------------------------------


def test_a_drive_gets_its_identity_once(county: Any, drives: list[str]) -> None:
    """The same again is fine; for another site it is refused; `--again` makes it another drive."""
    first = json.loads(Path(drives[0], "_delivery/drive.json").read_bytes())
    again = county.said("drive", "register", drives[0], "--site", "T")
    other = county.said("drive", "register", drives[0], "--site", "U", code=2)
    county.said("drive", "register", drives[0], "--site", "U", "--again")
    anew = json.loads(Path(drives[0], "_delivery/drive.json").read_bytes())

    assert "It bears its identity already." in again
    assert "it is D1 of T already" in other
    assert (first["drive"], anew["drive"]) == ("D1", "D2")
    assert first["token"] != anew["token"]
    assert len(county.events("enrolled")) == 3


def test_a_site_without_a_drive_gets_one_with_a_number(county: Any, tmp_path: Path) -> None:
    """Of V the register knows no drive: the number is said, and then it is in the register."""
    path = tmp_path / "new"
    path.mkdir()
    without = county.said("drive", "register", str(path), "--site", "V", code=2)
    made = county.answer("drive", "register", str(path), "--site", "V", "--drive", "D3")
    unknown = county.said("drive", "register", str(path), "--site", "TT", code=2)
    (listed,) = [one for one in county.answer("drive", "list") if one["id"] == "D3"]

    assert "no drive is meant for V — give it a number" in without
    assert (made["drive"], made["site"], made["token"]) == ("D3", "V", "")
    assert listed["home"] == "V"
    assert "TT" in unknown


def test_where_several_are_meant_for_a_site_it_is_asked_which(county: Any, tmp_path: Path) -> None:
    """The refusal names them."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    county.said("drive", "register", str(tmp_path / "one"), "--site", "T", "--drive", "D9")
    said = county.said("drive", "register", str(tmp_path / "two"), "--site", "T", code=2)

    assert "2 drives are meant for T — say which: --drive D1 or D9" in said


# -- planned and filled -------------------------------------------------------------------------


def test_a_plan_touches_nothing_and_a_refresh_does_what_it_said(
    county: Any, drives: list[str]
) -> None:
    """Two drives in one call: each is planned, filled, sealed, entered, and has nothing to do."""
    before = [files_in(Path(drive)) for drive in drives]
    plan = county.answer("drive", "plan", *drives)
    assert [files_in(Path(drive)) for drive in drives] == before
    done = county.answer("drive", "refresh", *drives)
    again = county.said("drive", "refresh", *drives)
    standing = [county.answer("drive", "show", drive)["editions"] for drive in ("D1", "D2")]

    assert [one["drive"] for one in plan["drives"]] == ["D1", "D2"]
    assert all(set(one["copied"]) == BAG for one in plan["drives"])
    assert all(one["ok"] and one["result"]["copied"] == 9 for one in done["drives"])
    assert all(files_in(Path(drive)) > BAG for drive in drives)
    assert again.count("nothing to do") == 2
    assert [[one["number"] for one in each] for each in standing] == [[1], [1]]
    assert [one["root"] for one in done["drives"]] == [each[0]["root"] for each in standing]


def test_other_tools_accept_what_was_filled(county: Any, filled: list[str], peer: Peer) -> None:
    """`sha256sum -c` on both manifests of each drive."""
    for drive in filled:
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            command = [peer("sha256sum"), "-c", "--strict", "--quiet", manifest]
            assert subprocess.run(command, cwd=drive, check=False).returncode == 0


def test_a_programme_less_and_more(county: Any, filled: list[str]) -> None:
    """Only what changed is copied and only what is left out goes; people's files stay."""
    drive = Path(filled[0])
    (drive / "婚礼.mp4").write_bytes(b"wedding")
    (drive / "data" / "戏曲艺术" / "村里自己拍的.mp4").write_bytes(b"ours")
    recipe(county, "  - all: yes\nleave_out: [P0001]")
    less = county.answer("drive", "refresh", filled[0])["drives"][0]
    recipe(county, "  - all: yes")
    more = county.answer("drive", "refresh", filled[0])["drives"][0]

    assert sorted(less["removed"]) == ["data/戏曲艺术/三滴血.jpg", "data/戏曲艺术/三滴血.mp4"]
    assert less["copied"] == []
    assert sorted(more["copied"]) == ["data/戏曲艺术/三滴血.jpg", "data/戏曲艺术/三滴血.mp4"]
    assert more["removed"] == []
    assert (drive / "婚礼.mp4").read_bytes() == b"wedding"
    assert (drive / "data" / "戏曲艺术" / "村里自己拍的.mp4").read_bytes() == b"ours"
    assert {one["name"] for one in more["people"]} == {"婚礼.mp4", "data/戏曲艺术/村里自己拍的.mp4"}


def test_a_programme_in_another_file(county: Any, filled: list[str]) -> None:
    """Its subtitles are burnt in now: the new file comes beside the old one, which goes after it;
    the programme is neither new nor away.
    """
    recipe(county, "  - all: yes", "sites: {all: yes}, captions: burnt-in, keep_free: 0%")
    told = county.said("drive", "plan", filled[0])
    done = county.answer("drive", "refresh", filled[0])["drives"][0]
    page = (Path(filled[0]) / "开始.html").read_text("utf-8")
    lie = {path for path in files_in(Path(filled[0])) if "冬季保健" in path}

    assert "new: " not in told
    assert "no more: " not in told
    assert "data/卫生保健/冬季保健.mp4" in done["removed"]
    assert len(done["copied"]) == len(lie) == 2
    assert all(path.rpartition("/")[2] in page for path in lie)
    assert county.answer("drive", "verify", filled[0], "--deep")["ok"]


def test_a_programme_that_was_left_out_loses_its_place_on_the_page(
    county: Any, filled: list[str]
) -> None:
    """What the page offers is what lies there; what is new is marked."""
    recipe(county, "  - all: yes\nleave_out: [P0001]")
    county.said("drive", "refresh", filled[0])
    page = (Path(filled[0]) / "开始.html").read_text("utf-8")

    assert "三滴血" not in page
    assert "温棚黄瓜" in page


def test_the_reason_why_a_programme_is_not_on_a_drive(county: Any, drives: list[str]) -> None:
    """A quota of nothing for sheep: told by the plan of the recipe and by that of the drive."""
    recipe(county, "  - all: yes", "sites: {all: yes}, quota: {LIV: 0%}, keep_free: 0%")
    told = county.said("plan", "drives")
    drive = county.said("drive", "plan", drives[0])
    zh = county.said("drive", "plan", drives[0], lang="zh")
    (left,) = county.answer("drive", "plan", drives[0])["drives"][0]["left_out"]

    assert "P0003 母羊护理" in told
    assert (left["programme"], left["reason"]) == (SHEEP, "quota")
    assert left["told"] in drive
    assert "母羊护理" in zh


def test_captions_that_the_page_cannot_hold_are_told(
    county: Any, drives: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They lie beside their films, and the screen names them."""
    monkeypatch.setattr(captions, "MOST_BYTES", 10)
    told = county.said("drive", "refresh", drives[0])
    (said,) = county.answer("drive", "refresh", drives[1])["drives"]

    assert "1 films are not shown by the page" in told
    assert said["mute"] == ["data/卫生保健/冬季保健.vtt"]
    assert Path(drives[1], said["mute"][0]).is_file()


# -- checked ------------------------------------------------------------------------------------


def test_verify_by_its_depth(county: Any, filled: list[str]) -> None:
    """A turned bit: quick says what it does not see, deep ends with exit 4 and names the file; a
    refresh with `--deep` mends it, and then every byte is as it should be.
    """
    path = Path(filled[0]) / "data/戏曲艺术/三滴血.mp4"
    data = bytearray(path.read_bytes())
    path.write_bytes(data[:1000] + bytes([data[1000] ^ 1]) + data[1001:])
    quick = county.said("drive", "verify", filled[0])
    deep = county.said("drive", "verify", filled[0], "--deep", code=4)
    mended = county.said("drive", "refresh", filled[0], "--deep")
    after = county.answer("drive", "verify", filled[0], "--deep")

    assert "only found with --deep" in quick
    assert "data/戏曲艺术/三滴血.mp4" in deep
    assert "copied 1" in mended
    assert after["ok"]
    assert after["findings"] == []
    assert len(county.events("checked")) >= 3
    shown = county.said("drive", "show", "D1", lang="zh")
    assert "快速校验  与台账不符" not in shown
    assert "完整校验  与台账不符  发现 1 处" in shown
    assert "写入身份" in shown


def test_a_programme_that_is_gone_is_put_there_again(county: Any, filled: list[str]) -> None:
    """Deleted by hand: quick tells it, and a refresh brings it."""
    (Path(filled[0]) / "data/农业科技/温棚黄瓜.mp4").unlink()
    said = county.answer("drive", "verify", filled[0], code=4)
    county.said("drive", "refresh", filled[0])

    assert [one["path"] for one in said["findings"]] == ["data/农业科技/温棚黄瓜.mp4"]
    assert county.answer("drive", "verify", filled[0], "--deep")["ok"]


def test_a_drive_that_was_never_filled_has_nothing_to_verify(
    county: Any, drives: list[str]
) -> None:
    """Exit 2, and what to do."""
    said = county.said("drive", "verify", drives[0], code=2)

    assert "no edition was put onto it yet" in said


def test_signed_and_forged(county: Any, drives: list[str]) -> None:
    """With a key every edition is signed; without its signature, or with another's, it is told."""
    assert "signed" in county.said("drive", "key")
    assert "already" in county.said("drive", "key")
    county.said("drive", "refresh", *drives)
    good = county.answer("drive", "verify", drives[0])
    one, other = (Path(drive) / "_delivery/signature.json" for drive in drives)
    shutil.copyfile(other, one)
    forged = county.answer("drive", "verify", drives[0], code=4)
    one.unlink()
    without = county.answer("drive", "verify", drives[0], code=4)

    assert good["findings"] == []
    assert [found["kind"] for found in forged["findings"]] == ["signature"]
    assert [found["kind"] for found in without["findings"]] == ["signature"]
    mode = (county.root / "keys/drives.pem").stat().st_mode
    assert mode & 0o077 == 0


# -- home again ---------------------------------------------------------------------------------


def brought(drive: str, county: Any) -> None:
    """What people at the site saved, as the page writes it."""
    (edition,) = county.answer("drive", "show", "D1")["editions"]
    day = TODAY.isoformat()
    entries = [
        {"entry": "request", "on": day, "text": "想看秦腔", "subject": "ART",
         "asked_by": "老李", "programme": ""},
        {"entry": "screening", "on": day, "programmes": [OPERA, SHEEP], "attendance": 40,
         "kind": "lecture", "recorded_by": "赵某"},
    ]  # fmt: skip
    said = {"xiaxiang": "feedback", "version": 1, "drive": "D1", "site": "T",
            "edition": edition["edition"], "saved": f"{day}T15:30", "entries": entries}  # fmt: skip
    code = re.search(r'"code": "([^"]+)"', Path(drive, "_delivery/code.js").read_text("utf-8"))
    assert code
    receipt = {"code": code[1], "by": "赵某", "on": day}
    for folder, told in (("feedback", said), ("receipts", receipt)):
        place = Path(drive) / "_delivery" / folder / "一.json"
        place.write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def test_what_a_drive_brings_home_is_taken_in_once(county: Any, filled: list[str]) -> None:
    """A request, a screening and a receipt; the same drive again brings nothing new."""
    brought(filled[0], county)
    (Path(filled[0]) / "照片.jpg").write_bytes(b"photo")
    first = county.answer("drive", "return", filled[0])
    again = county.answer("drive", "return", filled[0])
    said = county.said("drive", "return", filled[0], lang="zh")
    (edition,) = county.answer("drive", "show", "D1")["editions"]

    assert len(first["entered"]["taken"]["serials"]) == 2
    assert len(first["entered"]["receipts"]) == 1
    assert [one["path"] for one in first["strangers"]] == ["照片.jpg"]
    assert (again["seen"], again["entered"]["taken"]["serials"]) == (2, [])
    assert "有 2 个文件以前登记过" in said
    assert edition["signed_by"] == "赵某"
    assert len(county.events("requested")) == len(county.events("screened")) == 1
    assert len(county.events("confirmed")) == 1
    assert county.answer("drive", "show", "D1")["holder"] == "C"


def test_one_bad_file_keeps_no_other_out_and_stays_to_be_tried_again(
    county: Any, filled: list[str]
) -> None:
    """A receipt of another drive, a form that is none: told by name, not counted as taken in."""
    brought(filled[0], county)
    other = re.search(r'"code": "([^"]+)"', Path(filled[1], "_delivery/code.js").read_text("utf-8"))
    assert other
    folder = Path(filled[0]) / "_delivery"
    receipt = json.dumps({"code": other[1], "by": "x", "on": TODAY.isoformat()})
    (folder / "receipts" / "别的.json").write_text(receipt, "utf-8")
    (folder / "receipts" / "错.json").write_text(receipt.replace(other[1], "ABCD-1234-5"), "utf-8")
    (folder / "feedback" / "坏.json").write_text("{", "utf-8")
    first = county.answer("drive", "return", filled[0])
    said = county.said("drive", "return", filled[0])

    assert len(first["entered"]["taken"]["serials"]) == 2
    assert len(first["entered"]["doubtful"]) == 1
    assert "2 files were taken in before" in said
    for name in ("别的.json", "错.json", "坏.json"):
        assert name in said


def test_a_return_that_ended_before_its_files_were_kept_takes_nothing_in_twice(
    county: Any, filled: list[str]
) -> None:
    """The books know what came; that the county's copies are missing does no harm."""
    brought(filled[0], county)
    county.said("drive", "return", filled[0])
    shutil.rmtree(county.root / "drives" / "D1" / "feedback")
    again = county.answer("drive", "return", filled[0])

    assert again["entered"]["taken"]["serials"] == []
    assert again["entered"]["doubtful"] == []
    assert len(county.events("requested")) == len(county.events("screened")) == 1
    assert len(county.events("confirmed")) == 1


def test_a_receipt_code_by_phone(county: Any, filled: list[str]) -> None:
    """Right: entered with the edition. A letter wrong, or of another drive: refused."""
    code, other = (
        county.answer("drive", "plan", drive)
        and re.findall(r'"code": "([^"]+)"', Path(drive, "_delivery/code.js").read_text("utf-8"))[0]
        for drive in filled
    )
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    told = county.said("drive", "confirm", "D1", wrong, "--by", "赵某", code=2)
    foreign = county.said("drive", "confirm", "D1", other, "--by", "赵某", code=2)
    nobody = county.said("drive", "confirm", "D77", code, "--by", "赵某", code=2)
    right = county.answer("drive", "confirm", "D1", code.lower(), "--by", "赵某")

    assert "read out again" in told
    assert "belongs to no edition of D1" in foreign
    assert "D77" in nobody
    assert right["code"] == code
    assert county.answer("drive", "show", "D1")["editions"][0]["signed_by"] == "赵某"


def test_a_wish_and_a_screening_by_phone(county: Any, filled: list[str]) -> None:
    """The digits that the page shows: entered once, a wrong digit refused."""
    day = f"{TODAY:%m%d}"
    wish, screening = f"201{day}0001", f"301{day}1000402{'0001'}{'0003'}"
    codes = [one + check_digits(one) for one in (wish, screening)]
    first = county.answer("drive", "phone", "D1", *codes)
    again = county.answer("drive", "phone", "D1", *codes)
    wrong = county.said("drive", "phone", "D1", codes[0][:-1] + "x", code=2)

    assert (len(first["serials"]), first["known"]) == (2, 0)
    assert (len(again["serials"]), again["known"]) == (0, 2)
    assert "digit by digit" in wrong
    (screened,) = county.events("screened")
    assert screened["attendance"] == 40


# -- the books ----------------------------------------------------------------------------------


def test_the_books_know_where_a_programme_lies(county: Any, filled: list[str]) -> None:
    """`audit where`, `audit site`, `audit drives`: the drives of both sites, until it goes."""
    where = county.said("audit", "where", "--programme", OPERA)
    recipe(county, "  - all: yes\nleave_out: [P0001]")
    county.said("drive", "refresh", filled[0])
    after = county.said("audit", "where", "--programme", OPERA)

    assert "it lies on 2 drives" in where
    assert "it lies on 1 drives" in after
    assert "D1" in county.said("audit", "site", "--site", "T")
    assert "Traceback" not in county.said("audit", "drives")


def test_every_answer_is_said_in_chinese(county: Any, tmp_path: Path) -> None:
    """Not one English word on the screen through a drive's life, refusals too."""
    drive = tmp_path / "硬盘"
    drive.mkdir()
    said = [
        county.said("drive", "plan", str(drive), lang="zh", code=2),
        county.said("drive", "register", str(drive), "--site", "V", lang="zh", code=2),
        county.said("drive", "register", str(drive), "--site", "T", lang="zh"),
        county.said("drive", "plan", str(drive), lang="zh"),
        county.said("drive", "refresh", str(drive), lang="zh"),
        county.said("drive", "refresh", str(drive), lang="zh"),
        county.said("drive", "verify", str(drive), lang="zh"),
        county.said("drive", "verify", str(drive), "--deep", lang="zh"),
        county.said("drive", "return", str(drive), lang="zh"),
        county.said("drive", "confirm", "D1", "ABCD-EFGH-1", "--by", "赵某", lang="zh", code=2),
        county.said("drive", "phone", "D1", "12345678901234", lang="zh", code=2),
        county.said("drive", "key", lang="zh"),
        county.said("drive", "show", "D1", lang="zh"),
        county.said("plan", "drives", lang="zh"),
        county.said("build", "drives", lang="zh"),
    ]
    words = re.sub(r"/\S+|drive register:", "", "\n".join(said))  # paths
    words = re.sub(
        r"xiaxiang [a-z ]+|--[a-z]+|[A-Z0-9]{4}-[A-Z0-9]{4}-.|[a-z]+\.(pem|html)", "", words
    )

    assert re.findall(r"\b[a-z]{4,}\b", words) == []
