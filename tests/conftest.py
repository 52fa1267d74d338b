"""What all tests share: peers that may be missing, and a screen that speaks English."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog import words

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are compared in English, whatever the locale of the machine."""
    words.speak("en")
    yield
    words.speak("en")


@pytest.fixture(scope="session")
def peer() -> Callable[[str], str]:
    """The path of a tool we compare ourselves with: a visible skip without it, a failure in CI."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            why = f"{name} is not installed: make peers"
            if os.environ.get("CI") == "true":
                pytest.fail(why)
            pytest.skip(why)
        return path

    return find


@pytest.fixture(scope="session")
def media() -> Callable[[str], Path]:
    """A real clip that lies beside the checkout, never in it; a visible skip where it does not."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / "media" / name
        if not path.exists():
            pytest.skip(f"the clip {name} is not beside this checkout")
        return path

    return find
