"""A real Chromium, driven over a pipe by its DevTools protocol; and drives for its pages."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundle.bundle import Bundle, Offer, Watchable

# Chromium reads commands from descriptor 3 and answers on 4: put there by a small program.
_START = """
import os, sys
os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
_KEYS = {"ArrowDown": 40, "ArrowUp": 38, "ArrowLeft": 37, "ArrowRight": 39, "Enter": 13,
         "Escape": 27, " ": 32}  # fmt: skip


class Tab:
    """One tab of the browser: opens pages, evaluates, types, keeps what went wrong."""

    def __init__(self, chromium: str, folder: Path) -> None:
        self.downloads = folder / "downloads"
        self.page = folder
        self.wrong: list[str] = []
        self._number, self._held = 0, b""
        asked, answered = os.pipe(), os.pipe()
        ends = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (asked[0], answered[1])]
        flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio",
                 "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                 "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}")  # fmt: skip
        command = [sys.executable, "-c", _START, *map(str, ends), chromium, *flags, "about:blank"]
        with (folder / "chromium.log").open("wb") as log:
            self._process = subprocess.Popen(
                command, pass_fds=ends, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        for descriptor in (*ends, asked[0], answered[1]):
            os.close(descriptor)
        self._to, self._from = asked[1], answered[0]
        self._session = ""
        targets = self.call("Target.getTargets")["targetInfos"]
        first = next(one["targetId"] for one in targets if one["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=first, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.size(1024, 600)

    def close(self) -> None:
        self._session = ""
        with contextlib.suppress(Exception):
            self.call("Browser.close")
        os.close(self._to)
        os.close(self._from)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(60)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            self._event(answer)

    def _next(self, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while b"\0" not in self._held:
            if not select.select([self._from], [], [], max(0, until - time.monotonic()))[0]:
                raise AssertionError("the browser does not answer")
            data = os.read(self._from, 1 << 16)
            if not data:
                raise AssertionError("the browser has ended")
            self._held += data
        first, _nul, self._held = self._held.partition(b"\0")
        return json.loads(first)

    def _event(self, event: dict[str, Any]) -> None:
        said = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.wrong.append(json.dumps(said["exceptionDetails"], ensure_ascii=False)[:400])
            case "Log.entryAdded" if said["entry"]["level"] == "error":
                self.wrong.append(f"{said['entry']['text']} {said['entry'].get('url', '')}")
            case "Page.javascriptDialogOpening":
                self.wrong.append(f"dialog: {said['message']}")

    def size(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def open(self, page: Path, fragment: str = "") -> None:
        """Open a file as a person does who double-clicks it."""
        self.page = page
        self.wrong.clear()
        self.call("Page.navigate", url="about:blank")
        self.wait("location.href === 'about:blank'")
        self.call("Page.navigate", url=page.absolute().as_uri() + fragment)
        self.wait("location.protocol === 'file:' && document.readyState === 'complete'")

    def does(self, script: str) -> Any:
        """What a script gives, run as if a person had just clicked."""
        said = self.call(
            "Runtime.evaluate",
            expression=script, returnByValue=True, awaitPromise=True, userGesture=True,
        )  # fmt: skip
        if "exceptionDetails" in said:
            raise AssertionError(json.dumps(said["exceptionDetails"], ensure_ascii=False))
        return said["result"].get("value")

    def wait(self, script: str, seconds: float = 20) -> Any:
        """Until a script gives something true."""
        until = time.monotonic() + seconds
        while not (found := self.does(script)):
            if time.monotonic() > until:
                raise AssertionError(f"never true: {script}")
            time.sleep(0.03)
        return found

    def click(self, selector: str, text: str = "") -> None:
        """Click where the first such element that holds `text` is on the screen."""
        script = """(function (selector, text) {
          var found = [].filter.call(document.querySelectorAll(selector), function (one) {
            return one.offsetParent && one.textContent.indexOf(text) >= 0; })[0];
          if (!found) { return null; }
          found.scrollIntoView({block: 'center'});
          var box = found.getBoundingClientRect();
          return [box.left + box.width / 2, box.top + box.height / 2]; })"""
        place = self.wait(f"{script}({json.dumps(selector)}, {json.dumps(text)})")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1],
                      button="left", clickCount=1)  # fmt: skip

    def type(self, selector: str, text: str) -> None:
        named = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"!!{named}.offsetParent")
        self.does(f"{named}.focus()")
        self.call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        told = {"key": key, "windowsVirtualKeyCode": _KEYS[key], "nativeVirtualKeyCode": _KEYS[key]}
        down = {"type": "keyDown", "text": "\r"} if key == "Enter" else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **down, **told)
        self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    def texts(self, selector: str) -> list[str]:
        """The texts of what can be seen of such elements."""
        return self.does(
            f"[].filter.call(document.querySelectorAll({json.dumps(selector)}),"
            "function (one) { return one.offsetParent; })"
            ".map(function (one) { return one.innerText; })"
        )

    def picture(self, path: Path, whole: bool = False) -> None:
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self) -> bytes:
        """What is printed, by the page's own size of paper."""
        said = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(said["data"])

    def saved(self) -> Path:
        """The next file that the page gave to save."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            done = [p for p in self.downloads.glob("*") if p.suffix == ".json"]
            if done:
                return done[0]
            time.sleep(0.05)
        raise AssertionError("nothing was saved")


@pytest.fixture(scope="session")
def browser(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A Chromium for all tests of the page."""
    tab = Tab(peer("chromium"), tmp_path_factory.mktemp("chromium"))
    yield tab
    tab.close()


@pytest.fixture
def tab(browser: Tab, tmp_path: Path) -> Tab:
    """The browser, saving into a folder of this test alone."""
    browser.downloads = tmp_path / "downloads"
    browser.downloads.mkdir()
    held, browser._session = browser._session, ""
    browser.call("Browser.setDownloadBehavior", behavior="allow",
                 downloadPath=str(browser.downloads))  # fmt: skip
    browser._session = held
    browser.size(1024, 600)
    return browser


def watchable(path: str, name: str = "第1集", seconds: float = 3, captions: str = "") -> Watchable:
    return Watchable(name, seconds, path, "", captions)


def offer(number: int, title: str, **more: Any) -> Offer:
    """A programme with sensible facts; `more` are fields of its own."""
    path = f"data/戏曲艺术/{title}.mp4"
    facts: dict[str, Any] = {"subject": "戏曲艺术", "episodes": (watchable(path),), **more}
    return Offer(f"HX-P{number:04d}", title, **facts)


def bundle(*offers: Offer, **more: Any) -> Bundle:
    """A bundle for one drive, of these programmes."""
    facts: dict[str, Any] = {
        "edition": "drive-2026-11", "number": 3, "previous": "", "drive": "HXD-T02",
        "site": "HX-T02", "site_name": "曲子镇", "centre": "环县支中心", "title": "冬季节目",
        "on": date(2020, 1, 2), "pieces": (), "offers": offers, **more,
    }  # fmt: skip
    return Bundle(**facts)


@pytest.fixture(scope="session")
def made() -> tuple[Callable[..., Offer], Callable[..., Bundle], Callable[..., Watchable]]:
    """Makers of values: an offer, a bundle, an episode."""
    return offer, bundle, watchable
