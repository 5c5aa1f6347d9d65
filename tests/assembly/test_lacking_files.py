from __future__ import annotations

from typing import Any

from torch import nn

from painterkit.assembly import lacking_files
from painterkit.errors import Problem
from painterkit.testing import sample_parts

MISSING = Problem("weights", "no such file: seen.pth", "look where it is")


class Seer(nn.Module):
    def lacks(self) -> list[Problem]:
        return [MISSING]


class Step(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.image_encoder = Seer()


def test_files_that_a_steps_own_image_encoder_lacks_are_told() -> None:
    step: Any = Step()
    parts = sample_parts((16,))
    assert lacking_files(parts) == []
    assert lacking_files(parts, [step]) == [MISSING]
