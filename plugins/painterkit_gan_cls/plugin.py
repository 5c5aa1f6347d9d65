"""The components of GAN-CLS on offer."""

from __future__ import annotations

from collections.abc import Iterable

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_gan_cls import settings


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer the generator, the discriminator, and how the generator is told a text."""
    return [
        Component(
            Role.GENERATOR,
            "gan-cls",
            settings.GANCLSSettings,
            "painterkit_gan_cls.generator:build",
            samples=[
                {
                    "resolutions": [16],
                    "channels": 4,
                    "noise": 6,
                    "conditioner": {"use": "projection", "width": 6},
                }
            ],
        ),
        Component(
            Role.DISCRIMINATOR,
            "gan-cls",
            settings.GANCLSDiscriminatorSettings,
            "painterkit_gan_cls.discriminator:build",
            samples=[
                {"channels": 8, "condition": 7},
                {"channels": 8, "condition": 7, "norm": "spectral"},
            ],
        ),
        Component(
            Role.CONDITIONER,
            "projection",
            settings.ProjectionSettings,
            "painterkit_gan_cls.projection:build",
            samples=[{"width": 6}],
        ),
    ]
