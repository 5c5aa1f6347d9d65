"""AttnGAN's components on offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_attngan import settings, settings_damsm

SMALL: Mapping[str, Any] = {
    "resolutions": [8, 16, 32],
    "channels": 8,
    "noise": 6,
    "residual_blocks": 1,
    "conditioner": {"use": "conditioning-augmentation", "width": 6, "activation": "glu"},
}
"""Settings that make the generator small."""


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer AttnGAN's generator, its encoders of text and pictures, and DAMSM."""
    return [
        Component(
            Role.GENERATOR,
            "attngan",
            settings.AttnGANSettings,
            "painterkit_attngan.generator:build",
            samples=[
                SMALL,
                {**SMALL, "words": ["dialogue"]},
                {**SMALL, "words": ["turns"]},
                {**SMALL, "words": ["caption", "dialogue", "turns"]},
            ],
        ),
        Component(
            Role.TEXT_ENCODER,
            "word-lstm",
            settings_damsm.WordLSTMSettings,
            "painterkit_attngan.text_encoder:build",
            samples=[{"width": 8, "embedding": 6, "vocabulary": 40}],
        ),
        Component(
            Role.IMAGE_ENCODER,
            "frozen-regions",
            settings_damsm.FrozenRegionsSettings,
            "painterkit_attngan.regions:build",
            samples=[
                {
                    "inner": {
                        "use": "efficientnet-lite0",
                        "width": 8,
                        "resolution": 16,
                        "side": 64,
                    },
                    "width": 6,
                }
            ],
        ),
        Component(
            Role.TRAINING_STEP,
            "damsm",
            settings_damsm.DAMSMStepSettings,
            "painterkit_attngan.damsm_step:build",
        ),
        Component(
            Role.LOSS,
            "damsm",
            settings_damsm.DAMSMSettings,
            "painterkit_attngan.damsm_loss:build",
        ),
        Component(
            Role.METRIC,
            "r-precision",
            settings_damsm.RPrecisionSettings,
            "painterkit_attngan.r_precision:build",
            samples=[
                {"conversations": 16, "mismatched": 3},
                {"conversations": 16, "mismatched": 3, "reads": ["caption", "dialogue", "turns"]},
            ],
        ),
    ]
