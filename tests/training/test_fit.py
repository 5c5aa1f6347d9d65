"""Pictures to fit a part to are made a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from painterkit.assembly import Assembly
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.image_encoder import Fitted
from painterkit.training import fit
from painterkit.training.fit import fit_parts, fit_steps

from ..small_recipe import Table


class Shown(nn.Module):
    """Keep what it is fitted to, and how many pictures were made when a chunk came."""

    resolution = 8

    def __init__(self) -> None:
        super().__init__()
        self.chunks: list[Tensor] = []

    def fit(self, images: Iterable[Tensor]) -> None:
        assert isinstance(images, Iterator), "no list of them all"
        self.chunks += images


def test_a_part_is_shown_the_first_pictures_in_chunks(
    assembled: Callable[[Table], Assembly], table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly: Any = assembled(table)
    train = PreparedSplit(assembly, "train", torch.device("cpu"))
    assert len(train.conversations) > 8
    monkeypatch.setattr(fit, "CHUNK", 3)
    monkeypatch.setattr(fit, "FITTED_ON", 8)
    part = assembly.parts.image_encoder = Shown()
    assert isinstance(part, Fitted)
    fit_parts(assembly.parts, train)
    assert [len(chunk) for chunk in part.chunks] == [3, 3, 2]
    expected = train.with_tokens(()).pictures(np.arange(8), [8])[8]
    assert torch.equal(torch.cat(part.chunks), expected)


def test_a_step_with_an_image_encoder_of_its_own_is_fitted_too(
    assembled: Callable[[Table], Assembly], table: Table
) -> None:
    own = {"use": "pixel-components", "width": 4, "resolution": 8}
    table["phases"][0]["step"] = {"use": "predict-image", "image_encoder": own}
    table["phases"][0]["optimizers"] = {"reader": {"train": ["dialogue_encoder", "step"]}}
    assembly: Any = assembled(table)
    step, train = assembly.steps[0], PreparedSplit(assembly, "train", torch.device("cpu"))
    assert not step.image_encoder.components.any()
    fit_steps(assembly.steps, train)
    assert step.image_encoder.components.any()
