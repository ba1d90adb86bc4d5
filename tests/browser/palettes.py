"""Screenshots with a palette: a third of the bytes, and letters as sharp as they were (a JPEG's are not)."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode, b64encode
from typing import TypedDict

from playwright.sync_api import Page

COLOURS = """async source => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + source)).blob())
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d')
  pen.drawImage(image, 0, 0)
  const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer)
  const counts = new Map(), kept = new Map(), palette = [], places = new Uint8Array(pixels.length)
  for (const one of pixels) counts.set(one, (counts.get(one) || 0) + 1)
  const near = one => (one >> 5 & 7) | (one >> 10 & 56) | (one >> 15 & 448)
  for (const [one] of [...counts].sort((a, b) => b[1] - a[1]))
    if (!kept.has(near(one)) && palette.length < 256) kept.set(near(one), palette.push(one) - 1)
  pixels.forEach((one, place) => { places[place] = kept.get(near(one)) ?? 0 })
  let said = ''
  for (let from = 0; from < places.length; from += 8192) said += String.fromCharCode(...places.subarray(from, from + 8192))
  return {width: image.width, height: image.height, palette: palette.map(one => one & 0xffffff), places: btoa(said)}
}"""
"""Colours alike in the three upper bits of each channel become the commonest of them."""


class Drawn(TypedDict):
    width: int
    height: int
    palette: list[int]
    places: str


def smaller(blank: Page, png: bytes) -> bytes:
    """The PNG of a screenshot with a palette; `blank` is a page whose scripts may run (about:blank)."""
    drawn: Drawn = blank.evaluate(COLOURS, b64encode(png).decode())
    width, places = drawn["width"], b64decode(drawn["places"])
    rows = b"".join(b"\0" + places[start : start + width] for start in range(0, len(places), width))
    palette = b"".join(struct.pack("<I", colour)[:3] for colour in drawn["palette"])  # red stands lowest
    header = struct.pack(">IIBBBBB", width, drawn["height"], 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
