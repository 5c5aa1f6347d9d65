"""A small recipe of two stages, assembled."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from painterkit.assembly import Assembly
from painterkit.plugins import load_plugins
from painterkit.registry import Registry

from ..small_recipe import SMALL, Table, assemble_table

LOSSES = {"matching": "matching-aware", "kl": "kl"}

RECIPE: Table = {
    **SMALL,
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

    def assemble_one(table: Table) -> Assembly:
        return assemble_table(table, registry, tmp_path)

    return assemble_one


@pytest.fixture
def assembly(assembled: Callable[[Table], Assembly], table: Table) -> Assembly:
    """Return the small recipe, assembled."""
    return assembled(table)
