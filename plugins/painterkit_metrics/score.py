"""The arithmetic of the Inception score."""

from __future__ import annotations

import torch
from torch import Tensor

CHUNK = 1000
"""Pictures whose probabilities are held in float64 at once."""


def split_scores(logits: Tensor, members: Tensor) -> Tensor:
    """Return the score of each split, [S] in float64, from 1 to the number of classes.

    `logits` is [N, classes], `members` [S, N] bool. A score is exp of the mean over a split's
    pictures of KL(p(y|x) || p(y)), where p(y) is the mean of p(y|x) over the split (Salimans et
    al., Improved Techniques for Training GANs, 2016, section 4). That mean is the entropy of
    p(y) less the mean entropy of p(y|x), so one pass over the logits does for all splits.
    """
    shape = len(members), logits.shape[1]
    sums = torch.zeros(shape, dtype=torch.float64)
    entropies = torch.zeros(shape[0], dtype=torch.float64)
    for start in range(0, len(logits), CHUNK):
        log_probabilities = logits[start : start + CHUNK].double().log_softmax(1)
        probabilities = log_probabilities.exp()
        inside = members[:, start : start + CHUNK].double()
        sums += inside @ probabilities
        entropies -= inside @ (probabilities * log_probabilities).sum(1)
    sizes = members.sum(1).double()
    means = sums / sizes[:, None]
    return (-torch.xlogy(means, means).sum(1) - entropies / sizes).exp()
