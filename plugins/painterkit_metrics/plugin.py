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
        ),
        Component(
            Role.METRIC,
            "classifier-score",
            ClassifierScoreSettings,
            "painterkit_metrics.efficientnet_lite:build",
        ),
        Component(
            Role.IMAGE_ENCODER,
            "efficientnet-lite0",
            EfficientNetEncoderSettings,
            "painterkit_metrics.efficientnet_encoder:build",
        ),
        Component(
            Role.IMAGE_ENCODER,
            "inception-v3",
            InceptionEncoderSettings,
            "painterkit_metrics.inception_encoder:build",
        ),
    ]
