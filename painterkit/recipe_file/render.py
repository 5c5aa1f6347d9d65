"""Write a recipe as TOML, every default spelled out."""

from __future__ import annotations

import tomli_w

from painterkit.recipe_file.schema import Recipe
from painterkit.structure import unstructure


def render_recipe(recipe: Recipe) -> str:
    """Return a recipe as TOML text that loads to the same recipe."""
    return tomli_w.dumps(unstructure(recipe))
