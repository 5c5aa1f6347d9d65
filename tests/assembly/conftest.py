"""A small recipe to change in tests, and the way to assemble it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from painterkit.assembly import Assembly, assemble
from painterkit.errors import WrongInput
from painterkit.plugins import load_plugins
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Registry
from painterkit.structure import structure
from painterkit.testing import SampleDataset

Table = dict[str, Any]

JUDGE = {"use": "stackgan", "channels": 4}

RECIPE: Table = {
    "painterkit": 1,
    "name": "tiny",
    "data": "avatars",
    "parts": {
        "caption_encoder": {"use": "hashed-words", "width": 8},
        "dialogue_encoder": {"use": "bilstm", "hidden": 6},
        "generator": {
            "use": "stackgan",
            "resolutions": [8, 16],
            "channels": 8,
            "noise": 5,
            "residual_blocks": 1,
            "conditioner": {"use": "conditioning-augmentation", "width": 6},
        },
        "discriminators": {"8": JUDGE, "16": JUDGE},
        "image_encoder": {"use": "pixel-components", "width": 4, "resolution": 8},
    },
    "phases": [
        {
            "name": "stage-1",
            "until": {"epochs": 1},
            "batch": 4,
            "optimizers": {
                "generator": {"train": ["generator.stage1", "dialogue_encoder"]},
                "discriminator": {"train": ["discriminators.8"]},
            },
            "step": {
                "use": "adversarial",
                "resolutions": [8],
                "losses": {"matching": "matching-aware", "kl": "kl"},
            },
        }
    ],
}


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_plugins().registry


@pytest.fixture
def table() -> Table:
    """Return the small recipe as a table of its own, to be changed."""
    return deepcopy(RECIPE)


@pytest.fixture
def assembled(registry: Registry, tmp_path: Path) -> Callable[..., Assembly]:
    """Assemble a recipe's table on sample pictures of 16 px or of another height."""

    def assemble_table(table: Table, resolution: int = 16, device: str = "cpu") -> Assembly:
        recipe = structure(table, Recipe, registry)
        return assemble(recipe, registry, tmp_path, SampleDataset(resolution), device)

    return assemble_table


@pytest.fixture
def problems(assembled: Callable[..., Assembly]) -> Callable[..., list[str]]:
    """Return the sentences about a table that does not fit."""

    def problems_of(table: Table, **told: Any) -> list[str]:
        with pytest.raises(WrongInput) as raised:
            assembled(table, **told)
        assert raised.value.exit_code == 2
        return [str(problem) for problem in raised.value.problems]

    return problems_of
