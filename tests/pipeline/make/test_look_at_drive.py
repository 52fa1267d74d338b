"""What lies on a drive is sorted in one walk, and what looks wrong is told, never raised."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundle.verdict import Expectation, judge
from pipeline.make import volume as volumes
from pipeline.make.drive_report import shown
from pipeline.make.look_at_drive import Looked, look
from pipeline.make.medium import Found, Medium
from pipeline.make.volume import told_by_head, volume
from pipeline.manifest import Item

Lay = Callable[..., Any]
FILES = {"data/戏曲/三滴血.mp4": b"opera" * 100, "data/农业/温棚黄瓜.mp4": b"farm" * 90}


def looked(root: Path, items: tuple[Item, ...] = ()) -> Looked:
    with Medium(root) as medium:
        return look(medium, items)


def test_sorts_what_is_ours_and_what_people_added(tmp_path: Path, sealed_drive: Lay) -> None:
    """Files of the edition, feedback and others; lists and records are nobody's additions."""
    drive = sealed_drive(tmp_path / "d", FILES)
    (drive.root / "照片").mkdir()
    (drive.root / "照片/合影.jpg").write_bytes(b"photo")
    (drive.root / "_delivery/feedback").mkdir()
    (drive.root / "_delivery/feedback/需求.json").write_bytes(b"{}")
    found = looked(drive.root, drive.items)

    assert sorted(found.holding.edition, key=str) == sorted(drive.items, key=str)
    assert found.holding.others == (Item("照片/合影.jpg", 5),)
    assert found.given == 1
    assert found.faults == ()
    assert found.under_way is None


def test_tells_who_the_drive_says_it_is(tmp_path: Path, sealed_drive: Lay) -> None:
    """Identity, number, root and chain, as the judgement wants them."""
    drive = sealed_drive(tmp_path / "d", FILES)
    seen = looked(drive.root, drive.items).seen
    wanted = Expectation("HX-D001", "HX-0001", drive.identity.token, number=1, root=drive.seal)

    assert seen.identity == drive.identity
    assert (seen.number, seen.root, seen.chain.number) == (1, drive.seal, 1)
    assert judge(seen, wanted).kind == "known"


def test_an_empty_drive_is_blank(tmp_path: Path) -> None:
    """No identity, no faults: it may be registered."""
    found = looked(tmp_path)

    assert judge(found.seen, None).kind == "blank"
    assert found.faults == ()
    assert found.holding.capacity >= found.holding.free > 0


def test_a_file_of_another_length_is_not_of_the_edition(tmp_path: Path, sealed_drive: Lay) -> None:
    """It counts to the others, so that nothing is copied over it or deleted for it."""
    drive = sealed_drive(tmp_path / "d", FILES)
    (drive.root / "data/戏曲/三滴血.mp4").write_bytes(b"cut")
    found = looked(drive.root, drive.items)

    assert [item.name for item in found.holding.edition] == ["data/农业/温棚黄瓜.mp4"]
    assert found.holding.others == (Item("data/戏曲/三滴血.mp4", 3),)


@pytest.mark.parametrize("data", [b"", b"[" * 5_000, b"\xff\xfe", b'{"format": 1}', b"x" * 20_000])
def test_an_identity_that_cannot_be_read_is_a_fault(
    tmp_path: Path, sealed_drive: Lay, data: bytes
) -> None:
    """Told with its file and what to do; the drive is then nobody's, not blank."""
    drive = sealed_drive(tmp_path / "d", FILES)
    (drive.root / "_delivery/drive.json").write_bytes(data)
    found = looked(drive.root, drive.items)

    assert {one.kind for one in found.faults} == {"identity"}
    assert found.faults[0].path == "_delivery/drive.json"
    assert found.seen.identity is None
    assert judge(found.seen, None).kind == "unknown"


