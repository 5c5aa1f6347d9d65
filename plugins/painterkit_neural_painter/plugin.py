"""The Neural Painter's components on offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_neural_painter import settings

SMALL: Mapping[str, Any] = {
    "resolutions": [8, 16, 32],
    "channels": 16,
    "noise": 6,
    "residual_blocks": 1,
    "conditioner": {"use": "conditioning-augmentation", "width": 6, "activation": "glu"},
}
"""Settings that make the generator small."""


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer the StackGAN++ base of the Neural Painter."""
    return [
        Component(
            Role.GENERATOR,
            "stackgan-pp",
            settings.StackGANPPSettings,
            "painterkit_neural_painter.generator:build",
            samples=[SMALL, {**SMALL, "memory": "gru"}],
        ),
        Component(
            Role.LOSS,
            "colour-consistency",
            settings.ColourConsistencySettings,
            "painterkit_neural_painter.colour_consistency:build",
        ),
        Component(
            Role.DIALOGUE_ENCODER,
            "reader",
            settings.ReaderSettings,
            "painterkit_neural_painter.reader:build",
            samples=[{"embedding": 6, "layer": 7, "hidden": 9, "width": 5}],
        ),
    ]
