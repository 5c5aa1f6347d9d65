"""DF-GAN's components on offer."""

from __future__ import annotations

from collections.abc import Iterable

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_dfgan import settings


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer the generator and the discriminator of DF-GAN."""
    return [
        Component(
            Role.GENERATOR,
            "df-gan",
            settings.DFGANSettings,
            "painterkit_dfgan.generator:build",
            samples=[{"resolutions": [16], "channels": 4, "noise": 6}],
        ),
        Component(
            Role.DISCRIMINATOR,
            "df-gan",
            settings.DFGANDiscriminatorSettings,
            "painterkit_dfgan.discriminator:build",
            samples=[{"channels": 4}, {"channels": 4, "norm": "spectral"}],
        ),
    ]
