"""Draw pictures from a batch of read words."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from attrs import frozen
from torch import Tensor

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import NoiseSampler, TurnSampler
from painterkit.interfaces.unrolled import NoiseAt, draw_moments


@frozen
class DrawnTurns:
    """Every moment at which a batch of conversations was drawn.

    `images` [B, K, 3, R, R] in [-1, 1] after the turns `moments` [B, K]; -1 is before the first
    turn. A conversation with fewer moments than K repeats its last one.
    """

    images: Tensor
    moments: Tensor


def seeded_noise(
    noise: NoiseSampler, parts: Parts, seeds: Sequence[int], device: torch.device
) -> dict[str, Tensor]:
    """Return noise for one picture a seed, {name: [B, width]}.

    A picture's noise depends on its own seed alone, so it is the same in any batch. Raises
    WrongInput for a seed below 0 or from 2^63 on.
    """
    wrong = [seed for seed in seeds if not 0 <= seed < 2**63]
    if wrong:
        raise WrongInput(Problem("seed", f"must be at least 0 and below 2^63, got {wrong[0]}"))
    widths = parts.generator.noise_widths
    rows = [noise.sample(widths, 1, torch.Generator().manual_seed(seed)) for seed in seeds]
    return {name: torch.cat([row[name] for row in rows]).to(device) for name in widths}


def seeded_noise_at(
    noise: NoiseSampler, parts: Parts, seeds: Sequence[int], device: torch.device
) -> NoiseAt:
    """Return the noise of conversations, one a seed, as a function of the moments drawn [B].

    What the sampler renews depends on seed and moment, the rest on the seed alone.
    """
    kept = seeded_noise(noise, parts, seeds, device)
    renewed = {name: w for name, w in parts.generator.noise_widths.items() if name in noise.renewed}

    def noise_at(moments: Tensor) -> dict[str, Tensor]:
        if not renewed:
            return kept
        rows = [
            noise.sample(renewed, 1, torch.Generator().manual_seed(_seed_of_turn(seed, moment)))
            for seed, moment in zip(seeds, moments.tolist(), strict=True)
        ]
        anew = {name: torch.cat([row[name] for row in rows]).to(device) for name in renewed}
        return {**kept, **anew}

    return noise_at


@torch.inference_mode()
def draw_batch(
    parts: Parts,
    batch: Batch,
    turns: TurnSampler,
    noise: NoiseSampler,
    seeds: Sequence[int],
    resolution: int | None = None,
) -> dict[int, Tensor]:
    """Draw each conversation of a batch after its last turn.

    Returns {R: [B, 3, R, R] in [-1, 1]}, float32, up to `resolution` if it is given. The parts
    are put in eval mode.
    """
    parts.eval()
    last = (batch.lengths - 1).unsqueeze(1)
    given = seeded_noise_at(noise, parts, seeds, batch.captions.device)
    drawn = draw_moments(parts, batch, last, turns.first, given, resolution)
    return {size: picture.float().clamp(-1, 1) for size, picture in drawn.images.items()}


@torch.inference_mode()
def draw_turns(
    parts: Parts,
    batch: Batch,
    turns: TurnSampler,
    noise: NoiseSampler,
    seeds: Sequence[int],
    resolution: int,
) -> DrawnTurns:
    """Draw each conversation of a batch at every moment that its painter draws."""
    parts.eval()
    last = batch.lengths - 1
    moments = last.unsqueeze(1)
    if turns.first is not None:
        most = max(int(last.max()), turns.first)
        moments = torch.arange(turns.first, most + 1, device=last.device)
        moments = torch.minimum(moments, last.unsqueeze(1))
    given = seeded_noise_at(noise, parts, seeds, batch.captions.device)
    drawn = draw_moments(parts, batch, moments, turns.first, given, resolution)
    found = drawn.images[resolution].float().clamp(-1, 1)
    images = found.new_zeros(*moments.shape, *found.shape[1:])
    for place in range(moments.shape[1]):
        here = moments[drawn.rows, place] == drawn.moments
        images[drawn.rows[here], place] = found[here]
    return DrawnTurns(images, moments)


def to_pixels(images: Tensor) -> Tensor:
    """Return [B, 3, R, R] in [-1, 1] as uint8 [B, R, R, 3] on the CPU, rounded."""
    return ((images + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu()


def _seed_of_turn(seed: int, moment: int) -> int:
    """Return a seed of its own for each turn of each conversation, below 2^63."""
    return (seed * 0x9E3779B97F4A7C15 + (moment + 2) * 0xBF58476D1CE4E5B9) % 2**63
