"""A small recipe of two stages, assembled."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from painterkit.assembly import Assembly, assemble
from painterkit.plugins import load_plugins
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Registry
from painterkit.structure import structure
from painterkit.testing import SampleDataset

Table = dict[str, Any]

JUDGE = {"use": "stackgan", "channels": 4}
LOSSES = {"matching": "matching-aware", "kl": "kl"}

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
    },
    "phases": [
        {
            "name": "stage-1",
            "until": {"epochs": 2},
            "batch": 4,
            "optimizers": {
                "generator": {
                    "train": ["generator.stage1", "dialogue_encoder"],
                    "learning_rate": 0.01,
                    "halve_every": {"steps": 3},
                },
                "discriminator": {"train": ["discriminators.8"], "clip": 0.001},
            },
            "step": {"use": "adversarial", "resolutions": [8], "losses": LOSSES},
            "ema": {"decay": 0.9},
        },
        {
            "name": "stage-2",
            "until": {"steps": 3},
            "batch": 4,
            "optimizers": {
                "generator": {"train": ["generator.stage2"]},
                "discriminator": {"train": ["discriminators.16"]},
            },
            "step": {"use": "adversarial", "resolutions": [16], "losses": LOSSES},
        },
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
def assembled(registry: Registry, tmp_path: Path) -> Callable[[Table], Assembly]:
    """Assemble a recipe's table."""

    def assemble_table(table: Table) -> Assembly:
        recipe = structure(table, Recipe, registry)
        return assemble(recipe, registry, tmp_path, SampleDataset(16))

    return assemble_table


@pytest.fixture
def assembly(assembled: Callable[[Table], Assembly], table: Table) -> Assembly:
    """Return the small recipe, assembled."""
    return assembled(table)
