"""What skip-thought learns from conversations alone, on the data set avatars.

    python benchmarks/skip_thought.py [--steps 300] [--batch 32] [--width 128] [--json]

Trains the encoder with the training-step `skip-thought`, then fits a linear classifier an
attribute from what it makes of a conversation's turns to the truth, and reports the balanced
accuracy on held-out conversations: from the mean of all turns' vectors, and from the vector of the
turn that told the attribute. It also looks for the training turn that is nearest to a new one (a
text that no training conversation holds), by cosine: does it tell the same attribute, and the same
value? All is compared with an encoder of the same size and vocabulary that is not trained. Random
recurrent encoders are known to be strong in such probes (Wieting and Kiela, 2019). Takes about two
minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from attrs import evolve
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data import Batch, Conversation, Turn
from painterkit.data.texts import encode
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.training_step import StepContext
from painterkit.plugins import load_plugins
from painterkit.roles import Role
from painterkit.testing import sample_context, sample_parts, sample_settings
from painterkit.testing.sample_samplers import Gaussian, LastTurn
from painterkit_chatpainter.skip_thought.step import SkipThoughtStep
from painterkit_chatpainter.skip_thought.trainable import SkipThought

CHUNK = 1024
PROBE_STEPS = 300


def build(role: Role, name: str, table: Mapping[str, Any], **told: Any) -> Any:
    registry = load_plugins().registry
    offer = registry.find(role, name)
    with TemporaryDirectory() as cache:
        context = sample_context(registry, Path(cache))
        return registry.build_function(offer.component)(
            sample_settings(offer, registry, table), evolve(context, **told)
        )


class TurnBatches:
    """Batches of the turns of conversations, as the step wants them."""

    def __init__(self, encoder: SkipThought, conversations: Sequence[Conversation]) -> None:
        texts = sorted({turn.text for c in conversations for turn in c.turns})
        number = {text: place for place, text in enumerate(texts)}
        self.prepared = encoder.prepare([Turn(text) for text in texts])
        self.counts = torch.tensor([len(c.turns) for c in conversations])
        self.places = torch.zeros(len(conversations), int(self.counts.max()), dtype=torch.int64)
        for row, conversation in enumerate(conversations):
            for place, turn in enumerate(conversation.turns):
                self.places[row, place] = number[turn.text]

    def batch(self, rows: Tensor) -> Batch:
        places, longest = self.places[rows], self.places.shape[1]
        return Batch(
            rows=rows,
            image_rows=rows,
            images={},
            captions=torch.zeros(len(rows), 0),
            turns=torch.zeros(len(rows), longest, 0),
            turn_mask=torch.arange(longest) < self.counts[rows][:, None],
            turn_tokens={name: tensor[places] for name, tensor in self.prepared.items()},
        )


def train(
    encoder: SkipThought,
    step: SkipThoughtStep,
    conversations: Sequence[Conversation],
    options: argparse.Namespace,
) -> list[float]:
    """Train, and return the perplexity of a word at ten moments on the way."""
    parts, batches = sample_parts((8,)), TurnBatches(encoder, conversations)
    parts.turn_encoder = encoder
    parts.train()
    weights = [*encoder.parameters(), *step.parameters()]
    optimizer = torch.optim.Adam(weights, lr=options.learning_rate)
    random = torch.Generator().manual_seed(0)
    context = StepContext(0, 0, random, random, LastTurn(), Gaussian())
    every, seen, losses = max(1, options.steps // 10), [], []
    for number in range(options.steps):
        rows = torch.randperm(len(conversations), generator=random)[: options.batch]
        for update in step.step(parts, batches.batch(rows), context):
            optimizer.zero_grad()
            update.loss.backward()
            nn.utils.clip_grad_norm_(weights, 10.0)
            optimizer.step()
            losses.append(float(update.metrics["encoder.loss"]))
        if (number + 1) % every == 0:
            seen.append(round(float(np.exp(np.mean(losses))), 2))
            losses = []
            if not options.json:
                print(f"step {number + 1}: perplexity {seen[-1]}", flush=True)
    return seen


def turn_vectors(
    encoder: SkipThought, conversations: Sequence[Conversation]
) -> dict[str, np.ndarray]:
    texts = sorted({turn.text for c in conversations for turn in c.turns})
    chunks = [encode(encoder, texts[i : i + CHUNK]) for i in range(0, len(texts), CHUNK)]
    return dict(zip(texts, np.concatenate(chunks), strict=True))


def examples(
    vectors: Mapping[str, np.ndarray],
    conversations: Sequence[Conversation],
    attribute: str,
    values: Sequence[str],
    from_teller: bool,
) -> tuple[Tensor, Tensor]:
    """Return what is read, [N, D], and the true value's number, [N], where a turn told it."""
    inputs, targets = [], []
    for conversation in conversations:
        teller, value = conversation.told_in.get(attribute), conversation.attributes[attribute]
        if value is None or not isinstance(teller, int):
            continue
        turns = [conversation.turns[teller]] if from_teller else conversation.turns
        inputs.append(np.mean([vectors[turn.text] for turn in turns], axis=0))
        targets.append(values.index(value))
    return torch.from_numpy(np.stack(inputs)), torch.tensor(targets)


