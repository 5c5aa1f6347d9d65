"""Is a picture nearer to its own truth than to other truths?"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from painterkit_avatars.chance import seeded, shuffled

DISTRACTORS = 9
BANK = 100
RESOLUTION = 32


class Nearness:
    """Count the pictures that are nearer to their own truth than to nine other truths.

    The other truths are drawn from the first hundred that were added, so memory is constant and
    the count depends on the order of the pictures alone, not on how they were batched. Distance
    is L2 over pixels at 32 x 32.
    """

    def __init__(self, seed: int) -> None:
        """Start with nothing counted."""
        self._seed = seed
        self._images: list[Tensor] = []
        self._bank: list[Tensor] = []
        self._counted = 0
        self._nearer = 0

    def add(self, images: Tensor, truth: Tensor) -> None:
        """Take in pictures and their truths, both [B, 3, R, R] on the CPU."""
        for image, own in zip(_small(images), _small(truth), strict=True):
            if len(self._bank) < BANK:
                # Judged at the end, when the bank is full.
                self._images.append(image)
                self._bank.append(own)
            else:
                self._nearer += self._is_nearer(BANK + self._counted, image, own)
                self._counted += 1

    def share(self) -> float | None:
        """Return the share of all pictures so far, 0 to 1; None if there are fewer than ten."""
        if len(self._bank) <= DISTRACTORS:
            return None
        nearer = self._nearer + sum(
            self._is_nearer(row, image, self._bank[row]) for row, image in enumerate(self._images)
        )
        return nearer / (self._counted + len(self._images))

    def _is_nearer(self, row: int, image: Tensor, own: Tensor) -> bool:
        others = [place for place in range(len(self._bank)) if place != row]
        chosen = shuffled(seeded("nearer", self._seed, row), others)[:DISTRACTORS]
        truths = torch.stack([own, *(self._bank[place] for place in chosen)])
        distances = (truths - image).square().sum(1)
        return bool(distances[0] < distances[1:].min())


def _small(images: Tensor) -> Tensor:
    """Area-resize [B, 3, R, R] to 32 x 32 and lay the numbers out flat, [B, 3072]."""
    return functional.interpolate(images, size=(RESOLUTION, RESOLUTION), mode="area").flatten(1)
