"""Principal components, each brought to variance 1."""

from __future__ import annotations

import torch
from torch import Tensor

from painterkit.nn.seeding import seeded

POWER_ITERATIONS = 3

SMALLEST_DEVIATION = 1e-6

LEAST_SHARE = 1e-3
"""Components with less than this share of the first one's deviation are not enlarged further."""


def whitening(centred: Tensor, width: int) -> Tensor:
    """Return [F, width]: rows of `centred` [N, F] times it are white, its columns in order.

    The rows must have the mean 0. The components are found by subspace iteration, so what comes out
    is white to about a hundredth. Of few rows or features there are no more components than the
    smaller of N and F; the columns after them are 0. The same rows give the same numbers whatever
    torch's random state is, and leave that as it was.
    """
    count = min(width, *centred.shape)
    with seeded(0, centred.device):
        directions = torch.pca_lowrank(centred, q=count, center=False, niter=POWER_ITERATIONS)[2]
    deviation = (centred @ directions).std(dim=0)
    # N rows with the mean 0 have no N-th component: what is found there is rounding.
    least = (LEAST_SHARE * deviation.max()).clamp(min=SMALLEST_DEVIATION)
    deviation = torch.maximum(deviation, least)
    found = centred.new_zeros(centred.shape[1], width)
    found[:, :count] = directions / deviation
    return found
