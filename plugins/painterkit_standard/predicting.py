"""What the steps that predict what is seen in a picture share: who sees it, and the head."""

from __future__ import annotations

from typing import Any

from torch import nn

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.parts import has_weights
from painterkit.roles import Role
from painterkit.settings import Use

NO_IMAGE_ENCODER = (
    "nothing sees the pictures; name an image encoder in parts.image_encoder, or in the step's own "
    "image_encoder"
)


def head_of(read: int, hidden: int | None, predicted: int) -> nn.Module:
    """Return what goes from `read` numbers to `predicted` ones, with or without a hidden layer."""
    if hidden is None:
        return nn.Linear(read, predicted)
    return nn.Sequential(nn.Linear(read, hidden), nn.ReLU(), nn.Linear(hidden, predicted))


def own_image_encoder(use: Use | None, step: str, context: BuildContext) -> Any:
    """Return the image encoder that a step has for itself; None where it names none.

    Raises WrongInput for one that would have to be trained.
    """
    if use is None:
        return None
    encoder = context.build(Role.IMAGE_ENCODER, use)
    if has_weights(encoder):
        raise WrongInput(
            Problem(
                f"{step}.image_encoder",
                f"'{use.name}' has weights to train, and here it would be what is predicted as "
                "well",
                f"name '{use.name}' in parts.image_encoder, and train it in a phase before",
            )
        )
    return encoder
