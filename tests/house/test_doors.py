"""Each outside package has one door; nothing starts a program but `tools`; nothing leaks in."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("catalog", "recipes", "pipeline")

# Which modules may import a package; a module that is named stands for itself alone.
DOORS = {
    "subprocess": {"pipeline/tools.py"},
    "sqlalchemy": {"catalog/"},
    "alembic": {"catalog/"},
    "yaml": {"catalog/document.py"},
    "openpyxl": {"catalog/workbook.py"},
    "docx": {"catalog/report/paper.py"},
    "ffmpeg": {
        "pipeline/plan/sound.py",
        "pipeline/plan/encode.py",
        "pipeline/plan/pc_encode.py",
    },
    # The letters of captions, cut out of the variable face: a font that lies in the ASS file.
    "fontTools": {"pipeline/captions/face.py"},
    "imageio_ffmpeg": {"pipeline/tools.py"},
    "av": {"pipeline/analysis/", "pipeline/examine.py"},
    "pycdlib": {"pipeline/make/check.py", "pipeline/make/iso_library.py"},
    "watchdog": {"pipeline/inbox.py"},
    "cryptography": {"pipeline/bundle/signing.py"},
    "bagit": set(),  # a peer: it blesses corruption, so only tests hold our bags against it
    "tqdm": {"pipeline/bars.py"},
    "click": {
        "pipeline/commands.py",
        "pipeline/drive_commands.py",
        "pipeline/circulation_commands.py",
        "pipeline/needs_commands.py",
        "pipeline/register_commands.py",
        "pipeline/cli.py",
    },
    "PIL": {
        "pipeline/lettering.py",
        "pipeline/make/draw_card.py",
        "pipeline/make/draw_menu.py",
        "pipeline/samples.py",
    },
    "fastcrc": {"pipeline/videocd/sectors.py"},
    "pypinyin": {"pipeline/bundle/page/pinyin.py"},
    "requests": set(),
    "socket": set(),
    "urllib": set(),
}


def modules() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("package", sorted(DOORS))
def test_each_package_has_its_door(package: str) -> None:
    """A package is imported only where the house says; an unused door is no door."""
    users = {str(p.relative_to(ROOT)) for p in modules() if package in imported(p)}
    allowed = DOORS[package]

    assert {u for u in users if not any(u == d or u.startswith(d) for d in allowed)} == set()
    assert not allowed or users


def test_no_module_is_a_drawer() -> None:
    """No file over 300 lines, no function over 60: then it is two things."""
    long = []
    for path in modules():
        text = path.read_text("utf-8")
        if text.count("\n") > 300:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > 60:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} has {lines} lines")

    assert long == []


def test_every_module_says_what_it_is() -> None:
    """A module opens with a docstring; so does every public class and function of the rooms."""
    silent = []
    for path in modules():
        tree = ast.parse(path.read_text("utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if path.name != "commands.py" and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}: {node.name}")

    assert silent == []


def test_no_shell_and_no_address_is_written_anywhere() -> None:
    """No shell string, and no address of a package index in anything that is committed."""
    forbidden = (
        "shell=True",
        "os.system",
        "os.popen",
        "pypi.org",
        "index-url",
        "files.pythonhosted",
    )
    texts = [
        *modules(),
        *(ROOT / name for name in ("Makefile", "pyproject.toml", "constraints.txt")),
    ]
    found = [(str(p), word) for p in texts for word in forbidden if word in p.read_text("utf-8")]

    assert found == []


def test_the_top_level_is_as_agreed() -> None:
    """Nothing lies at the top of the repository but what was agreed."""
    agreed = {
        "pipeline", "catalog", "recipes", "tests", "Makefile", "pyproject.toml", "README.md",
        "LICENSE", "constraints.txt",
    }  # fmt: skip
    made = {"workspace", "build", "dist"}
    there = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}

    assert {name for name in there if not name.endswith(".egg-info")} - made == agreed
