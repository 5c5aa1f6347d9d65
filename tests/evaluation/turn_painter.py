"""A small painter that draws every turn of faces told by attributes; nothing of it is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from painterkit.assembly import assemble, build_dataset
from painterkit.generation.painter import Painter
from painterkit.plugins import load_plugins
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.overrides import apply_sets
from painterkit.recipe_file.schema import Recipe
from painterkit.structure import structure

R = 32
JUDGE = {"use": "stackgan", "channels": 4}
TABLE: dict[str, Any] = {
    "painterkit": 1,
    "name": "turns",
    "data": {
        "use": "avatars",
        "resolution": R,
        "turns": "attributes",
        "most_turns": 3,
        "train": 8,
        "validation": 12,
    },
    "samplers": {"turns": "uniform-time"},
    "parts": {
        "caption_encoder": {"use": "hashed-words", "width": 8},
        "dialogue_encoder": {"use": "reader", "embedding": 6, "layer": 7, "hidden": 9, "width": 5},
        "generator": {
            "use": "stackgan-pp",
            "resolutions": [8, R],
            "channels": 8,
            "noise": 5,
            "residual_blocks": 1,
            "memory": "gru",
            "conditioner": {"use": "conditioning-augmentation", "width": 6},
        },
        "discriminators": {"8": JUDGE, str(R): JUDGE},
    },
    "phases": [
        {
            "name": "never",
            "until": {"steps": 1},
            "batch": 2,
            "step": {
                "use": "adversarial",
                "resolutions": [8, R],
                "losses": {"matching": "matching-aware"},
            },
            "optimizers": {
                "generator": {"train": ["generator", "dialogue_encoder"]},
                "discriminator": {"train": ["discriminators"]},
            },
        }
    ],
}


def turn_painter(cache: Path, *sets: str) -> Painter:
    """Return the painter with keys of its recipe changed, as in "samplers.turns=last-turn"."""
    registry = load_plugins().registry
    merged = MergedRecipe("")
    merged.lay_over(TABLE, "")
    assert apply_sets(merged, list(sets), "") == []
    recipe = structure(merged.data, Recipe, registry)
    dataset = build_dataset(recipe, registry, cache)
    assembly = assemble(recipe, registry, cache, dataset)
    assembly.parts.eval()
    return Painter(assembly, R, torch.device("cpu"))
