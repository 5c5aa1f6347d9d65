"""A part of a recipe that a page shows can stand in one: its keys and components exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from painterkit.errors import WrongInput
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe

from .pages import NAMES, Block, blocks, page

OTHERS = ("painterkit = 1", "[project]", "[tool.")
"""How a block of TOML begins that is a whole recipe, or no part of one; a file of a plugin is none
either."""

FRAGMENTS = [
    pytest.param(block, id=f"{name}: {block.text.splitlines()[0]}")
    for name in NAMES
    for block in blocks(page(name))
    if block.language == "toml" and not block.text.startswith(OTHERS)
    if "/" not in block.file
]


def in_a_recipe(text: str, folder: Path) -> str:
    """Write a recipe around a fragment and return its path; one without a table is of the parts."""
    table = "" if text.startswith("[") else "[parts]\n"
    recipe = folder / "fragment.toml"
    recipe.write_text(f'painterkit = 1\nname = "fragment"\nextends = "tiny"\n\n{table}{text}')
    return str(recipe)


@pytest.mark.parametrize("block", FRAGMENTS)
def test_a_fragment_fits_into_a_recipe(block: Block, tmp_path: Path) -> None:
    load_recipe(in_a_recipe(block.text, tmp_path), load_plugins())


def test_a_wrong_key_in_a_fragment_is_found(tmp_path: Path) -> None:
    text = 'dialogue_encoder = { use = "bilstm", hiden = 64 }\n'
    with pytest.raises(WrongInput, match="hiden"):
        load_recipe(in_a_recipe(text, tmp_path), load_plugins())
