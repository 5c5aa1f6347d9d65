"""Draw pictures from a batch of read words."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import NoiseSampler, TurnSampler


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


@torch.inference_mode()
def draw_batch(
    parts: Parts,
    batch: Batch,
    turns: TurnSampler,
    noise: NoiseSampler,
    seeds: Sequence[int],
    resolution: int | None = None,
) -> dict[int, Tensor]:
    """Draw each conversation of a batch at the last moment that its sampler draws.

    Returns {R: [B, 3, R, R] in [-1, 1]}, float32, up to `resolution` if it is given. The parts
    are put in eval mode.
    """
    parts.eval()
    drawn = turns.sample(batch.lengths, torch.Generator(batch.rows.device).manual_seed(0))
    embedding = parts.embed(batch, drawn)[:, -1]
    device = batch.captions.device
    output = parts.generator(
        embedding, seeded_noise(noise, parts, seeds, device), largest=resolution
    )
    return {size: picture.float().clamp(-1, 1) for size, picture in output.images.items()}


def to_pixels(images: Tensor) -> Tensor:
    """Return [B, 3, R, R] in [-1, 1] as uint8 [B, R, R, 3] on the CPU, rounded."""
    return ((images + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu()