def probe(
    known: tuple[Tensor, Tensor], held_out: tuple[Tensor, Tensor], classes: int
) -> tuple[float, float]:
    """Return the balanced accuracy of a linear classifier, and that of the commonest value."""
    mean, deviation = known[0].mean(dim=0), known[0].std(dim=0) + 1e-6
    inputs, others = ((one - mean) / deviation for one in (known[0], held_out[0]))
    torch.manual_seed(0)
    layer = nn.Linear(inputs.shape[1], classes)
    optimizer = torch.optim.Adam(layer.parameters(), lr=1e-2, weight_decay=1e-4)
    for _ in range(PROBE_STEPS):
        optimizer.zero_grad()
        functional.cross_entropy(layer(inputs), known[1]).backward()
        optimizer.step()
    predicted, wanted = layer(others).argmax(dim=1), held_out[1]
    there = [value for value in range(classes) if bool((wanted == value).any())]
    recalls = [(predicted[wanted == value] == value).float().mean().item() for value in there]
    return float(np.mean(recalls)), 1 / len(there)


def accuracies(encoder: SkipThought, dataset: Dataset) -> dict[str, float]:
    """Return the mean over attributes, from the mean of turns and from the turn that told it."""
    splits = [dataset.conversations("train"), dataset.conversations("validation")]
    vectors = [turn_vectors(encoder, conversations) for conversations in splits]
    found: dict[str, list[float]] = {"mean_of_turns": [], "turn_that_told": [], "chance": []}
    for attribute, values in dataset.attributes.items():
        for name in ("mean_of_turns", "turn_that_told"):
            known, held_out = (
                examples(own, conversations, attribute, list(values), name == "turn_that_told")
                for own, conversations in zip(vectors, splits, strict=True)
            )
            accuracy, chance = probe(known, held_out, len(values))
            found[name].append(accuracy)
        found["chance"].append(chance)
    return {name: round(float(np.mean(one)), 3) for name, one in found.items()}


def told(conversations: Sequence[Conversation]) -> dict[str, tuple[str, str | None]]:
    """Return the attribute and the value that a turn tells, by its text."""
    return {
        conversation.turns[place].text: (attribute, conversation.attributes[attribute])
        for conversation in conversations
        for attribute, place in conversation.told_in.items()
        if isinstance(place, int)
    }


def nearest(encoder: SkipThought, dataset: Dataset) -> dict[str, float]:
    """Return how often the nearest training turn tells what a new turn tells."""
    splits = [dataset.conversations("train"), dataset.conversations("validation")]
    known, others = (told(conversations) for conversations in splits)
    vectors = turn_vectors(encoder, splits[0]) | turn_vectors(encoder, splits[1])
    texts, new = list(known), [text for text in others if text not in known]
    rows, wanted = (np.stack([vectors[text] for text in one]) for one in (texts, new))
    rows, wanted = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in (rows, wanted))
    found = [known[texts[place]] for place in (wanted @ rows.T).argmax(axis=1)]
    pairs = list(zip(found, (others[text] for text in new), strict=True))
    return {
        "nearest_attribute": round(float(np.mean([a[0] == b[0] for a, b in pairs])), 3),
        "nearest_value": round(float(np.mean([a == b for a, b in pairs])), 3),
    }


def judged(encoder: SkipThought, dataset: Dataset) -> dict[str, float]:
    return accuracies(encoder, dataset) | nearest(encoder, dataset)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch", type=int, default=32, help="conversations in a step")
    parser.add_argument("--mode", choices=("uni", "bi", "combine"), default="combine")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--conditioning", default="every-word")
    parser.add_argument("--train", type=int, default=2000, help="conversations to learn from")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    dataset = build(Role.DATASET, "avatars", {"train": options.train, "validation": 500})
    conversations = dataset.conversations("train")
    texts = [turn.text for c in conversations for turn in c.turns]
    sizes = {"mode": options.mode, "width": options.width, "word_width": 64, "vocabulary": 400}
    torch.manual_seed(0)
    encoder = build(Role.TEXT_ENCODER, "skip-thought", sizes)
    encoder.fit_texts(texts)
    how = {"conditioning": options.conditioning}
    step = build(Role.TRAINING_STEP, "skip-thought", how, turn_encoder=encoder)
    found: dict[str, Any] = {"untrained": judged(encoder, dataset)}
    start = time.perf_counter()
    found["perplexity"] = train(encoder, step, conversations, options)
    found["training_seconds"] = round(time.perf_counter() - start, 1)
    found["trained"] = judged(encoder, dataset)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{options.steps} steps in {found['training_seconds']} s")
    for name in ("untrained", "trained"):
        row = found[name]
        print(
            f"{name}: value from the mean of turns {row['mean_of_turns']}, from the turn that told "
            f"it {row['turn_that_told']} (chance {row['chance']}); the nearest turn tells the same "
            f"attribute {row['nearest_attribute']}, the same value {row['nearest_value']}"
        )


if __name__ == "__main__":
    main()
