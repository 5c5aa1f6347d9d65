"""The `frozen-regions` image encoder: trained heads on what another image encoder sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.image_encoder import Fitted, ImageFeatures, region_width
from painterkit.interfaces.parts import has_weights
from painterkit.interfaces.text_encoder import NeedsFiles
from painterkit.roles import Role
from painterkit_attngan.settings_damsm import FrozenRegionsSettings


class FrozenRegions(nn.Module):
    """Project what `inner` sees linearly to one width: its pooled vector, and each region.

    Equation 6 of the paper, where `inner` is Inception-v3. The two layers start
    uniform in [-0.1, 0.1], as in the authors' code, and a phase has to train them.
    """

    is_untrained = True
    """Its weights come from no file: a phase is to train them."""

    def __init__(self, inner: Any, width: int) -> None:
        super().__init__()
        self.inner = inner
        self.width = self.region_width = width
        self.resolution: int = inner.resolution
        self.pooled = nn.Linear(inner.width, width)
        self.regions = nn.Conv1d(region_width(inner), width, 1, bias=False)
        for head in (self.pooled, self.regions):
            nn.init.uniform_(head.weight, -0.1, 0.1)
        if isinstance(
            inner, Fitted
        ):  # one that looks at the training pictures before the first step
            self.fit = inner.fit

    def lacks(self) -> Sequence[Problem]:
        """Say which files the network needs and does not find."""
        return self.inner.lacks() if isinstance(self.inner, NeedsFiles) else ()

    def forward(self, images: Tensor) -> ImageFeatures:
        """See `images` [B, 3, R, R] in [-1, 1]: pooled [B, D], regions [B, D, N]."""
        seen: ImageFeatures = self.inner(images)
        assert seen.regions is not None, "build() refuses an encoder without regions"
        return ImageFeatures(self.pooled(seen.pooled).float(), self.regions(seen.regions).float())


def build(settings: FrozenRegionsSettings, context: BuildContext) -> FrozenRegions:
    """Build the encoder in the slot, and a head for each kind of what it sees.

    Raises WrongInput where that gives no regions, or has weights that a phase would train.
    """
    inner, name = context.build(Role.IMAGE_ENCODER, settings.inner), settings.inner.name
    where = "frozen-regions.inner"
    if not region_width(inner):
        what = f"'{name}' gives no regions"
        hint = "'efficientnet-lite0' and 'inception-v3' do, and others by a setting of their own"
        raise WrongInput(Problem(where, what, hint))
    if has_weights(inner):
        what = f"'{name}' has weights to train, and here it would be frozen as it starts"
        raise WrongInput(Problem(where, what, f"name '{name}' itself in parts.image_encoder"))
    return FrozenRegions(inner, settings.width)
