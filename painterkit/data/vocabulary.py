"""A learnt vocabulary that is kept in a tensor, so that it is saved with the weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

SLOT = 32
"""Room for a word in bytes of UTF-8. Longer words are not learnt."""


def empty_slots(words: int, device: torch.device | str | None = None) -> Tensor:
    """Return room for so many words, none of them learnt yet: uint8 [words, SLOT]."""
    return torch.zeros(words, SLOT, dtype=torch.uint8, device=device)


def most_frequent(words: Iterable[str], count: int) -> list[str]:
    """Return the most frequent words that fit in a slot; among equals, the first by alphabet."""
    counts = Counter(words)
    fitting = [word for word in counts if "\0" not in word and len(_bytes(word)) <= SLOT]
    return sorted(fitting, key=lambda word: (-counts[word], word))[:count]


def write_slots(slots: Tensor, words: Iterable[str]) -> None:
    """Write words into the slots, one each and zeros behind it, in place."""
    rows = bytearray()
    for word in words:
        rows += _bytes(word).ljust(SLOT, b"\0")
    written = torch.frombuffer(rows.ljust(slots.numel(), b"\0"), dtype=torch.uint8)
    slots.copy_(written.view_as(slots))


def read_slots(slots: bytes, first: int) -> Mapping[str, int]:
    """Return the number of each word that is written in the slots' bytes.

    The word in the first slot has the number `first`, as what comes before has no slot.
    """
    words = [slots[start : start + SLOT].rstrip(b"\0") for start in range(0, len(slots), SLOT)]
    return {
        word.decode("utf-8", "surrogatepass"): number
        for number, word in enumerate(words, first)
        if word
    }


class WordNumbers:
    """The number of each word in slots that others write, load_state_dict for one."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._read = b""
        self._numbers: Mapping[str, int] = {}

    def of(self, slots: Tensor) -> Mapping[str, int]:
        """Return the numbers of the words in `slots`, counted from `first`.

        The slots are compared, which takes microseconds, and read again where they have changed.
        """
        written = slots.cpu().numpy().tobytes()
        if written != self._read:
            self._read, self._numbers = written, read_slots(written, self.first)
        return self._numbers


def _bytes(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")
