"""What an image will hold is known before it is written: never too little, and nearly exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bundle.iso_names import named
from pipeline.bundle.iso_size import CAPACITY, SECTOR, SUMS, image_bytes, sums_bytes
from pipeline.make.iso_library import lay_out
from recipes.targets import Size


@dataclass(frozen=True)
class File:
    path: str
    bytes: int


def true_sectors(files: list[File]) -> int:
    """What the library lays out."""
    names = named([SUMS, *(file.path for file in files)])
    sizes = [sums_bytes(names[1:]), *(file.bytes for file in files)]
    return lay_out("X", list(zip(names, sizes, strict=True))).sectors


def test_every_size_of_a_recipe_has_its_capacity() -> None:
    """And a larger disc holds more."""
    assert set(CAPACITY) == set(get_args(Size))
    assert sorted(CAPACITY, key=lambda size: CAPACITY[size]) == ["cd74", "cd80", "dvd5", "dvd9"]


def test_an_empty_disc_holds_its_directories() -> None:
    """The list of check sums is there too, without a line."""
    assert image_bytes([]) == true_sectors([]) * SECTOR


def test_a_list_of_check_sums_among_the_files_is_not_counted_twice() -> None:
    """Whoever brings one's own has it instead of ours."""
    files = [File("a.mp4", 5000), File(SUMS, 80)]

    assert image_bytes(files) == image_bytes(files[:1])


def test_thousands_of_files_with_long_names_are_counted_right() -> None:
    """Folders of many sectors, and long names of which a part stands elsewhere."""
    files = [
        File(f"区域{number % 7}/{'长' * (number % 60)}{number}.mp4", number)
        for number in range(3000)
    ]
    bound, true = image_bytes(files) // SECTOR, true_sectors(files)

    assert true <= bound <= true + 4


PART = st.builds(
    lambda char, count, end: char * count + end,
    st.sampled_from(["戏", "A", "𠮷", "e"]),
    st.integers(1, 80),
    st.sampled_from(["1", "2.mp4", "2.jpg", "三"]),
)
FILES = st.lists(st.lists(PART, min_size=1, max_size=5).map("/".join), max_size=12, unique=True)


@settings(max_examples=60, deadline=None)
@given(FILES, st.integers(0, 9000))
def test_the_bound_holds_and_is_close(paths: list[str], size: int) -> None:
    """Whatever the names are, no disc is planned that does not fit."""
    files = [File(path, size * number) for number, path in enumerate(paths)]
    bound, true = image_bytes(files) // SECTOR, true_sectors(files)

    assert true <= bound <= true + 4
