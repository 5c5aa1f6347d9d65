"""The ChatPainter components on offer."""

from __future__ import annotations

from collections.abc import Iterable

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_chatpainter import settings


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer the StackGAN base and ChatPainter's dialogue encoder."""
    return [
        Component(
            Role.GENERATOR,
            "stackgan",
            settings.StackGANSettings,
            "painterkit_chatpainter.generator:build",
        ),
        Component(
            Role.DISCRIMINATOR,
            "stackgan",
            settings.StackGANDiscriminatorSettings,
            "painterkit_chatpainter.discriminator:build",
        ),
        Component(
            Role.DIALOGUE_ENCODER,
            "bilstm",
            settings.BiLSTMSettings,
            "painterkit_chatpainter.bilstm:build",
        ),
    ]
