"""The formulas of DAMSM, the deep attentional multimodal similarity model: equations 7 to 13.

B pictures meet the words of B conversations. In every tensor the pictures come first: entry [i, c]
compares picture i with the words of conversation c, and the pairs [i, i] belong together.
"""

from __future__ import annotations

import torch
from attrs import frozen
from torch import Tensor
from torch.nn import functional

from painterkit.data.words import Words
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.nn.means import mean_of
from painterkit.nn.precision import full_precision
from painterkit_attngan.settings_damsm import DAMSMSettings, DAMSMStepSettings

NEVER = float("-inf")
SHORTEST = 1e-8
"""Shorter vectors count as being so long: a cosine of nothing is no number."""


@frozen
class Spoken:
    """What was said in B conversations: `words` [B, L, D], and a `sentence` [B, D] of it all."""

    words: Words
    sentence: Tensor


@frozen
class Matched:
    """What DAMSM makes of a batch.

    `loss` is a scalar, float32. The accuracies are how often the right picture is the nearest to
    words and to sentences, of all that are not the same; cut from the graph.
    """

    loss: Tensor
    by_words: Tensor
    by_sentence: Tensor


def match(
    seen: ImageFeatures, said: Spoken, same: Tensor, settings: DAMSMSettings | DAMSMStepSettings
) -> Matched:
    """Compare what is seen in B pictures with what was said in B conversations, in float32.

    Where `same` bool [B, B] is true, words are no wrong ones for a picture. A conversation without
    words is left out, with its picture. The loss is the sum of section 3.2, L1w + L2w + L1s + L2s,
    each a mean over the batch.
    """
    assert seen.regions is not None, "misfits() refuses an image encoder without regions"
    with full_precision(seen.pooled.device):
        counted = said.words.mask.any(dim=1)
        # Where nothing was said every place counts as a word: nan would spread to the others.
        mask = said.words.mask | ~counted.unsqueeze(1)
        words = said.words.vectors.float().masked_fill(~said.words.mask.unsqueeze(2), 0.0)
        regions = seen.regions.float()
        similar = similarities(words, regions)
        looked = attention(similar, mask, settings.gamma1)
        fitting = cosines(looked, similar, words, regions)
        by_words = word_relevance(fitting, mask, settings.gamma2, settings.root)
        by_sentence = sentence_relevance(seen.pooled.float(), said.sentence.float())
        losses = [
            matching_loss(relevance, same, counted, settings.gamma3)
            for relevance in (by_words, by_sentence)
        ]
        return Matched(
            torch.stack(losses).sum(),
            accuracy(by_words, same, counted),
            accuracy(by_sentence, same, counted),
        )


def similarities(words: Tensor, regions: Tensor) -> Tensor:
    """Return the inner products [I, C, L, N] of words [C, L, D] and regions [I, D, N].

    Equation 7.
    """
    return (words.flatten(0, 1) @ regions).unflatten(1, words.shape[:2])


def attention(similarities: Tensor, mask: Tensor, gamma1: float) -> Tensor:
    """Return how much each word attends to each region, [I, C, L, N]; over the regions it is 1.

    Equation 8 is a softmax over the words of a conversation, those of `mask` bool [C, L]; what it
    gives, times gamma 1, goes through one over the regions in equation 9.
    """
    normalised = similarities.masked_fill(~mask[:, :, None], NEVER).softmax(dim=2)
    return (gamma1 * normalised).softmax(dim=3)


def cosines(attention: Tensor, similar: Tensor, words: Tensor, regions: Tensor) -> Tensor:
    """Return R(c, e), the cosine of each word and of what it attends to, [I, C, L].

    From `attention` and `similar`, the similarities, both [I, C, L, N], `words` [C, L, D] and
    `regions` [I, D, N].

    What a word attends to, the sum c of equation 9 over the regions v, is never made: it would be
    the largest tensor by far. Its inner product with the word is the sum of `similar` as attended
    to, and its squared length that of the regions' inner products.
    """
    products = (attention * similar).sum(dim=3)
    among = regions.transpose(1, 2) @ regions
    spread = (attention.flatten(1, 2) @ among).view_as(attention)
    lengths = (attention * spread).sum(dim=3).clamp(min=SHORTEST**2).sqrt()
    return products / (lengths * words.norm(dim=2).clamp(min=SHORTEST))


def word_relevance(cosines: Tensor, mask: Tensor, gamma2: float, root: bool = True) -> Tensor:
    """Return R(Q, D), how well the words fit what they attend to, [I, C].

    Equation 10, over the words of `mask` [C, L]: the logarithm of a sum of exponentials of gamma 2
    times the cosine of each, [I, C, L]. Without `root` it is not divided by gamma 2.
    """
    summed = (gamma2 * cosines).masked_fill(~mask, NEVER).logsumexp(dim=2)
    return summed / gamma2 if root else summed


def sentence_relevance(pooled: Tensor, sentences: Tensor) -> Tensor:
    """Return the cosines [I, C] of whole pictures [I, D] and sentences [C, D]."""
    return functional.normalize(pooled, dim=1) @ functional.normalize(sentences, dim=1).T


def matching_loss(relevance: Tensor, same: Tensor, counted: Tensor, gamma3: float) -> Tensor:
    """Return -log P(D_i | Q_i) and -log P(Q_i | D_i), each averaged, added up: a scalar.

    Equations 11 to 13 on `relevance` [B, B]. Pairs that are the `same` are in no sum but their
    own; a row that is not `counted` bool [B] is in none.
    """
    logits = (gamma3 * relevance).masked_fill(left_out(same, counted), NEVER)
    losses = [one.logsumexp(dim=1) - one.diagonal() for one in (logits, logits.T)]
    return torch.stack([mean_of(counted, loss) for loss in losses]).sum()


@torch.no_grad()
def accuracy(relevance: Tensor, same: Tensor, counted: Tensor) -> Tensor:
    """Return how often the own picture is nearer to words than every wrong one, a scalar."""
    own = torch.eye(len(relevance), dtype=torch.bool, device=relevance.device)
    wrong = relevance.masked_fill(left_out(same, counted) | own, NEVER).amax(dim=0)
    return mean_of(counted, (relevance.diagonal() > wrong).float())


def left_out(same: Tensor, counted: Tensor) -> Tensor:
    """Return the pairs bool [B, B] that are compared in no sum; a pair [i, i] never is one."""
    own = torch.eye(len(same), dtype=torch.bool, device=same.device)
    return (same | ~counted.unsqueeze(0) | ~counted.unsqueeze(1)) & ~own
