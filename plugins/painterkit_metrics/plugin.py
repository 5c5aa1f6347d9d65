"""What painterkit_metrics offers; imports nothing slow."""

from __future__ import annotations

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_metrics.settings import ClassifierScoreSettings, InceptionScoreSettings


@hookimpl
def painterkit_components() -> list[Component]:
    """Return the Inception score and the score of a packaged classifier."""
    return [
        Component(
            Role.METRIC,
            "inception-score",
            InceptionScoreSettings,
            "painterkit_metrics.inception:build",
        ),
        Component(
            Role.METRIC,
            "classifier-score",
            ClassifierScoreSettings,
            "painterkit_metrics.efficientnet_lite:build",
        ),
    ]
