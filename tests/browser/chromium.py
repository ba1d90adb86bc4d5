"""Debian's Chromium, without a driver: it opens a page, measures it or takes its picture, and is gone."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
    "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)  # fmt: skip
"""Nothing outside is reached, whatever a page asks for."""
FRAME = """<!doctype html><html><body style="margin:0"><iframe id="f" style="border:0;width:{width}px;height:{height}px"
 srcdoc="{page}"></iframe>{script}</body></html>"""
MEASURE = """<pre id="told"></pre><script>
onload = () => {
  const page = document.getElementById('f').contentDocument, root = page.documentElement
  const light = rgb => { const [r, g, b] = rgb.match(/[\\d.]+/g).slice(0, 3).map(one => {
      const part = one / 255; return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4 })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const texts = [...page.querySelectorAll('body *')].filter(one =>
    [...one.childNodes].some(part => part.nodeType === 3 && part.textContent.trim()))
  const fonts = texts.map(one => parseFloat(getComputedStyle(one).fontSize))
  const contrasts = texts.map(one => 1.05 / (light(getComputedStyle(one).color) + 0.05))
  const boxes = texts.map(one => one.getBoundingClientRect())
  const links = [...page.querySelectorAll('a')].map(one => one.getBoundingClientRect().height)
  document.getElementById('told').textContent = JSON.stringify({
    width: root.scrollWidth, height: root.scrollHeight, right: Math.max(...boxes.map(box => box.right)),
    font: Math.min(...fonts), contrast: Math.min(...contrasts), link: Math.min(...links), texts: texts.length,
    requests: performance.getEntriesByType('resource').length
      + document.getElementById('f').contentWindow.performance.getEntriesByType('resource').length })
}
</script>"""


@dataclass(frozen=True)
class Measured:
    """A page as it was laid out, in CSS pixels; `contrast` is the lowest against white (WCAG), `link` the lowest link,
    `right` the right edge of what is written."""

    width: int
    height: int
    right: float
    font: float
    contrast: float
    link: float
    texts: int
    requests: int


@dataclass(frozen=True)
class Picture:
    """A screenshot: its size in pixels, and in bytes: what is drawn does not compress as white does."""

    width: int
    height: int
    size: int


class Chromium:
    """Pages are opened in a frame of the width asked for: a window is never narrower than 500 pixels."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    def measure(self, html: str, width: int) -> Measured:
        told = self._run(self._framed(html, width, 800, MEASURE), "--virtual-time-budget=5000", "--dump-dom")
        body = told[told.index('<pre id="told">') + 15 : told.index("</pre>")]
        return Measured(**json.loads(unescape(body)))

    def picture(self, html: str, width: int, height: int, to: Path) -> Picture:
        """Take the picture of the page into a file."""
        window = (f"--window-size={max(width, 500)},{height}", f"--screenshot={to}")
        self._run(self._framed(html, width, height), *window)
        return read_png(to)

    def pages(self, html: str, to: Path) -> int:
        """Print the page on paper; how many sheets it takes."""
        source = self.folder / "print.html"
        source.write_text(html)
        self._run(source, "--no-pdf-header-footer", f"--print-to-pdf={to}")
        return to.read_bytes().count(b"/Type /Page\n")

    def _framed(self, html: str, width: int, height: int, script: str = "") -> Path:
        source = self.folder / "framed.html"
        source.write_text(FRAME.format(width=width, height=height, page=escape(html), script=script))
        return source

    def _run(self, page: Path, *flags: str) -> str:
        profile = f"--user-data-dir={self.folder / 'profile'}"
        done = subprocess.run(
            [self.program, *FLAGS, profile, *flags, page.as_uri()], capture_output=True, timeout=100, check=True
        )
        return done.stdout.decode()


def found(folder: Path) -> Chromium:
    """Debian's Chromium. Where there is none the test is skipped, but fails in CI, which has installed it."""
    for name in NAMES:
        if program := shutil.which(name):
            return Chromium(program, folder)
    why = f"no browser: none of {', '.join(NAMES)} is installed"
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def read_png(path: Path) -> Picture:
    """The head of a PNG: after eight bytes of signature and eight of the chunk's own stand width and height."""
    raw = path.read_bytes()
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", raw[16:24])
    return Picture(width, height, len(raw))
