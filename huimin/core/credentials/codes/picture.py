"""The text of a QR code's picture, where a reader (zxing-cpp) is installed."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

MAX_PIXELS = 40_000_000
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class PictureError(ValueError):
    """A picture that cannot be read, or has no QR code."""


def reader() -> Any:
    """The reader of QR codes, or None where none is installed."""
    try:
        import zxingcpp
    except ImportError:
        return None
    return zxingcpp


def text_of(png: bytes) -> str:
    """The text of the QR code in a PNG; raise PictureError. A reader must be installed."""
    found = reader().read_barcodes(grey(png))
    texts = [one.text for one in found if one.valid]
    if not texts:
        raise PictureError("no QR code found")
    return str(texts[0])


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG."""
    if png[:8] != b"\x89PNG\r\n\x1a\n":
        raise PictureError("no PNG")
    at = 8
    while at + 8 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def grey(png: bytes) -> Any:
    """A PNG as rows of grey, 0 to 255 (numpy, height × width); raise PictureError. Interlaced ones are not read."""
    import numpy as np

    head, data, palette = b"", bytearray(), b""
    clear = b""
    for kind, body in chunks(png):
        if kind == b"IHDR":
            head = body
        elif kind == b"IDAT":
            data += body
        elif kind == b"PLTE":
            palette = body
        elif kind == b"tRNS":
            clear = body
    if len(head) != 13:
        raise PictureError("no PNG")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if colour not in CHANNELS or interlaced or not 0 < width * height <= MAX_PIXELS:
        raise PictureError("a kind of PNG that is not read")
    channels = CHANNELS[colour]
    stride = (width * channels * depth + 7) // 8
    try:
        raw = zlib.decompressobj().decompress(bytes(data), height * (stride + 1))
    except zlib.error as error:
        raise PictureError(str(error)) from error
    if len(raw) < height * (stride + 1):
        raise PictureError("ends early")
    rows = unfiltered(np.frombuffer(raw, np.uint8).reshape(height, stride + 1), max(1, channels * depth // 8))
    if depth < 8:
        bits = np.unpackbits(rows, axis=1).reshape(height, -1, depth)
        samples = (bits * (1 << np.arange(depth)[::-1])).sum(axis=2)[:, :width]
        if colour == 0:
            samples = samples * 255 // ((1 << depth) - 1)
        pixels = samples.astype(np.uint8).reshape(height, width, 1)
    else:
        pixels = rows.reshape(height, width, channels, depth // 8)[..., 0]
    if colour == 3:
        table = np.zeros((256, 3), np.uint8)
        known = np.frombuffer(palette, np.uint8).reshape(-1, 3)
        table[: len(known)] = known
        shades = table.astype(np.uint16).sum(axis=1) // 3
        opaque = np.full(256, 255, np.uint16)
        opaque[: len(clear)] = np.frombuffer(clear, np.uint8)
        shades = (shades * opaque + 255 * (255 - opaque)) // 255
        return np.ascontiguousarray(shades.astype(np.uint8)[pixels[..., 0]])
    tone = pixels[..., : 3 if channels >= 3 else 1].astype(np.uint16).mean(axis=2)
    if channels in (2, 4):  # over white
        seen = pixels[..., -1] / 255.0
        tone = tone * seen + 255 * (1 - seen)
    return np.ascontiguousarray(tone.astype(np.uint8))


def unfiltered(rows: Any, step: int) -> Any:
    """The rows of a PNG with their filters undone."""
    import numpy as np

    made = np.zeros((len(rows), rows.shape[1] - 1), np.uint8)
    above = np.zeros(rows.shape[1] - 1, np.uint8)
    for at, row in enumerate(rows):
        kind, line = int(row[0]), row[1:].copy()
        if kind == 1:
            for first in range(step):
                line[first::step] = np.cumsum(line[first::step], dtype=np.uint8)
        elif kind == 2:
            line = line + above
        elif kind in (3, 4):
            line = averaged(line, above, step) if kind == 3 else paeth(line, above, step)
        elif kind:
            raise PictureError("a filter that is none")
        made[at] = above = line
    return made


def averaged(line: Any, above: Any, step: int) -> Any:
    """A row with the filter of averages undone."""
    out, up = line.tolist(), above.tolist()
    for at in range(len(out)):
        left = out[at - step] if at >= step else 0
        out[at] = (out[at] + ((left + up[at]) >> 1)) & 255
    return type_of(out)


def paeth(line: Any, above: Any, step: int) -> Any:
    """A row with Paeth's filter undone."""
    out, up = line.tolist(), above.tolist()
    for at in range(len(out)):
        left, corner = (out[at - step], up[at - step]) if at >= step else (0, 0)
        guess = left + up[at] - corner
        near = min(
            (abs(guess - left), 0, left), (abs(guess - up[at]), 1, up[at]), (abs(guess - corner), 2, corner)
        )
        out[at] = (out[at] + near[2]) & 255
    return type_of(out)


def type_of(values: list[int]) -> Any:
    """A row of bytes."""
    import numpy as np

    return np.array(values, np.uint8)
