"""The 70 slots of Reed et al.'s alphabet, and the slot of each character of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/\\|_@#$%^&*~`+-=<>()[]{} "
"""70 slots with 69 characters: '-' stands twice, and the authors' table keeps its last slot."""

LENGTH = 201
"""How many characters are read."""

NOTHING = 0
"""The number of no character: what follows the end of a text. Slot k has the number k + 1."""

Unknown = Literal["zero", "space"]

_NUMBERS = {character: number for number, character in enumerate(ALPHABET, start=1)}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _table(unknown: int) -> bytes:
    return bytes(_NUMBERS.get(chr(code), unknown) for code in range(256))


_UNKNOWN_IS_NOTHING = _table(NOTHING)
_UNKNOWN_IS_SPACE = _table(_NUMBERS[" "])


def numbers(text: str, unknown: Unknown, lower_case: bool) -> bytes:
    """Return a number from 0 to 70 for each character of a text, however long it is.

    With `unknown` "zero" a character beyond ASCII has as many zeros as bytes in UTF-8, because
    the authors' Lua code reads bytes.
    """
    if lower_case:
        text = text.lower()
    if unknown == "zero":
        return text.encode("utf-8", "surrogatepass").translate(_UNKNOWN_IS_NOTHING)
    return _NOT_ASCII.sub(" ", text).encode("ascii").translate(_UNKNOWN_IS_SPACE)


def rows(texts: Iterable[str], unknown: Unknown, lower_case: bool) -> npt.NDArray[np.uint8]:
    """Return the first 201 numbers of each text, [N, 201], padded with 0."""
    read = [numbers(text, unknown, lower_case)[:LENGTH].ljust(LENGTH, b"\0") for text in texts]
    return np.frombuffer(bytearray(b"".join(read)), np.uint8).reshape(len(read), LENGTH)
