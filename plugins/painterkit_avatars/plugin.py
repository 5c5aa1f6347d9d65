"""What painterkit_avatars offers; imports nothing slow."""

from __future__ import annotations

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_avatars.settings import AttributeAccuracySettings, AvatarsSettings


@hookimpl
def painterkit_components() -> list[Component]:
    """Return the data set and its metric."""
    return [
        Component(Role.DATASET, "avatars", AvatarsSettings, "painterkit_avatars.dataset:build"),
        Component(
            Role.METRIC,
            "attribute-accuracy",
            AttributeAccuracySettings,
            "painterkit_avatars.metric:build",
        ),
    ]
