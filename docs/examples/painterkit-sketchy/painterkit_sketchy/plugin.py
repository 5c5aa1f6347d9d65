"""What the plugin offers; imports no torch, so that looking things up stays quick."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role

from painterkit_sketchy import settings

painterkit_interface = 2


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer the generator and the loss."""
    return [
        Component(
            Role.GENERATOR,
            "sketchy",
            settings.StrokesSettings,
            "painterkit_sketchy.generator:build",
            samples=[{"resolutions": [8, 16], "strokes": 4, "width": 8}],
        ),
        Component(
            Role.LOSS,
            "sketchy-smoothness",
            settings.SmoothnessSettings,
            "painterkit_sketchy.smoothness:build",
        ),
    ]


@hookimpl
def painterkit_recipes() -> Traversable:
    """Offer the recipes."""
    return files("painterkit_sketchy") / "recipes"
