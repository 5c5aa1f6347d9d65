"""What holds for a generator that looks at words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import torch
from attrs import evolve
from torch import Tensor
from torch.nn import functional

from painterkit.data.words import Words
from painterkit.interfaces.generator import (
    GeneratorOutput,
    LooksAtWords,
    Noise,
    State,
    WordSource,
)
from painterkit.testing.inputs import BATCH, noises, normal, set_mode, shaken
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import EFFECT, TOLERANCE, require, require_same, widest_gap

SOURCES: tuple[WordSource, ...] = get_args(WordSource)
LENGTHS = (4, 2, 1, 3, 0)
"""How many words each conversation of a batch has: one has none at all."""

WordsBySource = Mapping[WordSource, Words]


def sample_words(subject: Subject, part: Any, seed: int = 0) -> dict[WordSource, Words]:
    """Return words of every source that a generator looks at, of another length in each row."""
    sources = part.word_sources if isinstance(part, LooksAtWords) else ()
    lengths = torch.tensor(LENGTHS)
    found: dict[WordSource, Words] = {}
    for place, source in enumerate(sources):
        width = subject.context.word_widths[source]
        vectors = normal(BATCH, max(LENGTHS), width, seed=seed * 101 + place)
        mask = torch.arange(max(LENGTHS)) < lengths.roll(place)[:, None]
        found[source] = Words(vectors, mask)
    return found


def draw(
    part: Any,
    embedding: Tensor,
    noise: Noise,
    state: State | None = None,
    largest: int | None = None,
    words: WordsBySource | None = None,
) -> GeneratorOutput:
    """Call a generator as painterkit does: with words if it looks at any."""
    if isinstance(part, LooksAtWords):
        return part.forward(embedding, noise, state, largest, words)
    return part(embedding, noise, state, largest)


def check_words(subject: Subject) -> None:
    """Check that `word_sources` names sources of words, for a generator that looks at words."""
    part = shaken(set_mode(subject.build(), training=False))
    if not isinstance(part, LooksAtWords):
        return
    require(
        bool(part.word_sources) and set(part.word_sources) <= set(SOURCES),
        f"{subject.place}: word_sources must be some of {', '.join(SOURCES)}, and is "
        f"{part.word_sources!r}",
    )
    words = sample_words(subject, part)
    usual = _pictures(_drawn(subject, part, words))
    for source, one in words.items():
        check_source(subject, part, words, source, one, usual)
    check_attention(subject, part, words)


def check_source(
    subject: Subject,
    part: Any,
    words: WordsBySource,
    source: WordSource,
    one: Words,
    usual: Mapping[str, Tensor],
) -> None:
    """Check that pictures follow the words of each source, and not what is padding."""

    def drawn(other: Words) -> dict[str, Tensor]:
        return _pictures(_drawn(subject, part, {**words, source: other}))

    changed = evolve(one, vectors=one.vectors + 1.0 * one.mask.unsqueeze(2))
    require(
        widest_gap(usual, drawn(changed))[1] > EFFECT,
        f"{subject.place}: no picture depends on the words of '{source}' that it looks at",
    )
    hidden = evolve(one, vectors=one.vectors + 3.0 * ~one.mask.unsqueeze(2))
    require_same(
        usual,
        drawn(hidden),
        f"{subject.place}: it looks at words of '{source}' where the mask has none",
        TOLERANCE,
    )
    longer = Words(functional.pad(one.vectors, (0, 0, 0, 2)), functional.pad(one.mask, (0, 2)))
    require_same(
        usual,
        drawn(longer),
        f"{subject.place}: with more padding behind the words of '{source}' it draws others",
        TOLERANCE,
    )


def check_attention(subject: Subject, part: Any, words: WordsBySource) -> None:
    """Check that its attention is [B, L, M, M], and adds up to 1 where there are words."""
    output = _drawn(subject, part, words)
    some = torch.stack([one.mask.any(dim=1) for one in words.values()]).any(dim=0)
    for size, maps in output.attention.items():
        place = f"{subject.place}: its attention at {size} px"
        require(size in output.images, f"{place} is of no picture that it drew")
        for source, one in maps.items():
            require(
                one.dim() == 4 and one.shape[:2] == words[source].mask.shape,
                f"{place} has the shape {list(one.shape)} for words "
                f"{list(words[source].mask.shape)}: [B, L, M, M] is wanted",
            )
        total = torch.stack([one.sum(dim=1) for one in maps.values()]).sum(dim=0)
        wanted = some.view(-1, 1, 1).expand_as(total).to(total.dtype)
        require_same({"": total}, {"": wanted}, f"{place} does not add up to 1", TOLERANCE)


def _drawn(subject: Subject, part: Any, words: WordsBySource) -> GeneratorOutput:
    embedding = normal(BATCH, subject.context.embedding_width)
    with torch.no_grad():
        return draw(part, embedding, noises(part.noise_widths, BATCH), words=words)


def _pictures(output: GeneratorOutput) -> dict[str, Tensor]:
    return {f"picture at {size} px": image for size, image in output.images.items()}
