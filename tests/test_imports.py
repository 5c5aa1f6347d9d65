"""What importing painterkit brings with it: no torch before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import painterkit

HEAVY = ("torch", "torchvision", "numpy", "PIL", "safetensors", "sentence_transformers")

REPORT = f"""
import sys
print(*[name for name in {HEAVY} if name in sys.modules])
"""


def heavy_after(code: str) -> list[str]:
    """Return which heavy packages a fresh interpreter has imported after some code."""
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


QUICK = {
    "the package": "import painterkit",
    "its version": "import painterkit; painterkit.__version__",
    "errors": "from painterkit import Failure, PainterkitError, WrongInput",
    "conversations": "from painterkit import Conversation, Turn; Conversation('a', ('b',), (), 0)",
    "discovery": "from painterkit import load_plugins; assert load_plugins().registry.offers()",
    "a recipe": (
        "from painterkit import load_plugins, load_recipe\n"
        "assert load_recipe('chatpainter_rnn', load_plugins()).recipe.phases"
    ),
    "shipped recipes": (
        "from painterkit.plugins import load_plugins\n"
        "from painterkit.recipe_file.names import shipped_recipes\n"
        "assert shipped_recipes(load_plugins())"
    ),
    "the command line": "import painterkit.cli.app",
}


@pytest.mark.parametrize("what", QUICK)
def test_is_imported_without_torch_or_numpy(what: str) -> None:
    assert heavy_after(QUICK[what]) == []


def test_the_check_would_see_torch() -> None:
    assert "torch" in heavy_after("from painterkit import load_painter")


def test_every_public_name_is_what_a_type_checker_takes_it_for() -> None:
    """The names stand in `__all__`, under TYPE_CHECKING and in the lazy table: all three agree."""
    source = Path(painterkit.__file__).read_text(encoding="utf-8")
    imported = {
        alias.name: node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("painterkit.")
        for alias in node.names
    }
    assert set(painterkit.__all__) == {*imported, "__version__"}
    for name, module in imported.items():
        value = getattr(painterkit, name)
        assert value.__name__ == name
        assert value.__module__ == module
    assert set(painterkit.__all__) <= set(dir(painterkit))


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="'painterkit' has no attribute 'no_such_name'"):
        painterkit.no_such_name  # noqa: B018