def test_a_broken_chain_is_a_fault(tmp_path: Path, sealed_drive: Lay) -> None:
    """A record under another number than its own."""
    drive = sealed_drive(tmp_path / "d", FILES)
    record = drive.root / "_delivery/editions/0001.json"
    record.rename(record.with_name("0003.json"))
    found = looked(drive.root, drive.items)

    assert [one.kind for one in found.faults] == ["chain"]


def test_copies_of_a_refresh_that_was_broken_off_count(tmp_path: Path, sealed_drive: Lay) -> None:
    """What the journal confirmed and what lies there in its length is no stranger's; what it says
    of places outside data/ is not believed.
    """
    drive = sealed_drive(tmp_path / "d", FILES)
    lines = []
    for path in ("data/戏曲/火焰驹.mp4", "照片.jpg"):
        place = drive.root / path
        place.write_bytes(b"new")
        noted = {"path": path, "bytes": 3, "sha256": "ab" * 32}
        lines.append(json.dumps({**noted, "mtime_ns": place.stat().st_mtime_ns}))
    (drive.root / "_delivery/next/parts").mkdir(parents=True)
    (drive.root / "_delivery/next/parts/one").write_bytes(b"half" * 1000)
    (drive.root / "_delivery/next/confirmed.jsonl").write_text("\n".join(lines))
    found = looked(drive.root, drive.items)

    assert Item("data/戏曲/火焰驹.mp4", 3, "ab" * 32) in found.holding.edition
    assert found.holding.others == (Item("照片.jpg", 3),)
    assert found.under_way is not None
    assert found.under_way.unfinished == 4000


def test_links_pipes_and_programs_are_told(tmp_path: Path, sealed_drive: Lay) -> None:
    """Each once, by its kind; nothing behind a link is looked at."""
    drive = sealed_drive(tmp_path / "d", FILES)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/file").write_bytes(b"s")
    (drive.root / "戏曲").symlink_to(tmp_path / "secret")
    os.mkfifo(drive.root / "pipe")
    for name in ("autorun.inf", "戏曲.exe", "戏曲.lnk"):
        (drive.root / name).write_bytes(b"MZ")
    found = looked(drive.root, drive.items)

    assert sorted((one.kind, one.path) for one in found.faults) == [
        ("danger", "autorun.inf"),
        ("danger", "戏曲.exe"),
        ("danger", "戏曲.lnk"),
        ("device", "pipe"),
        ("link", "戏曲"),
    ]
    assert not any("secret" in item.name for item in found.holding.others)
    assert all(one.severity == "warning" for one in found.faults)


def test_a_link_in_place_of_our_folder_is_not_followed(tmp_path: Path, sealed_drive: Lay) -> None:
    """`_delivery` leads elsewhere: no identity, and nothing is raised."""
    drive = sealed_drive(tmp_path / "d", FILES)
    (drive.root / "_delivery").rename(tmp_path / "elsewhere")
    (drive.root / "_delivery").symlink_to(tmp_path / "elsewhere")
    found = looked(drive.root, drive.items)

    assert found.seen.identity is None
    assert ("link", "_delivery") in {(one.kind, one.path) for one in found.faults}


def test_a_name_that_only_case_tells_apart_is_told(tmp_path: Path, sealed_drive: Lay) -> None:
    """And one that only its normal form tells apart; both files stay."""
    drive = sealed_drive(tmp_path / "d", {"data/é/A.mp4": b"a"})
    (drive.root / "data/é/a.mp4").write_bytes(b"b")
    (drive.root / "data/e\u0301").mkdir()
    (drive.root / "data/e\u0301/A.mp4").write_bytes(b"c")
    found = looked(drive.root, drive.items)

    assert [one.kind for one in found.faults] == ["collision"]
    assert len(found.holding.others) == 2
    assert len(found.holding.edition) == 1


