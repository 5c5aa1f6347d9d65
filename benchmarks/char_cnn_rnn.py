"""What a small char-CNN-RNN learns about avatars: joint embedding with what is seen in pictures.

    python benchmarks/char_cnn_rnn.py [--epochs 16] [--json]

Trains the text encoder alone, with the paper's loss, a few minutes on one core. Reports, before
and after, on held-out faces: how often a caption and its own picture find each other among 64
(chance: 1.6 %), and what a linear classifier finds in the caption's vector of each attribute that
the caption told (balanced accuracy, the mean over attributes), beside that of hashed words.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping

import numpy as np
import torch
from reader_probe import balanced_accuracy, fit
from torch import Tensor

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.data.conversation import Conversation
from painterkit.data.prepared import cache_folder
from painterkit.data.texts import encode
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.reporter import Tick
from painterkit.interfaces.text_encoder import TextEncoder
from painterkit.interfaces.training_step import StepContext
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe_text
from painterkit.training.fit import fit_parts
from painterkit.training.trainer import Trainer
from painterkit_standard.hashed_words import HashedWords

BATCH = 64

RECIPE = """
painterkit = 1
name = "char_cnn_rnn"
[data]
use = "avatars"
resolution = 32
[parts]
dialogue_encoder = "none"
image_encoder = { use = "pixel-components", width = 64, resolution = 32 }
[parts.caption_encoder]
use = "char-cnn-rnn"
width = 128
channels = [96, 128, 128]
[parts.generator]
use = "stackgan"
resolutions = [32]
channels = 16
[parts.discriminators]
32 = { use = "stackgan", channels = 16 }
[[phases]]
name = "caption-encoder"
until = { epochs = EPOCHS }
batch = 64
step = "joint-embedding"
[phases.optimizers.encoder]
learning_rate = 1e-3
betas = [0.9, 0.999]
halve_every = { epochs = HALVE }
train = ["caption_encoder", "step"]
"""


class Lines:
    """Print the metrics now and then."""

    def phase(self, name: str, done: int, steps: int) -> None: ...

    def tick(self, tick: Tick) -> None:
        if tick.step % 200 == 0:
            metrics = "  ".join(f"{name} {value:.3f}" for name, value in tick.metrics.items())
            print(f"step {tick.step} of {tick.steps}  {metrics}", flush=True)

    def note(self, sentence: str) -> None: ...


@torch.no_grad()
def found_in_batch(assembly: Assembly, held_out: PreparedSplit) -> float:
    """How often a held-out caption and its picture find each other in a batch of 64."""
    step = assembly.steps[0]
    batches = held_out.with_tokens(step.tokens)
    random = torch.Generator()
    context = StepContext(1, 0, random, random, assembly.turns, assembly.noise)
    found: list[float] = []
    for start in range(0, len(held_out.conversations) - BATCH + 1, BATCH):
        batch = batches.batch(np.arange(start, start + BATCH), step.resolutions)
        [update] = step.step(assembly.parts, batch, context)
        found.append(update.metrics["encoder.accuracy"].item())
    return float(np.mean(found))


def told(conversations: list[Conversation], attribute: str, values: list[str]) -> Tensor:
    """The value of an attribute where the caption told it; -1 elsewhere."""
    return torch.tensor(
        [
            values.index(str(one.attributes[attribute]))
            if one.told_in.get(attribute) == "caption" and one.attributes[attribute] is not None
            else -1
            for one in conversations
        ]
    )


def probe(
    encoder: TextEncoder, assembly: Assembly, train: PreparedSplit, held_out: PreparedSplit
) -> float:
    inputs, held = (
        torch.from_numpy(encode(encoder, [one.captions[0] for one in split.conversations]))
        for split in (train, held_out)
    )
    mean, deviation = inputs.mean(dim=0), inputs.std(dim=0) + 1e-6
    inputs, held = (inputs - mean) / deviation, (held - mean) / deviation
    scores: list[float] = []
    for attribute, values in assembly.dataset.attributes.items():
        targets = told(list(train.conversations), attribute, list(values))
        wanted = told(list(held_out.conversations), attribute, list(values))
        linear = fit(inputs[targets >= 0], targets[targets >= 0], len(values))
        predicted = linear(held[wanted >= 0]).argmax(dim=1)
        scores.append(balanced_accuracy(predicted, wanted[wanted >= 0], len(values)))
    return float(np.mean(scores))


def measure(epochs: int) -> Mapping[str, float]:
    plugins, cache, cpu = load_plugins(), cache_folder(), torch.device("cpu")
    text = RECIPE.replace("EPOCHS", str(epochs)).replace("HALVE", str(max(1, epochs // 2)))
    recipe = load_recipe_text(text, plugins, "benchmarks/char_cnn_rnn.py").recipe
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset)
    train, held_out = (
        PreparedSplit(assembly, "train", cpu),
        PreparedSplit(assembly, "validation", cpu),
    )
    fit_parts(assembly.parts, train)
    encoder = assembly.parts.caption_encoder
    chance = float(np.mean([1 / len(values) for values in dataset.attributes.values()]))
    results = {
        "found_before": found_in_batch(assembly, held_out),
        "told_chance": chance,
        "told_before": probe(encoder, assembly, train, held_out),
    }
    start = time.perf_counter()
    Trainer(assembly, train, [Lines()], lambda _: None, lambda _: None, lambda: False, cpu).run()
    results["training_seconds"] = time.perf_counter() - start
    assembly.parts.eval()
    results["found_after"] = found_in_batch(assembly, held_out)
    results["told_after"] = probe(encoder, assembly, train, held_out)
    results["told_hashed_words"] = probe(HashedWords(128), assembly, train, held_out)
    return {name: round(value, 3) for name, value in results.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = measure(arguments.epochs)
    if arguments.json:
        print(json.dumps(results, indent=2))
        return
    for name, value in results.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
