"""The checks of a generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from painterkit.interfaces.generator import GeneratorOutput
from painterkit.nn.seeding import seeded
from painterkit.testing.every_role import check_gradients, check_rows, check_seed, check_state_dict
from painterkit.testing.generator_memory import check_memory
from painterkit.testing.generator_words import WordsBySource, check_words, draw, sample_words
from painterkit.testing.inputs import BATCH, noises, normal, set_mode, shaken
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import (
    EFFECT,
    TOLERANCE,
    require,
    require_same,
    require_shape,
    widest_gap,
)

LOUD = 30.0
"""How far from the usual inputs and weights are brought: the range holds whatever they are."""


def check_generator(subject: Subject) -> None:
    """Check a generator; raises AssertionError with a sentence about the first fault."""

    def run(part: Any) -> dict[str, Tensor]:
        return _run(part, subject)

    check_declarations(subject)
    check_seed(subject, run)
    check_output(subject)
    check_range(subject)
    check_dependence(subject)
    check_memory(subject)
    check_words(subject)
    check_state_dict(subject, run)
    check_gradients(subject, run)
    part = set_mode(subject.build(), training=False)
    embedding, noise = _embedding(subject), noises(part.noise_widths, BATCH)
    words = sample_words(subject, part)

    def alone(row: int) -> dict[str, Tensor]:
        only = torch.tensor([row])
        own: WordsBySource = {source: one.rows(only) for source, one in words.items()}
        given = {name: n[only] for name, n in noise.items()}
        return _tensors(draw(part, embedding[only], given, words=own))

    check_rows(subject.place, _tensors(draw(part, embedding, noise, words=words)), alone)


def check_declarations(subject: Subject) -> None:
    """Check that `resolutions` rise, `condition_widths` has each, and noises have a width."""
    part = subject.build()
    sizes = list(part.resolutions)
    require(
        bool(sizes) and sizes == sorted(set(sizes)) and sizes[0] > 0,
        f"{subject.place}: its resolutions must be rising heights, and are {sizes}",
    )
    require(
        sorted(part.condition_widths) == sizes,
        f"{subject.place}: condition_widths has the resolutions {sorted(part.condition_widths)}, "
        f"but it draws {sizes}",
    )
    for name, width in part.noise_widths.items():
        require(
            isinstance(width, int) and width >= 0,
            f"{subject.place}: the width of its noise '{name}' is {width!r}",
        )


def check_output(subject: Subject) -> None:
    """Check that up to each `largest` the same pictures are drawn as without, and no finer ones."""
    part = set_mode(subject.build(), training=False)
    embedding, noise = _embedding(subject), noises(part.noise_widths, BATCH)
    words = sample_words(subject, part)
    whole = draw(part, embedding, noise, words=words)
    sizes = list(part.resolutions)
    check_drawn(subject.place, part, whole, sizes)
    # One pixel less than a resolution leaves that resolution out as well.
    for largest in sorted({*sizes, *(size - 1 for size in sizes[1:])}):
        drawn = [size for size in sizes if size <= largest]
        output = draw(part, embedding, noise, largest=largest, words=words)
        place = f"{subject.place} with largest={largest}"
        check_drawn(place, part, output, drawn)
        require_same(
            {str(size): whole.images[size] for size in drawn},
            {str(size): output.images[size] for size in drawn},
            f"{place}: the coarse pictures are others than without",
            TOLERANCE,
        )


def check_range(subject: Subject) -> None:
    """Check that pictures stay in [-1, 1], also with large inputs and weights, in either mode."""
    for mode, loud in (("train", False), ("eval", False), ("train", True), ("eval", True)):
        part: Any = set_mode(subject.build(), training=mode == "train")
        scale = LOUD if loud else 1.0
        if loud:
            _enlarge(part)
        noise = {name: scale * n for name, n in noises(part.noise_widths, BATCH).items()}
        with torch.no_grad():
            words = sample_words(subject, part)
            images = draw(part, scale * _embedding(subject), noise, words=words).images
        for size, image in images.items():
            far = image[torch.isfinite(image)].abs().max().item()
            after = " with large inputs and weights" if loud else ""
            require(
                far <= 1 + EFFECT,
                f"{subject.place}: the picture at {size} px leaves [-1, 1]: it reaches {far:.3g} "
                f"in {mode} mode{after}",
            )


def _enlarge(part: Any) -> None:
    if isinstance(part, nn.Module):
        with torch.no_grad():
            for parameter in part.parameters():
                parameter.mul_(3.0)


def check_dependence(subject: Subject) -> None:
    """Check that the pictures follow the embedding and every noise that it asks for."""
    part = shaken(subject.build())
    noise, other = noises(part.noise_widths, BATCH), noises(part.noise_widths, BATCH, seed=1)
    usual = _drawn(subject, part, _embedding(subject), noise)
    changed = _drawn(subject, part, _embedding(subject, seed=1), noise)
    for size in usual:
        require(
            widest_gap({"": usual[size]}, {"": changed[size]})[1] > EFFECT,
            f"{subject.place}: the picture at {size} px does not depend on the embedding",
        )
    for name, width in part.noise_widths.items():
        if width:
            changed = _drawn(subject, part, _embedding(subject), {**noise, name: other[name]})
            require(
                widest_gap(usual, changed)[1] > EFFECT,
                f"{subject.place}: no picture depends on the noise '{name}' that it asks for",
            )


def _drawn(
    subject: Subject, part: Any, embedding: Tensor, noise: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Draw in train mode, where normalisation keeps every effect large, dropout held still."""
    with torch.no_grad(), seeded(0):
        training = set_mode(part, training=True)
        images = draw(training, embedding, noise, words=sample_words(subject, part)).images
    return {str(size): image for size, image in images.items()}


def check_drawn(place: str, part: Any, output: GeneratorOutput, sizes: list[int]) -> None:
    """Check that pictures are [B, 3, R, R], codes as wide as declared, one for each height."""
    for word, table in (("pictures", output.images), ("conditions", output.conditions)):
        require(
            sorted(table) == sizes,
            f"{place}: it gives {word} at {sorted(table)} px instead of {sizes}",
        )
    for size in sizes:
        shape = (BATCH, 3, size, size)
        require_shape(place, f"the picture at {size} px", output.images[size], shape)
        code = output.conditions[size].code
        width = part.condition_widths[size]
        require_shape(place, f"the condition's code at {size} px", code, (BATCH, width))


def _embedding(subject: Subject, seed: int = 0) -> Tensor:
    return normal(BATCH, subject.context.embedding_width, seed=seed)


def _run(part: Any, subject: Subject) -> dict[str, Tensor]:
    """Draw two turns where it has a memory, so that every weight takes part."""
    state = part.begin(BATCH, torch.device("cpu"))
    results: dict[str, Tensor] = {}
    for turn in (1, 2):
        noise = noises(part.noise_widths, BATCH, seed=turn)
        words = sample_words(subject, part, turn)
        output = draw(part, _embedding(subject, turn), noise, state, words=words)
        results |= {f"turn {turn}, {name}": t for name, t in _tensors(output).items()}
        state = output.state
    return results


def _tensors(output: GeneratorOutput) -> dict[str, Tensor]:
    results = {f"picture at {size} px": image for size, image in output.images.items()}
    for size, condition in output.conditions.items():
        for field in ("code", "mu", "log_variance"):
            value = getattr(condition, field)
            if value is not None:
                results[f"{field} at {size} px"] = value
    return results
