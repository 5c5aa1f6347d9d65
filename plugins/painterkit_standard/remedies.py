"""What the losses of an adversarial step could do against pictures that hardly differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from painterkit.interfaces.loss import BoundsCritic, Loss, UnboundedCritic
from painterkit_standard.gradient_penalties import mixing_pictures


def loss_remedies(losses: Mapping[str, Loss], judges: Mapping[int, Any]) -> list[str]:
    """Name a gradient penalty, where there is none and no batch normalisation forbids it."""
    penalised = any(isinstance(one, BoundsCritic) and one.gives_bound for one in losses.values())
    if penalised or mixing_pictures(judges):
        return []
    critic = any(isinstance(one, UnboundedCritic) and one.needs_bound for one in losses.values())
    return [f"add the loss '{'wgan-gp' if critic else 'r1'}'"]
