"""Draw pictures from conversations.

The names below are the whole public interface for scripts; each is imported when it is first used,
so that `import painterkit` is quick and imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from painterkit.assembly import assemble
    from painterkit.building import build
    from painterkit.data.conversation import Conversation, Turn
    from painterkit.errors import Failure, PainterkitError, WrongInput
    from painterkit.evaluation.evaluate import evaluate
    from painterkit.generation.export import export
    from painterkit.generation.load_painter import load_painter
    from painterkit.generation.painter import Painter
    from painterkit.generation.read_batches import read_batches
    from painterkit.generation.session import Session
    from painterkit.plugins import load_plugins
    from painterkit.recipe_file.load import load_recipe
    from painterkit.training.launch import resume, train

    __version__: str

__all__ = [
    "Conversation",
    "Failure",
    "Painter",
    "PainterkitError",
    "Session",
    "Turn",
    "WrongInput",
    "__version__",
    "assemble",
    "build",
    "evaluate",
    "export",
    "load_painter",
    "load_plugins",
    "load_recipe",
    "read_batches",
    "resume",
    "train",
]

# Hidden from type checkers, which would take any name for one of these.
if not TYPE_CHECKING:
    _MODULES = {
        "Conversation": "data.conversation",
        "Failure": "errors",
        "Painter": "generation.painter",
        "PainterkitError": "errors",
        "Session": "generation.session",
        "Turn": "data.conversation",
        "WrongInput": "errors",
        "assemble": "assembly",
        "build": "building",
        "evaluate": "evaluation.evaluate",
        "export": "generation.export",
        "load_painter": "generation.load_painter",
        "load_plugins": "plugins",
        "load_recipe": "recipe_file.load",
        "read_batches": "generation.read_batches",
        "resume": "training.launch",
        "train": "training.launch",
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name in _MODULES:
            return getattr(import_module(f"painterkit.{_MODULES[name]}"), name)
        if name == "__version__":
            from importlib.metadata import version

            return version("painterkit")
        raise AttributeError(f"module 'painterkit' has no attribute '{name}'")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
