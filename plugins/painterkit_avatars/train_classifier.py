"""Train the metric's classifier: `python -m painterkit_avatars.train_classifier [OUT]`.

Its pictures come from another seed than the default data set's, without the faces that the
default data set holds out, and are shifted, blurred, recoloured a little and made noisy, so that
it judges the soft pictures of a GAN fairly. About five minutes on two CPU cores.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from painterkit_avatars.attributes import ATTRIBUTES, NAMES, Face
from painterkit_avatars.classifier import (
    RESOLUTION,
    WEIGHTS,
    AttributeClassifier,
    balanced_accuracy,
    confusion_of,
)
from painterkit_avatars.drawing import DRAWING_VERSION, draw, require_drawing
from painterkit_avatars.faces import faces

TRAINING_SEED = 1_000_003
FACES = 20_000
HELD_OUT = 1000
BATCH = 128
EPOCHS = 10
LEARNING_RATE = 3e-3


def pictures(of: Sequence[Face]) -> Tensor:
    """Draw faces: uint8, [N, 3, R, R]."""
    drawn = np.stack([draw(face, RESOLUTION) for face in of])
    return torch.from_numpy(drawn).permute(0, 3, 1, 2).contiguous()


def labels(of: Sequence[Face]) -> Tensor:
    """Return the index of each attribute's value, [N, 9]; -1 where it cannot be seen."""
    rows = [
        [-1 if face[name] is None else ATTRIBUTES[name].index(face[name] or "") for name in NAMES]
        for face in of
    ]
    return torch.tensor(rows)


def augmented(images: Tensor, random: torch.Generator) -> Tensor:
    """Shift, blur, recolour and add noise to images [B, 3, R, R] in [-1, 1]."""
    count = len(images)
    # Halved before the shift, so that it is what a picture of 32 pixels looks like when resized.
    coarse = functional.interpolate(functional.avg_pool2d(images, 2), scale_factor=2.0)
    images = torch.where(_chosen(count, 0.25, random), coarse, images)
    dx, dy = (int(torch.randint(-3, 4, (1,), generator=random)) for _ in range(2))
    padded = functional.pad(images, (3, 3, 3, 3), mode="replicate")
    images = padded[..., 3 + dy : 3 + dy + RESOLUTION, 3 + dx : 3 + dx + RESOLUTION]
    soft = functional.avg_pool2d(functional.pad(images, (1, 1, 1, 1), mode="replicate"), 3, 1)
    images = torch.where(_chosen(count, 0.35, random), soft, images)
    gain = 1 + 0.08 * torch.randn(count, 1, 1, 1, generator=random)
    tint = 0.05 * torch.randn(count, 3, 1, 1, generator=random)
    strength = 0.15 * torch.rand(count, 1, 1, 1, generator=random)
    noise = torch.randn(images.shape, generator=random)
    return (images * gain + tint + strength * noise).clamp(-1, 1)


def _chosen(count: int, share: float, random: torch.Generator) -> Tensor:
    return torch.rand(count, 1, 1, 1, generator=random) < share


def scaled(images: Tensor) -> Tensor:
    """Turn uint8 into [-1, 1]."""
    return images.float() / 127.5 - 1


def train(network: AttributeClassifier, images: Tensor, truth: Tensor) -> None:
    """Fit the network: cross-entropy summed over the attributes that can be seen."""
    random = torch.Generator().manual_seed(0)
    steps = EPOCHS * (len(images) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.15
    )
    network.train()
    for epoch in range(EPOCHS):
        began, total = time.perf_counter(), 0.0
        order = torch.randperm(len(images), generator=random)
        for start in range(0, len(images) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            batch = augmented(scaled(images[rows]), random)
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(batch.contiguous(memory_format=torch.channels_last))
            losses = [
                functional.cross_entropy(logits[name].float(), truth[rows, place], ignore_index=-1)
                for place, name in enumerate(NAMES)
            ]
            loss = torch.stack(losses).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        seconds = time.perf_counter() - began
        print(
            f"epoch {epoch + 1}/{EPOCHS}  loss {total * BATCH / len(images):.4f}  {seconds:.0f} s"
        )


@torch.no_grad()
def accuracy(network: AttributeClassifier, images: Tensor, truth: Tensor) -> dict[str, float]:
    """Return the balanced accuracy of each attribute, 0 to 1."""
    network.eval()
    logits = network(scaled(images))
    found: dict[str, float] = {}
    for place, name in enumerate(NAMES):
        counts = confusion_of(truth[:, place], logits[name].argmax(1), len(ATTRIBUTES[name]))
        found[name] = round(balanced_accuracy(counts) or 0.0, 4)
    return found


def main() -> None:
    """Train, measure on the default data set's held-out faces, and write the file."""
    parser = argparse.ArgumentParser(description="Train the attribute classifier.")
    parser.add_argument("out", nargs="?", type=Path, default=WEIGHTS)
    out: Path = parser.parse_args().out
    versions = require_drawing()
    torch.manual_seed(0)
    held_out = faces(0, "validation", HELD_OUT)
    avoid = {tuple(face.values()) for face in faces(0, "validation", 5000)}
    seen = [f for f in faces(TRAINING_SEED, "train", FACES) if tuple(f.values()) not in avoid]
    network = AttributeClassifier().to(memory_format=torch.channels_last)
    train(network, pictures(seen), labels(seen))
    # What ships is half precision, so that is what is measured.
    network.half().float()
    measured = accuracy(network, pictures(held_out), labels(held_out))
    print(json.dumps(measured, indent=2))
    metadata = {
        "vocabulary": json.dumps({name: list(values) for name, values in ATTRIBUTES.items()}),
        "balanced_accuracy": json.dumps(measured),
        "trained_on": f"{len(seen)} faces of seed {TRAINING_SEED}, {EPOCHS} epochs",
        "drawing": f"version {DRAWING_VERSION}, {versions}",
    }
    tensors = {
        name: tensor.half().contiguous(memory_format=torch.contiguous_format)
        for name, tensor in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    save_file(tensors, out, metadata)
    out.chmod(0o644)
    print(f"{out}  {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