def test_a_name_that_is_no_text_is_shown_as_codes(tmp_path: Path, sealed_drive: Lay) -> None:
    """Bytes of GBK, line ends and escapes of a terminal do no harm on the screen."""
    drive = sealed_drive(tmp_path / "d", FILES)
    place = os.fsencode(drive.root)
    Path(os.fsdecode(place + b"/\xd5\xd5\xcf\xe0.jpg")).write_bytes(b"x")
    (drive.root / "a\x1b[2Jb\u202e.txt").write_bytes(b"x")
    found = looked(drive.root, drive.items)
    names = {item.name for item in found.people}

    assert names == {r"\xd5\xd5\xcf\xe0.jpg", r"a\u001b[2Jb\u202e.txt"}
    assert all(name.encode("utf-8") for name in names)
    assert len(shown("长" * 500)) == 200


def test_a_folder_that_may_not_be_opened_is_told(
    tmp_path: Path, sealed_drive: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may open all: the refusal is put in by hand. ext4's own lost+found is passed over."""
    drive = sealed_drive(tmp_path / "d", FILES)
    (drive.root / "lost+found").mkdir()
    (drive.root / "closed").mkdir()
    listed = Medium._listed

    def refuse(self: Medium, folder: str) -> list[Found]:
        if folder in ("lost+found", "closed"):
            raise PermissionError(13, "Permission denied")
        return list(listed(self, folder))

    monkeypatch.setattr(Medium, "_listed", refuse)
    found = looked(drive.root, drive.items)

    assert [(one.kind, one.path) for one in found.faults] == [("unread", "closed")]


def test_the_file_system_tells_its_serial_and_kind() -> None:
    """First bytes as mkfs writes them; anything else tells nothing."""
    ext4 = bytearray(4096)
    serial = uuid.UUID("12345678-9abc-4def-8123-456789abcdef")
    ext4[1080:1082], ext4[1120], ext4[1128:1144] = b"\x53\xef", 0x42, serial.bytes
    exfat = bytearray(4096)
    exfat[3:11], exfat[100:104] = b"EXFAT   ", bytes.fromhex("78563412")
    ntfs = bytearray(4096)
    ntfs[3:11], ntfs[72:80] = b"NTFS    ", bytes(range(1, 9))
    fat = bytearray(4096)
    fat[82:90], fat[67:71] = b"FAT32   ", bytes.fromhex("efbeadde")

    assert told_by_head(bytes(ext4)) == (str(serial), "ext4")
    assert told_by_head(bytes(exfat)) == ("1234-5678", "exfat")
    assert told_by_head(bytes(ntfs)) == ("0807060504030201", "ntfs")
    assert told_by_head(bytes(fat)) == ("DEAD-BEEF", "vfat")
    assert told_by_head(bytes(4096)) == ("", "")
    assert told_by_head(b"short") == ("", "")


def test_the_system_is_asked_for_the_volume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of mounts leads to the device, the folder of serials to its name; a FUSE driver is
    told by what udev says lies under it.
    """
    number = tmp_path.stat().st_dev
    where = f"{os.major(number)}:{os.minor(number)}"
    point = str(tmp_path).replace(" ", r"\040")
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"1 0 {where} / / rw - ext4 /dev/other rw\n"
        f"2 1 {where} / {point} rw,nosuid - fuseblk /dev/null rw\n"
    )
    udev = tmp_path / "udev"
    udev.mkdir()
    device = Path("/dev/null").stat().st_rdev
    (udev / f"b{os.major(device)}:{os.minor(device)}").write_text(
        "E:ID_FS_UUID=4E21-0001\nE:ID_FS_TYPE=exfat\n"
    )
    monkeypatch.setattr(volumes, "MOUNTS", mounts)
    monkeypatch.setattr(volumes, "UDEV", udev)
    told = volume(tmp_path)

    assert (told.serial, told.kind, told.source) == ("4E21-0001", "exFAT", "/dev/null")
    assert told.through == "fuseblk"
    assert str(told) == "exFAT 4E21-0001"
    assert not told.read_only


def test_a_system_that_tells_nothing_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another system than Linux: all is empty."""
    monkeypatch.setattr(volumes, "MOUNTS", tmp_path / "none")

    assert volume(tmp_path).serial == ""
    assert str(volume(tmp_path)) == "unknown file system"
