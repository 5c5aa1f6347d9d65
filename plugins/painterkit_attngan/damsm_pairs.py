"""What DAMSM compares: whose words, which pairs are no wrong ones, and what hinders it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import torch
from torch import Tensor

from painterkit.data.facts import UNKNOWN
from painterkit.data.words import Words
from painterkit.errors import Problem
from painterkit.interfaces.dataset import Dataset, has_classes
from painterkit.interfaces.generator import WordSource
from painterkit.interfaces.image_encoder import region_width
from painterkit.interfaces.loss import Facts
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import GivesWords
from painterkit_attngan.damsm import Spoken
from painterkit_attngan.settings_damsm import Same


def spoken(
    sources: Mapping[WordSource, Words], captions: Tensor | None, reads: Collection[WordSource]
) -> Spoken:
    """Join what is read of some sources, each [B, L, D], and make one sentence of it.

    The caption's sentence is its vector in `captions` [B, D], that of another source the mean of
    its words; of several sources it is the mean over those in which anything was said.
    """
    found = {source: sources[source] for source in reads}
    words = Words(
        torch.cat([one.vectors.float() for one in found.values()], dim=1),
        torch.cat([one.mask for one in found.values()], dim=1),
    )
    sentences = torch.stack(
        [
            captions.float() if source == "caption" and captions is not None else mean_word(one)
            for source, one in found.items()
        ],
        dim=1,
    )
    said = torch.stack([one.mask.any(dim=1) for one in found.values()], dim=1)
    if not words.mask.shape[1]:  # one place where nothing is, as sums over none are no numbers
        nothing = torch.zeros_like(sentences[:, :1])
        words = Words(nothing, torch.zeros_like(said[:, :1]))
    return Spoken(words, mean_word(Words(sentences, said)))


def mean_word(words: Words) -> Tensor:
    """Return the mean of the words that are there, [B, D]; zeros where there is none."""
    there = words.mask.unsqueeze(2)
    summed = words.vectors.float().masked_fill(~there, 0.0).sum(dim=1)
    return summed / there.sum(dim=1).clamp(min=1)


def same_pairs(same: Same, facts: Facts) -> Tensor:
    """Return where the words of conversation c are no wrong ones for picture i, bool [i, c]."""
    assert facts.image_rows is not None, "every step tells the pictures' numbers"
    found = facts.image_rows.unsqueeze(1) == facts.image_rows
    if same == "class":
        assert facts.class_ids is not None, "build() refuses data without classes"
        # A picture of no class, -1, is of one class with nothing but itself.
        of_a_class = facts.class_ids >= 0
        found = found | (of_a_class & (facts.class_ids.unsqueeze(1) == facts.class_ids))
    if same == "fits":
        assert facts.said is not None, "build() refuses data without attributes"
        assert facts.truth is not None, "build() refuses data without attributes"
        said, truth = facts.said.unsqueeze(0), facts.truth.unsqueeze(1)
        told = (said != UNKNOWN) & (truth != UNKNOWN)
        found = found | ~(told & (said != truth)).any(dim=2)
    return found


def parts_lack(parts: Parts, reads: Collection[WordSource]) -> list[str]:
    """Say what the parts lack for a comparison, each sentence beginning with 'needs'."""
    sentences = [sentence for source in reads for sentence in _no_words(parts, source)]
    seer = parts.image_encoder
    if seer is None:
        what = "needs an image encoder that sees regions; name one in parts.image_encoder"
        return [*sentences, what]
    if not region_width(seer):
        sentences.append(
            "needs an image encoder that gives regions: 'frozen-regions', or 'convolutional' with "
            "regions = 8"
        )
    return sentences or list(_widths(parts, reads))


def _no_words(parts: Parts, source: WordSource) -> Iterator[str]:
    """Say that an encoder gives nothing that the source asks for."""
    name = "caption_encoder" if source == "caption" else "turn_encoder"
    encoder = parts.caption_encoder if source == "caption" else parts.turn_encoder
    if source != "caption" and parts.dialogue_encoder.width == 0:
        yield (
            f"needs turns to read the words of '{source}', and parts.dialogue_encoder reads none; "
            "name one that does"
        )
    elif source == "turns" and encoder.width == 0:
        yield f"needs a turn encoder that reads turns; name one in parts.{name}"
    elif source != "turns" and not isinstance(encoder, GivesWords):
        yield (
            f"needs a text encoder that gives words to read those of '{source}'; name one in "
            f"parts.{name}, such as 'word-lstm'"
        )


def _widths(parts: Parts, reads: Collection[WordSource]) -> Iterator[str]:
    """Say that what is said and what is seen cannot be compared."""
    seer = parts.image_encoder
    assert seer is not None, "parts_lack() has looked"
    widths: dict[str, int] = {}
    for source in reads:
        encoder = parts.caption_encoder if source == "caption" else parts.turn_encoder
        given = encoder.word_width if isinstance(encoder, GivesWords) else 0
        widths[f"the words of '{source}'"] = encoder.width if source == "turns" else given
    if "caption" in reads:
        widths["the caption"] = parts.caption_encoder.width
    widths |= {"the regions": region_width(seer), "the picture": seer.width}
    if len(set(widths.values())) > 1:
        told = ", ".join(f"{what} {width}" for what, width in widths.items())
        yield f"needs vectors of one width to compare them, and these differ: {told}"


def data_problems(where: str, same: Same, dataset: Dataset | None) -> list[Problem]:
    """Return what `same` asks of the data that these do not have.

    Data that are not there yet may have it: they are asked again when they are.
    """
    if same == "picture" or dataset is None or dataset.lacks():
        return []
    if same == "class" and not has_classes(dataset):
        what = "the pictures of these data have no classes"
    elif same == "fits" and not dataset.attributes:
        what = "this data set does not know what its pictures show: it has no attributes"
    else:
        return []
    return [Problem(where, what, 'same = "picture" takes all words about another for wrong ones')]
