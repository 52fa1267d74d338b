"""Break a sound disc in one place at a time: the finding must name the field and the place."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipeline.make.check import check_image
from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.disc import Disc, Elementary
from pipeline.videocd.sectors import FORM_2, seal_form1, seal_form2

PEERS = {
    "vcd-info": ["vcd-info", "-c", "disc.cue"],
    "vcdxrip": ["vcdxrip", "-c", "disc.cue", "-o", "disc.xml"],
    "cd-info": ["cd-info", "--no-device-info", "--iso9660", "-c", "disc.cue"],
}


@pytest.fixture(scope="module")
def sound_disc(clips, tmp_path_factory) -> Path:
    """A disc of our own with a PAL and an NTSC track."""
    folder = tmp_path_factory.mktemp("sound")
    pal, ntsc = clips["pal"], clips["ntsc"]
    tracks = (
        Elementary(pal.video, pal.audio, "pal"),
        Elementary(ntsc.video, ntsc.audio, "ntsc"),
    )
    write_videocd(Disc("SOUND", "ALBUM", tracks), folder, "disc", lambda _sectors: None)
    return folder


@dataclass
class Image:
    """An image in memory; the ways to change it give back the sector that was changed."""

    rows: np.ndarray
    cue: str

    def raw(self, lsn: int, at: int, new: bytes) -> int:
        """Bytes of the raw sector; EDC and ECC stay as they were."""
        self.rows[lsn, at : at + len(new)] = np.frombuffer(new, np.uint8)
        return lsn

    def seal(self, lsn: int) -> int:
        """EDC and ECC made to fit again."""
        row = self.rows[lsn : lsn + 1]
        (seal_form2 if row[0, 18] & FORM_2 else seal_form1)(row)
        return lsn

    def user(self, lsn: int, at: int, new: bytes) -> int:
        """User bytes, with EDC and ECC that fit them."""
        return self.seal(self.raw(lsn, 24 + at, new))

    def both(self, lsn: int, at: int, value: int) -> int:
        """A 32 bit number that stands low byte first and again high byte first."""
        return self.user(lsn, at, value.to_bytes(4, "little") + value.to_bytes(4))

    def sub(self, lsn: int, byte: int, value: int) -> int:
        """A byte of the sub-header, in both copies."""
        self.raw(lsn, 16 + byte, bytes((value,)))
        return self.seal(self.raw(lsn, 20 + byte, bytes((value,))))

    def text(self, lsn: int) -> bytes:
        """User bytes of a sector."""
        return self.rows[lsn, 24:2348].tobytes()

    def record(self, lsn: int, name: bytes) -> int:
        """Offset of a directory record by its name."""
        return self.text(lsn).index(name) - 33

    def xa(self, lsn: int, name: bytes) -> int:
        """Offset of the XA part of a directory record."""
        return self.record(lsn, name) + 33 + len(name) + (1 - len(name) % 2)

    def picture(self, code: int, at: int, new: bytes) -> int:
        """Bytes after the first start code in the first sector of pictures."""
        lsn = self.pack(0xE0, 0)
        return self.user(lsn, self.text(lsn).index(bytes((0, 0, 1, code))) + 4 + at, new)

    def pack(self, stream: int, count: int) -> int:
        """The n-th sector of track 2 whose first packet is of this stream."""
        found = np.flatnonzero((self.rows[480:, 36 + 2] == 1) & (self.rows[480:, 36 + 3] == stream))
        return 480 + int(found[count])

    def stamped(self, kind: int, count: int) -> int:
        """The n-th picture pack that has stamps of this kind (2 = PTS, 3 = PTS and DTS)."""
        rows = self.rows[480:]
        both = (rows[:, 39] == 0xE0) & (rows[:, 42] >> 4 == kind)
        return 480 + int(np.flatnonzero(both)[count])

    def sheet(self, old: str, new: str) -> None:
        """Words of the CUE."""
        assert old in self.cue
        self.cue = self.cue.replace(old, new, 1)


A1, INFO = b"AVSEQ01.DAT;1", b"INFO.VCD;1"
Change = Callable[[Image], int | None]
ROWS: list[tuple[str, str, Change]] = [
    ("EDC", "sector.edc", lambda m: m.raw(500, 2348, b"\1\2\3\4")),
    ("a byte of a pack", "sector.edc", lambda m: m.raw(500, 1000, b"\x7e\x7e")),
    ("EDC absent", "sector.edc_absent", lambda m: m.raw(500, 2348, bytes(4))),
    ("ECC P", "sector.ecc", lambda m: m.raw(150, 2100, b"\x55")),
    ("ECC Q", "sector.ecc", lambda m: m.raw(16, 2300, b"\x55")),
    ("sync", "sector.sync", lambda m: m.raw(501, 5, b"\0")),
    ("MSF header", "sector.address", lambda m: m.raw(501, 14, b"\x74")),
    ("mode byte", "sector.mode", lambda m: m.raw(501, 15, b"\1")),
    ("second sub-header", "sector.subheader_copy", lambda m: m.seal(m.raw(501, 20, b"\7"))),
    ("coding information", "track.coding", lambda m: m.sub(m.pack(0xE0, 9), 3, 0)),
    ("channel 0", "track.channel", lambda m: m.sub(m.pack(0xE0, 9), 1, 0)),
    ("file number 0", "track.file_number", lambda m: m.sub(m.pack(0xE0, 9), 0, 0)),
    ("no real-time bit", "track.submode", lambda m: m.sub(m.pack(0xE0, 9), 2, 0x22)),
    ("early EOF", "track.submode", lambda m: m.sub(m.pack(0xE0, 9), 2, 0xE2)),
    ("form 1 in a track", "track.submode", lambda m: m.sub(m.pack(0xE0, 9), 2, 0x42)),
    ("sound marked as picture", "track.submode", lambda m: m.sub(m.pack(0xC0, 2), 2, 0x62)),
    ("no EOF on the margin", "track.submode", lambda m: m.sub(end(m) - 1, 2, 0x60)),
    ("no EOR on the last pack", "track.submode", lambda m: m.sub(end(m) - 46, 2, 0x64)),
    ("margin file number", "track.file_number", lambda m: m.sub(455, 0, 9)),
    ("gap sub-header", "gap.submode", lambda m: m.sub(310, 2, 0x60)),
    ("gap not empty", "gap.blank", lambda m: m.user(310, 0, b"x")),
    ("unused sub-header", "track_1.submode", lambda m: m.sub(60, 2, 0x09)),
    ("unused not empty", "track_1.blank", lambda m: m.user(60, 5, b"x")),
    ("PVD sub-header", "track_1.submode", lambda m: m.sub(16, 2, 0x08)),
    ("terminator sub-header", "track_1.submode", lambda m: m.sub(17, 2, 0x08)),
    ("last directory sub-header", "track_1.submode", lambda m: m.sub(21, 2, 0x08)),
    ("path table sub-header", "track_1.submode", lambda m: m.sub(23, 2, 0x08)),
    ("INFO sub-header", "track_1.submode", lambda m: m.sub(150, 2, 0x08)),
    ("PVD id", "pvd.id", lambda m: m.user(16, 1, b"CD002")),
    ("PVD type", "pvd.type", lambda m: m.user(16, 0, b"\2")),
    ("XA marker", "pvd.xa", lambda m: m.user(16, 1024, b"CD-XX001")),
    ("system id", "pvd.system_id", lambda m: m.user(16, 8, b"LINUX ")),
    ("volume id", "pvd.volume_id", lambda m: m.user(16, 40, b"a b")),
    ("volume size", "pvd.size", lambda m: m.both(16, 80, 400)),
    ("volume size copy", "pvd.size", lambda m: m.user(16, 87, b"\x33")),
    ("set size", "pvd.set_size", lambda m: m.user(16, 120, b"\2\0\0\2")),
    ("sequence number", "pvd.sequence", lambda m: m.user(16, 124, b"\2\0\0\2")),
    ("block size", "pvd.block", lambda m: m.user(16, 128, b"\0\x09\x09\0")),
    ("path table size", "pvd.table_bytes", lambda m: m.both(16, 132, 60)),
    ("L path table place", "path_table.little", lambda m: m.user(16, 140, b"\x21") and 33),
    ("M path table place", "path_table.big", lambda m: m.user(16, 151, b"\x21") and 33),
    ("root record", "pvd.root", lambda m: m.user(16, 156 + 25, b"\0")),
    ("created", "pvd.created", lambda m: m.user(16, 813, b"xx")),
    ("structure version", "pvd.structure", lambda m: m.user(16, 881, b"\2")),
    ("free part", "pvd.application_use", lambda m: m.user(16, 900, b"\2")),
    ("terminator", "terminator.id", lambda m: m.user(17, 0, b"\2")),
    ("XA attributes", "record.xa_attributes", lambda m: m.user(20, m.xa(20, A1) + 4, b"\x0d")),
    ("XA file number", "record.xa_number", lambda m: m.user(20, m.xa(20, A1) + 8, b"\7")),
    ("XA signature", "record.xa", lambda m: m.user(20, m.xa(20, A1) + 6, b"YB")),
    ("XA owner", "record.xa_reserved", lambda m: m.user(20, m.xa(20, A1) + 1, b"\1")),
    ("file size", "layout.file_size", lambda m: m.both(20, m.record(20, A1) + 10, 9) and 450),
    ("extent", "layout.file_extent", lambda m: m.both(20, m.record(20, A1) + 2, 460) and 450),
    ("extent copy", "record.extent", lambda m: m.user(20, m.record(20, A1) + 9, b"\1")),
    ("size copy", "record.size", lambda m: m.user(20, m.record(20, A1) + 17, b"\1")),
    ("record flags", "record.flags", lambda m: m.user(20, m.record(20, A1) + 25, b"\1")),
    ("interleave", "record.interleave", lambda m: m.user(20, m.record(20, A1) + 26, b"\1")),
    ("volume of a record", "record.volume", lambda m: m.user(20, m.record(20, A1) + 28, b"\2")),
    ("attributes", "record.attribute_length", lambda m: m.user(20, m.record(20, A1) + 1, b"\1")),
    ("date of a record", "record.date", lambda m: m.user(20, m.record(20, A1) + 19, b"\x0f")),
    ("name", "record.name", lambda m: m.user(20, m.record(20, A1) + 33, b"avseq")),
    ("order", "directory.order", lambda m: m.user(20, m.record(20, A1) + 39, b"9")),
    ("record length", "record.length", lambda m: m.user(20, m.record(20, A1), b"\x0a")),
    ("dot", "record.dots", lambda m: m.both(20, 2, 19)),
    ("INFO extent", "record.extent", lambda m: m.both(21, m.record(21, INFO) + 2, 149)),
    ("INFO name", "record.missing", lambda m: m.user(21, m.record(21, INFO) + 33, b"X") and 150),
    ("L path table", "path_table.little", lambda m: m.user(22, 2, b"\x13")),
    ("M path table", "path_table.big", lambda m: m.user(23, 5, b"\x13")),
    ("INFO id", "info.id", lambda m: m.user(150, 0, b"VIDEO-CD")),
    ("INFO version", "info.version", lambda m: m.user(150, 8, b"\3")),
    ("INFO tag", "info.version", lambda m: m.user(150, 9, b"\1")),
    ("album id", "info.album_id", lambda m: m.user(150, 10, b"\0")),
    ("volume number", "info.volume", lambda m: m.user(150, 29, b"\3")),
    ("PAL bits", "info.pal", lambda m: m.user(150, 30, b"\0")),
    ("PAL bits of no track", "info.pal", lambda m: m.user(150, 30, b"\x81")),
    ("extended lists flag", "info.extended", lambda m: m.user(150, 43, b"\x80")),
    ("segment address", "info.segments", lambda m: m.user(150, 48, b"\0\5\0")),
    ("offset multiplier", "info.multiplier", lambda m: m.user(150, 51, b"\7")),
    ("number of lists", "info.lists", lambda m: m.user(150, 53, b"\1")),
    ("segment count", "info.units", lambda m: m.user(150, 54, b"\x08\0")),
    ("segment contents", "info.contents", lambda m: m.user(150, 60, b"\1")),
    ("playing times", "info.times", lambda m: m.user(150, 2040, b"\1")),
    ("ENTRIES id", "entries.id", lambda m: m.user(151, 0, b"X")),
    ("ENTRIES version", "entries.version", lambda m: m.user(151, 8, b"\1")),
    ("entry count high", "entries.track", lambda m: m.user(151, 11, b"\3")),
    ("entry count low", "entries.tail", lambda m: m.user(151, 11, b"\1")),
    ("entry count absurd", "entries.count", lambda m: m.user(151, 10, b"\xff\xff")),
    ("entry track", "entries.track", lambda m: m.user(151, 12, b"\x09")),
    ("entry address", "entries.address", lambda m: m.user(151, 15, b"\x01")),
    ("entry in mid-picture", "entries.point", lambda m: m.user(151, 10, THREE_ENTRIES)),
    ("pack clock", "pack.clock", lambda m: m.user(m.pack(0xE0, 9), 8, b"\1")),
    ("pack fixed bits", "pack.header", lambda m: m.user(m.pack(0xE0, 9), 4, b"\x31")),
    ("pack rate", "pack.rate", lambda m: m.user(m.pack(0xE0, 9), 11, b"\x95")),
    ("no pack", "pack.none", lambda m: m.user(m.pack(0xE0, 9), 3, b"\xbb")),
    ("system header", "pack.system_header", lambda m: m.user(480, 26, b"\x2f")),
    ("sound system header", "pack.system_header", lambda m: m.user(481, 26, b"\x2f")),
    ("packet length", "packet.length", lambda m: m.user(m.pack(0xE0, 9), 16, b"\x0f")),
    ("packet header", "packet.header", lambda m: m.user(m.pack(0xC0, 3), 20, b"\x99")),
    ("end of a sound pack", "pack.tail", lambda m: m.user(m.pack(0xC0, 3), 2310, b"\x99")),
    ("stream number", "packet.stream", lambda m: m.user(m.pack(0xE0, 9), 15, b"\xe7")),
    ("picture STD", "video.std", lambda m: m.user(m.pack(0xE0, 0), 19, b"\x30")),
    ("sound STD", "audio.std", lambda m: m.user(m.pack(0xC0, 3), 19, b"\x21")),
    ("DTS", "video.dts", lambda m: m.user(m.stamped(3, 1), 26, b"\x7f\xf1")),
    ("PTS", "video.pts", lambda m: m.user(m.stamped(3, 1), 21, b"\x7f\xf1")),
    ("sound PTS", "audio.pts", lambda m: m.user(m.pack(0xC0, 3), 22, b"\x7f\xf1")),
    ("picture size", "video.format", lambda m: m.picture(0xB3, 0, b"\x17")),
    ("aspect", "video.aspect", lambda m: m.picture(0xB3, 3, b"\x13")),
    ("picture rate", "video.format", lambda m: m.picture(0xB3, 3, b"\x85")),
    ("bit rate", "video.bit_rate", lambda m: m.picture(0xB3, 4, b"\xff")),
    ("vbv", "video.vbv", lambda m: m.picture(0xB3, 7, b"\xfc")),
    ("constrained", "video.constrained", lambda m: m.picture(0xB3, 7, b"\xa0")),
    ("picture type", "video.type", lambda m: m.picture(0, 1, b"\x20")),
    ("sound format", "audio.format", lambda m: m.user(m.pack(0xC0, 0), 25 + 2, b"\xa4")),
    ("sound frame lost", "audio.lost", lambda m: m.user(m.pack(0xC0, 0), 25, b"\0")),
    ("CUE file", "cue.file", lambda m: m.sheet("disc.bin", "other.bin")),
    ("CUE kind", "cue.file", lambda m: m.sheet("BINARY", "MOTOROLA")),
    ("CUE mode", "cue.mode", lambda m: m.sheet("MODE2/2352", "MODE1/2352")),
    ("CUE track number", "cue.track", lambda m: m.sheet("TRACK 02", "TRACK 05")),
    ("CUE INDEX 00", "cue.index00", lambda m: m.sheet("00 00:04:00", "00 00:04:01")),
    ("CUE INDEX 01", "cue.index01", lambda m: m.sheet("01 00:06:00", "01 00:06:01")),
    ("CUE word", "cue.line", lambda m: m.sheet("FLAGS", "flags")),
]  # fmt: skip
THREE_ENTRIES = bytes.fromhex("0003 02000800 02000840 03001413")


def end(m: Image) -> int:
    """First sector of the gap after track 2."""
    return next(lsn for lsn in range(480, len(m.rows)) if not m.rows[lsn, 18] & 0x40)


@pytest.fixture(scope="module")
def broken(sound_disc, tmp_path_factory):
    """Write the sound disc with one change; folder of the image and the sector that was meant."""
    folder = tmp_path_factory.mktemp("broken")
    rows = np.frombuffer((sound_disc / "disc.bin").read_bytes(), np.uint8).reshape(-1, 2352)
    cue = (sound_disc / "disc.cue").read_text()

    def write(change: Change | None) -> tuple[Path, int | None]:
        image = Image(rows.copy(), cue)
        place = change(image) if change else None
        (folder / "disc.bin").write_bytes(image.rows.tobytes())
        (folder / "disc.cue").write_text(image.cue)
        return folder, place

    return write


def test_finds_nothing_on_the_sound_disc(sound_disc):
    """Our own disc is without a finding of any kind, so every finding below has one cause."""
    assert check_image(sound_disc / "disc.bin", lambda _sectors: None).findings == ()


@pytest.mark.parametrize(("name", "field", "change"), ROWS, ids=[row[0] for row in ROWS])
def test_names_what_was_broken(broken, name, field, change):
    """One field is broken, its check sums made to fit: the finding names field and sector."""
    folder, place = broken(change)

    report = check_image(folder / "disc.cue", lambda _sectors: None)

    found = [finding for finding in report.findings if finding.field == field]
    assert found, [str(finding) for finding in report.findings]
    assert place is None or place in [finding.sector for finding in found]


def said(folder: Path, command: list[str]) -> tuple[int, bytes, bytes, list[bytes]]:
    """Everything a peer says and writes about the image in a folder."""
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    written = []
    for path in sorted(folder.iterdir()):
        if path.suffix in (".xml", ".mpg"):
            written.append(path.read_bytes())
            path.unlink()
    return run.returncode, run.stdout, run.stderr, written


def test_tells_how_much_others_notice(broken, capsys):
    """A table of how many of these changes vcd-info, vcdxrip and cd-info notice at all."""
    peers = {name: command for name, command in PEERS.items() if shutil.which(name)}
    if len(peers) < len(PEERS) and os.environ.get("CI") == "true":
        pytest.fail("vcd-info, vcdxrip or cd-info is missing")
    if not peers:
        pytest.skip("none of vcd-info, vcdxrip and cd-info is installed")
    folder, _place = broken(None)
    sound = {name: said(folder, command) for name, command in peers.items()}
    noticed = dict.fromkeys(peers, 0)
    for _name, _field, change in ROWS:
        broken(change)
        for name, command in peers.items():
            noticed[name] += said(folder, command) != sound[name]
    with capsys.disabled():
        print(f"\nof {len(ROWS)} broken fields: xiaxiang verify {len(ROWS)}", end="")
        print("".join(f", {name} {count}" for name, count in noticed.items()))

    assert all(count < len(ROWS) for count in noticed.values())
