"""What painterkit_metrics offers; imports nothing slow."""

from __future__ import annotations

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_metrics.settings import (
    ClassifierScoreSettings,
    EfficientNetEncoderSettings,
    InceptionEncoderSettings,
    InceptionScoreSettings,
)


@hookimpl
def painterkit_components() -> list[Component]:
    """Return the Inception score, the score of a packaged classifier, and what both see."""
    return [
        Component(
            Role.METRIC,
            "inception-score",
            InceptionScoreSettings,
            "painterkit_metrics.inception:build",
            samples=[{"conversations": 8}],
        ),
        Component(
            Role.METRIC,
            "classifier-score",
            ClassifierScoreSettings,
            "painterkit_metrics.efficientnet_lite:build",
            samples=[{"conversations": 8}],
        ),
        Component(
            Role.IMAGE_ENCODER,
            "efficientnet-lite0",
            EfficientNetEncoderSettings,
            "painterkit_metrics.efficientnet_encoder:build",
            samples=[{"width": 8, "resolution": 16, "side": 64}],
        ),
        Component(
            Role.IMAGE_ENCODER,
            "inception-v3",
            InceptionEncoderSettings,
            "painterkit_metrics.inception_encoder:build",
            samples=[{"resolution": 16, "side": 75}],
        ),
    ]
