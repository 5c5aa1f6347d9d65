"""What painterkit_datasets offers; imports nothing slow."""

from __future__ import annotations

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_datasets.settings import (
    CocoVisDialSettings,
    CubSettings,
    JsonLinesSettings,
)


@hookimpl
def painterkit_components() -> list[Component]:
    """Return the data sets."""
    return [
        Component(Role.DATASET, "jsonl", JsonLinesSettings, "painterkit_datasets.jsonl:build"),
        Component(
            Role.DATASET,
            "coco-visdial",
            CocoVisDialSettings,
            "painterkit_datasets.coco_visdial:build",
        ),
        Component(Role.DATASET, "cub", CubSettings, "painterkit_datasets.cub:build"),
    ]
