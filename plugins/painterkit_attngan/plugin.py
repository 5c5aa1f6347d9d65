"""AttnGAN's components on offer."""

from __future__ import annotations

from collections.abc import Iterable

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_attngan import settings, settings_damsm


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer AttnGAN's generator, its encoders of text and pictures, and DAMSM."""
    return [
        Component(
            Role.GENERATOR,
            "attngan",
            settings.AttnGANSettings,
            "painterkit_attngan.generator:build",
        ),
        Component(
            Role.TEXT_ENCODER,
            "word-lstm",
            settings_damsm.WordLSTMSettings,
            "painterkit_attngan.text_encoder:build",
        ),
        Component(
            Role.IMAGE_ENCODER,
            "frozen-regions",
            settings_damsm.FrozenRegionsSettings,
            "painterkit_attngan.regions:build",
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
    ]
