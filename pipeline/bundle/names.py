"""Names for the files on a drive that FAT32, exFAT, NTFS, ext4 and old Windows all take.

Pure. Where each piece of a bundle lies is decided in arranging.py.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata

from pipeline.manifest import same

# In UTF-16 units, as FAT and NTFS count. Together with `data/`, two numbers and an ending they stay
# under the 200 of a whole path that leave old Windows (260) room for a folder to copy them into.
LONGEST = 80
LONGEST_AREA = 30
LONGEST_EPISODE = 60
LONGEST_PATH = 200
_MOST_BYTES = 240  # ext4 takes 255 in UTF-8; a number and an ending follow

# Beside what Windows forbids: BagIt writes % as %25 where sha256sum does not, and bagit-python
# takes a $ for the name of a variable and refuses the whole bag.
_FULL_WIDTH = str.maketrans('<>:"/\\|?*%$', "＜＞：＂／＼｜？＊％＄")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin＄|conout＄|clock＄)", re.I)
_NAMELESS = "未命名"


def plain(text: str) -> str:
    """One line of text: control characters, direction marks and lone surrogates gone, NFC."""
    line = " ".join(text.split())  # line breaks are control characters, yet part words
    kept = "".join(char for char in line if not _unseen(char))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _unseen(char: str) -> bool:
    code = ord(char)
    nothing = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return nothing or unicodedata.category(char) in ("Cc", "Cf", "Cs")


# Areas and titles come again for each file, and on each drive of a county.
@functools.lru_cache(maxsize=1 << 16)
def safe_name(title: str, longest: int = LONGEST) -> str:
    """A title as the name of a file (without its ending) or folder, never empty; of at most
    `longest` UTF-16 units. Forbidden characters become their full-width forms.
    """
    name = _cut(plain(title).translate(_FULL_WIDTH), longest)
    if _DEVICE.fullmatch(name.partition(".")[0].rstrip()):
        name = _cut(f"_{name}", longest)
    return name or _NAMELESS[:longest]


def _cut(name: str, longest: int) -> str:
    """The beginning of a name that is short enough, not cut between a letter and its marks."""
    name = name.strip(" .")
    units = itertools.accumulate(_units(char) for char in name)
    sizes = itertools.accumulate(len(char.encode()) for char in name)
    end = sum(
        count <= longest and size <= _MOST_BYTES for count, size in zip(units, sizes, strict=True)
    )
    while 0 < end < len(name) and unicodedata.category(name[end]).startswith("M"):
        end -= 1
    return name[:end].strip(" .")


def _units(char: str) -> int:
    return 2 if ord(char) > 0xFFFF else 1


def alike(path: str) -> str:
    """The form under which two paths are one on a file system that knows no case."""
    return same(same(path).casefold())
