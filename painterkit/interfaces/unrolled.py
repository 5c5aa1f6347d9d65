"""Drawing a batch of conversations moment after moment, as every generator is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext

import torch
from attrs import field, fields_dict, frozen
from torch import Tensor

from painterkit.data.batch import Batch
from painterkit.data.words import Words
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.generator import GeneratorOutput, Noise, State, WordSource
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.reading import Told

NoiseAt = Callable[[Tensor], Noise]
"""Gives the noise of each conversation at a moment [B] of its own."""


@frozen
class DrawnMoments:
    """N pictures of a batch: picture n shows conversation `rows[n]` after turn `moments[n]`.

    `images` {R: [N, 3, R, R] in [-1, 1]} and `conditions` {R: Condition of N} by resolution;
    `words` are those of each source that the generator looked at, [N, L, W] and [N, L].
    """

    rows: Tensor
    moments: Tensor
    images: Mapping[int, Tensor]
    conditions: Mapping[int, Condition]
    words: Mapping[WordSource, Words] = field(factory=dict)


def draw_moments(
    parts: Parts,
    batch: Batch,
    drawn: Tensor,
    first: int | None,
    noise: NoiseAt,
    largest: int | None = None,
    memory: bool = True,
    truncation: int | None = None,
) -> DrawnMoments:
    """Draw each conversation at its moments `drawn` [B, K], as a TurnSampler gives them.

    A generator with a memory draws every moment from `first` on, and what is not wanted is
    dropped; without `first`, or without `memory`, each moment is drawn alone. With `truncation` n
    the gradient goes back through the memory of n moments at most, counted from the last; the
    reader's is never cut. Repeated moments are drawn once.
    """
    wanted = torch.ones_like(drawn, dtype=torch.bool)
    wanted[:, 1:] = drawn[:, 1:] != drawn[:, :-1]
    remembers = memory and first is not None
    state = parts.generator.begin(batch.size, drawn.device) if remembers else None
    if state is None or first is None:
        return _each_alone(parts, batch, drawn, wanted, noise, largest)
    return _in_turn(parts, batch, drawn, wanted, first, noise, largest, state, truncation)


def _each_alone(
    parts: Parts,
    batch: Batch,
    drawn: Tensor,
    wanted: Tensor,
    noise: NoiseAt,
    largest: int | None,
) -> DrawnMoments:
    """Draw all moments in one pass, without a memory; in the order of `_in_turn`, place by place.

    So the row after one is of another conversation, which losses take for other words.
    """
    reading = parts.read(batch, drawn)
    if drawn.shape[1] == 1:
        rows, told = torch.arange(batch.size, device=drawn.device), reading.at(0)
        output = parts.draw(told, noise(drawn[:, 0]), largest=largest)
        return DrawnMoments(rows, drawn[:, 0], output.images, output.conditions, told.words)
    places, rows = wanted.T.nonzero(as_tuple=True)
    by_place = [noise(drawn[:, place]) for place in range(drawn.shape[1])]
    given = {
        name: torch.stack([one[name] for one in by_place], dim=1)[rows, places]
        for name in parts.generator.noise_widths
    }
    told = reading.of(rows, places)
    output = parts.draw(told, given, largest=largest)
    moments = drawn[rows, places]
    return DrawnMoments(rows, moments, output.images, output.conditions, told.words)


def _in_turn(
    parts: Parts,
    batch: Batch,
    drawn: Tensor,
    wanted: Tensor,
    first: int,
    noise: NoiseAt,
    largest: int | None,
    state: State,
    truncation: int | None,
) -> DrawnMoments:
    """Draw one moment after the other, so that all conversations end together.

    Those with fewer moments begin later: until then their memory stays as it began.
    """
    last = drawn[:, -1]
    passes = max(int(last.max()) - first, 0) + 1
    left = torch.arange(passes - 1, -1, -1, device=drawn.device)
    moments = last[:, None] - left
    # Where a conversation has not begun, anything may be read: nobody looks at what it gives.
    reading = parts.read(batch, torch.minimum(moments.clamp(min=first), last[:, None]))
    only_last = drawn.shape[1] == 1
    found: list[DrawnMoments] = []
    for place in range(passes):
        after = passes - 1 - place
        if truncation is not None and after % truncation == truncation - 1:
            state = {name: kept.detach() for name, kept in state.items()}
        unused = only_last and truncation is not None and after >= truncation
        moment, told = moments[:, place], reading.at(place)
        with torch.no_grad() if unused else nullcontext():
            output = parts.draw(told, noise(moment), state, largest)
        if not only_last or after == 0:
            found.append(_wanted_of(output, told, moment, (drawn == moment[:, None]) & wanted))
        if after and output.state is not None:
            state = _carried(moment >= first, output.state, state)
    return found[0] if len(found) == 1 else _joined(found)


def _carried(begun: Tensor, new: State, old: State) -> State:
    """Return the new state of those conversations that have begun, the old one of the others."""
    return {
        name: torch.where(begun.view(-1, *[1] * (kept.dim() - 1)), kept, old[name].to(kept.dtype))
        for name, kept in new.items()
    }


def _wanted_of(output: GeneratorOutput, told: Told, moment: Tensor, wanted: Tensor) -> DrawnMoments:
    """Return the rows of one pass that were to be drawn at this moment."""
    chosen = wanted.any(dim=1)
    rows = chosen.nonzero().flatten()
    if len(rows) == len(chosen):
        return DrawnMoments(rows, moment, output.images, output.conditions, told.words)
    kept = {id(one): one.rows(rows) for one in output.conditions.values()}
    return DrawnMoments(
        rows,
        moment[rows],
        {size: images[rows] for size, images in output.images.items()},
        {size: kept[id(one)] for size, one in output.conditions.items()},
        {source: words.rows(rows) for source, words in told.words.items()},
    )


def _joined(found: Sequence[DrawnMoments]) -> DrawnMoments:
    joined: dict[tuple[int, ...], Condition] = {}
    conditions: dict[int, Condition] = {}
    for size in found[0].conditions:
        parts = [one.conditions[size] for one in found]
        # A condition that several resolutions share stays one.
        key = tuple(map(id, parts))
        if key not in joined:
            joined[key] = Condition(
                **{
                    name: torch.cat([getattr(part, name) for part in parts])
                    for name in fields_dict(Condition)
                }
            )
        conditions[size] = joined[key]
    return DrawnMoments(
        torch.cat([one.rows for one in found]),
        torch.cat([one.moments for one in found]),
        {size: torch.cat([one.images[size] for one in found]) for size in found[0].images},
        conditions,
        {
            source: Words(
                torch.cat([one.words[source].vectors for one in found]),
                torch.cat([one.words[source].mask for one in found]),
            )
            for source in found[0].words
        },
    )
