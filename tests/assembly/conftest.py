"""A small recipe of one phase, and the way to assemble it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from painterkit.assembly import Assembly
from painterkit.errors import WrongInput
from painterkit.plugins import load_plugins
from painterkit.registry import Registry

from ..small_recipe import SMALL, Table, assemble_table

RECIPE: Table = {
    **SMALL,
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

    def assemble_with(table: Table, **told: Any) -> Assembly:
        return assemble_table(table, registry, tmp_path, **told)

    return assemble_with


@pytest.fixture
def problems(assembled: Callable[..., Assembly]) -> Callable[..., list[str]]:
    """Return the sentences about a table that does not fit."""

    def problems_of(table: Table, **told: Any) -> list[str]:
        with pytest.raises(WrongInput) as raised:
            assembled(table, **told)
        assert raised.value.exit_code == 2
        return [str(problem) for problem in raised.value.problems]

    return problems_of
