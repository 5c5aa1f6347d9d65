"""Word attention: each place of a map takes along what it finds in the words."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from painterkit.nn.precision import full_precision

LEAST = torch.finfo(torch.float32).min
"""The score of what is not there: finite, as the softmax of nothing but -inf is nan."""


class WordAttention(nn.Module):
    """Look at words of several sources from each place of a map: equation 2 of AttnGAN.

    A word e of a source becomes e' = U e, with a matrix U for each source, as wide as the map. A
    place h takes along the mean of all e' of all sources, weighed by the softmax of h . e' over
    them. A row's own masks alone tell which words it has; a row without any takes zeros along.
    """

    def __init__(self, widths: Mapping[str, int], channels: int) -> None:
        super().__init__()
        self.projections = nn.ModuleDict(
            {source: nn.Linear(width, channels, bias=False) for source, width in widths.items()}
        )

    def forward(
        self, places: Tensor, vectors: Mapping[str, Tensor], masks: Mapping[str, Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return what is taken along, [B, C, H, W], and the weights, {source: [B, L, H, W]}.

        `places` is [B, C, H, W]; each source has `vectors` [B, L, W] and masks bool [B, L], True
        where there is a word.
        """
        sources = list(self.projections)
        # Padding may hold anything, nan too, which would reach the gradient of U.
        known = {one: vectors[one].masked_fill(~masks[one].unsqueeze(2), 0.0) for one in sources}
        words = torch.cat([self.projections[one](known[one]) for one in sources], dim=1)
        mask = torch.cat([masks[one] for one in sources], dim=1)
        context, weights = attend(places, words, mask)
        lengths = [masks[one].shape[1] for one in sources]
        return context, dict(zip(sources, weights.split(lengths, dim=1), strict=True))


def attend(places: Tensor, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weighted means of `words` at each place, [B, C, H, W], and the weights.

    The weights are [B, L, H, W], 0 where `mask` [B, L] is False; `places` is [B, C, H, W] and
    `words` [B, L, C]. Everything is computed in float32, also under autocast.
    """
    with full_precision(places.device):
        queries, keys = places.float().flatten(2).transpose(1, 2), words.float()
        nothing = ~mask.unsqueeze(1)
        scores = (queries @ keys.transpose(1, 2)).masked_fill(nothing, LEAST)
        # Without any word all are alike, and none of them counts.
        weights = scores.softmax(dim=2).masked_fill(nothing, 0.0)
        context = weights @ keys
    size = places.shape[2:]
    return context.transpose(1, 2).unflatten(2, size), weights.transpose(1, 2).unflatten(2, size)
