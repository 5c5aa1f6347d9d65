"""How much of the truth stands in what a painter has read: a linear probe.

    python benchmarks/reader_probe.py RUN

Fits one linear classifier an attribute from the embedding (caption and dialogue vectors joined) of
the training conversations to the truth, and reports balanced accuracy on the held-out ones: the
ceiling of what a painter that reads so can know.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data.batches import Batches
from painterkit.generation.load_painter import load_painter
from painterkit.generation.painter import Painter
from painterkit.generation.splits import PreparedSplit

STEPS = 300
CHUNK = 1000


@torch.inference_mode()
def embeddings(painter: Painter, batches: Batches) -> Tensor:
    found: list[Tensor] = []
    count = len(batches.conversations)
    for start in range(0, count, CHUNK):
        batch = batches.batch(np.arange(start, min(start + CHUNK, count)), [])
        drawn = painter.assembly.turns.sample(batch.lengths, torch.Generator())
        found.append(painter.assembly.parts.embed(batch, drawn)[:, -1].float())
    return torch.cat(found).clone()


def truth(batches: Batches, attribute: str, values: list[str]) -> Tensor:
    found = [c.attributes[attribute] for c in batches.conversations]
    return torch.tensor([-1 if value is None else values.index(value) for value in found])


def fit(inputs: Tensor, targets: Tensor, classes: int) -> nn.Linear:
    torch.manual_seed(0)
    probe = nn.Linear(inputs.shape[1], classes)
    optimizer = torch.optim.Adam(probe.parameters(), lr=1e-2, weight_decay=1e-4)
    for _ in range(STEPS):
        optimizer.zero_grad()
        functional.cross_entropy(probe(inputs), targets).backward()
        optimizer.step()
    return probe


def balanced_accuracy(predicted: Tensor, targets: Tensor, classes: int) -> float:
    recalls = [
        float((predicted[targets == value] == value).float().mean())
        for value in range(classes)
        if bool((targets == value).any())
    ]
    return float(np.mean(recalls))


def main(run: str) -> None:
    painter = load_painter(run)
    train, held_out = (
        PreparedSplit(painter.assembly, name, painter.device).with_vectors()
        for name in ("train", "validation")
    )
    inputs, held_out_inputs = embeddings(painter, train), embeddings(painter, held_out)
    mean, deviation = inputs.mean(dim=0), inputs.std(dim=0) + 1e-6
    inputs, held_out_inputs = (inputs - mean) / deviation, (held_out_inputs - mean) / deviation
    results: dict[str, dict[str, float]] = {}
    for attribute, values in painter.assembly.dataset.attributes.items():
        targets = truth(train, attribute, list(values))
        seen = targets >= 0
        probe = fit(inputs[seen], targets[seen], len(values))
        predicted = probe(held_out_inputs).argmax(dim=1)
        wanted = truth(held_out, attribute, list(values))
        by_caption = torch.tensor(
            [c.told_in.get(attribute) == "caption" for c in held_out.conversations]
        )
        results[attribute] = {
            name: round(balanced_accuracy(predicted[rows], wanted[rows], len(values)), 3)
            for name, rows in (
                ("all", wanted >= 0),
                ("caption", (wanted >= 0) & by_caption),
                ("dialogue", (wanted >= 0) & ~by_caption),
            )
        }
    results["mean"] = {
        name: round(float(np.mean([row[name] for row in results.values()])), 3)
        for name in ("all", "caption", "dialogue")
    }
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main(sys.argv[1])
