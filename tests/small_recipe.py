"""The parts of a small recipe to change in tests, and the way to assemble it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from painterkit.assembly import Assembly, assemble
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Registry
from painterkit.structure import structure
from painterkit.testing import SampleDataset

Table = dict[str, Any]

JUDGE = {"use": "stackgan", "channels": 4}

SMALL: Table = {
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
}
"""A recipe without its phases."""


def assemble_table(
    table: Table, registry: Registry, cache: Path, resolution: int = 16, device: str = "cpu"
) -> Assembly:
    """Assemble a recipe's table on sample pictures of a height."""
    recipe = structure(table, Recipe, registry)
    return assemble(recipe, registry, cache, SampleDataset(resolution), device)
