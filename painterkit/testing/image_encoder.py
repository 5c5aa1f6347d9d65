"""The checks of an image encoder."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from painterkit.testing.every_role import check_module, check_rows
from painterkit.testing.inputs import BATCH, pictures, set_mode, shaken
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import EFFECT, require, require_shape, widest_gap


def check_image_encoder(subject: Subject) -> None:
    """Check an image encoder; raises AssertionError with a sentence about the first fault."""
    part = set_mode(subject.build(), training=False)
    require(
        isinstance(part.resolution, int) and part.resolution > 0,
        f"{subject.place}: its resolution must be a height in pixels, and is {part.resolution!r}",
    )
    images = pictures(BATCH, part.resolution)
    features = part(images)
    require_shape(subject.place, "its pooled vector", features.pooled, (BATCH, part.width))
    if features.regions is not None:
        shape = (BATCH, *features.regions.shape[1:])
        require_shape(subject.place, "its regions", features.regions, shape)
        require(
            features.regions.dim() == 3,
            f"{subject.place}: its regions must be [B, D, N], and are {list(shape)}",
        )
    check_module(subject, lambda part: _see(part, pictures(BATCH, part.resolution)))
    check_rows(subject.place, _see(part, images), lambda row: _see(part, images[row : row + 1]))
    part = shaken(part)
    others = pictures(BATCH, part.resolution, seed=1)
    require(
        widest_gap(_see(part, images), _see(part, others))[1] > EFFECT,
        f"{subject.place}: what it sees does not depend on the picture",
    )


def _see(part: Any, images: Tensor) -> dict[str, Tensor]:
    features = part(images)
    found = {"pooled": features.pooled, "regions": features.regions}
    return {name: value for name, value in found.items() if value is not None}
