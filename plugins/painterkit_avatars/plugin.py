"""What painterkit_avatars offers; imports nothing slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_avatars.settings import (
    AttributeAccuracySettings,
    AvatarsSettings,
    CalibrationSettings,
    TurnAccuracySettings,
    VarietySettings,
)

if TYPE_CHECKING:
    import typer


@hookimpl
def painterkit_components() -> list[Component]:
    """Return the data set and its metrics."""
    return [
        Component(
            Role.DATASET,
            "avatars",
            AvatarsSettings,
            "painterkit_avatars.dataset:build",
            samples=[{"resolution": 32, "train": 24, "validation": 12}],
        ),
        Component(
            Role.METRIC,
            "attribute-accuracy",
            AttributeAccuracySettings,
            "painterkit_avatars.metric:build",
        ),
        Component(
            Role.METRIC,
            "turn-accuracy",
            TurnAccuracySettings,
            "painterkit_avatars.turn_accuracy:build",
        ),
        Component(
            Role.METRIC,
            "variety",
            VarietySettings,
            "painterkit_avatars.variety:build",
            samples=[{"noises": 2}],
        ),
        Component(
            Role.METRIC,
            "calibration",
            CalibrationSettings,
            "painterkit_avatars.calibration:build",
            samples=[{"noises": 3}],
        ),
    ]


@hookimpl
def painterkit_commands(app: typer.Typer) -> None:
    """Write the command `faces`."""
    from painterkit_avatars.faces_command import faces

    app.command("faces")(faces)
