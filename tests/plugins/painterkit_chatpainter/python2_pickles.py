"""Pickles byte by byte as Python 2 with numpy 1.x writes them, protocol 2: 8-bit strings."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def text(value: bytes) -> bytes:
    if len(value) < 256:
        return b"U" + bytes([len(value)]) + value  # SHORT_BINSTRING
    return b"T" + struct.pack("<i", len(value)) + value  # BINSTRING


def whole(value: int) -> bytes:
    if 0 <= value < 256:
        return b"K" + bytes([value])
    return b"J" + struct.pack("<i", value)


def remembered(number: int) -> bytes:
    return b"q" + bytes([number]) if number < 256 else b"r" + struct.pack("<I", number)


def array(values: npt.NDArray[Any], memo: int) -> bytes:
    shape = b"".join(whole(length) for length in values.shape)
    kind = text(values.dtype.str[1:].encode())
    order = text(values.dtype.str[:1].encode())
    return b"".join(
        (
            b"cnumpy.core.multiarray\n_reconstruct\n" + remembered(memo),
            b"cnumpy\nndarray\n" + remembered(memo + 1),
            whole(0) + b"\x85" + text(b"b") + b"\x87" + remembered(memo + 2) + b"R",
            remembered(memo + 3) + b"(" + whole(1) + b"(" + shape + b"t" + remembered(memo + 4),
            b"cnumpy\ndtype\n" + remembered(memo + 5),
            kind + whole(0) + whole(1) + b"\x87" + remembered(memo + 6) + b"R",
            remembered(memo + 7) + b"(" + whole(3) + order + b"NNN",
            whole(-1) + whole(-1) + whole(0) + b"tb",
            b"\x89" + text(values.tobytes()) + b"tb",
        )
    )


def of_arrays(arrays: Sequence[npt.NDArray[Any]]) -> bytes:
    entries = b"".join(array(one, 1 + 8 * number) for number, one in enumerate(arrays))
    return b"\x80\x02]" + remembered(0) + b"(" + entries + b"e."


def of_one_array(values: npt.NDArray[Any]) -> bytes:
    return b"\x80\x02" + array(values, 0) + b"."


def of_texts(texts: Sequence[str]) -> bytes:
    entries = b"".join(
        text(one.encode("latin1")) + remembered(number) for number, one in enumerate(texts, 1)
    )
    return b"\x80\x02]" + remembered(0) + b"(" + entries + b"e."


def random_vectors(pictures: int, captions: int, width: int) -> npt.NDArray[np.float32]:
    random = np.random.default_rng([pictures, captions, width])
    return random.standard_normal((pictures, captions, width)).astype(np.float32)
