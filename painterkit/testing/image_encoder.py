"""The checks of an image encoder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from attrs import evolve
from torch import Tensor, nn
from torch.nn import functional

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.image_encoder import Fitted, ImageFeatures, region_width
from painterkit.nn.seeding import seeded
from painterkit.testing.every_role import check_module, check_rows
from painterkit.testing.inputs import BATCH, pictures, set_mode, shaken
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import EFFECT, require, require_same, require_shape, widest_gap

CHUNK = 7
"""Pictures that a part is fitted to at a time."""


def check_image_encoder(subject: Subject) -> None:
    """Check an image encoder; raises AssertionError with a sentence about the first fault.

    One that is fitted, with a method `fit`, is fitted to pictures of the context's data set.
    """
    unfitted = subject
    subject = evolve(subject, make=lambda context: _fitted(unfitted, context))
    part = set_mode(subject.build(), training=False)
    check_shapes(subject.place, part)
    images = pictures(BATCH, part.resolution)
    check_regions(subject.place, part, part(images))
    check_module(subject, lambda part: _see(part, pictures(BATCH, part.resolution)))
    check_rows(subject.place, _see(part, images), lambda row: _see(part, images[row : row + 1]))
    check_fit(unfitted)
    check_fit_is_kept(subject, unfitted)
    check_dependence(subject.place, shaken(part))


def check_shapes(place: str, part: Any) -> None:
    """Check that `resolution` is a height, and what it sees of such pictures is [B, width]."""
    require(
        isinstance(part.resolution, int) and part.resolution > 0,
        f"{place}: its resolution must be a height in pixels, and is {part.resolution!r}",
    )
    features = part(pictures(BATCH, part.resolution))
    require_shape(place, "its pooled vector", features.pooled, (BATCH, part.width))


def check_dependence(place: str, part: Any) -> None:
    """Check that what it sees depends on the picture."""
    one, other = (pictures(BATCH, part.resolution, seed) for seed in (0, 1))
    require(
        widest_gap(_see(part, one), _see(part, other))[1] > EFFECT,
        f"{place}: what it sees does not depend on the picture",
    )


def check_regions(place: str, part: Any, features: ImageFeatures) -> None:
    """Check that regions are there if and only if it says so, and that places differ."""
    width, regions = region_width(part), features.regions
    if regions is None:
        require(not width, f"{place}: its region_width is {width}, and it gives no regions")
        return
    require(bool(width), f"{place}: it gives regions, but has no region_width to say so")
    require(
        regions.dim() == 3 and regions.shape[2] > 0,
        f"{place}: its regions must be [B, V, N], and are {list(regions.shape)}",
    )
    shape = (BATCH, width, regions.shape[2])
    require_shape(place, "the tensor of its regions", regions, shape)
    apart = (regions - regions[:, :, :1]).abs().amax()
    require(
        regions.shape[2] == 1 or bool(apart > EFFECT),
        f"{place}: all regions of a picture are the same",
    )


def check_fit(unfitted: Subject) -> None:
    """Check that what is fitted comes from the pictures, and from nothing else."""
    shown = _training_pictures(unfitted.context, unfitted.build())
    if shown is None:
        return

    def fitted_to(images: Tensor, seed: int) -> dict[str, Tensor]:
        part = unfitted.build()
        with seeded(seed):
            part.fit(_in_chunks(images))
        return _see(set_mode(part, training=False), pictures(BATCH, part.resolution))

    first = fitted_to(shown, seed=1)
    require_same(
        first,
        fitted_to(shown, seed=2),
        f"{unfitted.place}: fitted twice to the same pictures it sees two things; what is random "
        "in fit() must be seeded there",
        0.0,
    )
    require(
        widest_gap(first, fitted_to(shown[: len(shown) // 2], seed=1))[1] > EFFECT,
        f"{unfitted.place}: what it sees does not depend on the pictures that it is fitted to",
    )


def check_fit_is_kept(fitted: Subject, unfitted: Subject) -> None:
    """Check that what was fitted is in the state_dict: a resumed training fits nothing again."""
    part, other = fitted.build(), unfitted.build()
    if not isinstance(part, Fitted) or not isinstance(part, nn.Module):
        return
    other.load_state_dict(part.state_dict())
    images = pictures(BATCH, int(other.resolution))
    require_same(
        _see(part.eval(), images),
        _see(other.eval(), images),
        f"{fitted.place}: brought back from its state_dict, it has forgotten what it was fitted to",
        0.0,
    )


def _fitted(subject: Subject, context: BuildContext) -> Any:
    part = subject.make(context)
    shown = _training_pictures(context, part)
    if shown is not None:
        part.fit(_in_chunks(shown))
    return part


def _training_pictures(context: BuildContext, part: Any) -> Tensor | None:
    """Return the pictures that a part is to be fitted to, [N, 3, R, R]; None if it is not."""
    if not isinstance(part, Fitted) or context.dataset is None:
        return None
    pixels = torch.from_numpy(context.dataset.images("train")[:])
    full = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1
    return functional.adaptive_avg_pool2d(full, part.resolution)


def _in_chunks(images: Tensor) -> Iterator[Tensor]:
    """Give pictures as a training does: some at a time, and once."""
    return iter(images.split(CHUNK))


def _see(part: Any, images: Tensor) -> dict[str, Tensor]:
    features = part(images)
    found = {"pooled": features.pooled, "regions": features.regions}
    return {name: value for name, value in found.items() if value is not None}
