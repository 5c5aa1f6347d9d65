"""How long a turn of a chat takes, from the first turn on, and whether it grows.

    python benchmarks/chat_turns.py [RUN] [--turns 60] [--rounds 3] [--resolution 64] [--json]

Without a run it talks with untrained parts of the sizes of the recipe neural_painter: the time does
not depend on the weights. Each round is a conversation of its own; a turn's time is the least of
the rounds. The ratio is that of the last ten turns' median to the first ten's; the very first turn
of all, in which torch makes itself ready, is told apart.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch

from painterkit.assembly import assemble, build_dataset
from painterkit.generation.load_painter import load_painter
from painterkit.generation.painter import Painter
from painterkit.interfaces.text_encoder import Understands
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe

ENDS = 10
"""So many turns at each end are compared."""


def untrained(resolution: int) -> Painter:
    """Return a painter of the recipe's sizes with the weights that a training starts from."""
    plugins = load_plugins()
    heights = [height for height in (32, 64, 128, 256) if height <= resolution]
    sets = [f"data.resolution={resolution}", f"parts.generator.resolutions={heights}"]
    recipe = load_recipe("neural_painter", plugins, sets).recipe
    with TemporaryDirectory() as folder:
        dataset = build_dataset(recipe, plugins.registry, Path(folder))
        assembly = assemble(recipe, plugins.registry, Path(folder), dataset)
    return Painter(assembly, resolution, torch.device("cpu"))


def texts_for(painter: Painter, count: int) -> list[str]:
    """Return so many things to say: every value of every attribute, over and over."""
    attributes = painter.assembly.dataset.attributes
    pairs = [f"{name}: {value}" for name, values in attributes.items() for value in values]
    if not isinstance(painter.assembly.parts.turn_encoder, Understands):
        pairs = pairs or ["Does she smile? Yes.", "What is she wearing? A green hoodie."]
    return list(islice(cycle(pairs), count))


def conversation(painter: Painter, texts: Sequence[str], seed: int) -> list[float]:
    """Return the milliseconds of each turn of a conversation."""
    session = painter.start(seed)
    found: list[float] = []
    for text in texts:
        start = time.perf_counter()
        session.say(text)
        found.append(1000 * (time.perf_counter() - start))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="?", help="a run, or an exported file")
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--resolution", type=int, default=64, choices=[64, 128, 256], help="of the untrained parts"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    painter = load_painter(options.run) if options.run else untrained(options.resolution)
    texts = texts_for(painter, options.turns)
    rounds = [conversation(painter, texts, seed) for seed in range(options.rounds + 1)]
    best = [min(times) for times in zip(*rounds[1:], strict=True)]
    first, last = median(best[:ENDS]), median(best[-ENDS:])
    row = {
        "resolution": painter.resolution,
        "threads": torch.get_num_threads(),
        "causal": painter.assembly.parts.dialogue_encoder.causal,
        "very_first_turn_ms": round(rounds[0][0], 1),
        "first_turns_ms": round(first, 2),
        "last_turns_ms": round(last, 2),
        "ratio": round(last / first, 3),
        "turns_ms": [round(found, 2) for found in best],
    }
    if options.json:
        print(json.dumps(row, indent=2))
        return
    for number, found in enumerate(best, 1):
        print(f"turn {number}: {found:.1f} ms")
    print(
        f"{row['resolution']} px on {row['threads']} threads: {first:.1f} ms a turn at first, "
        f"{last:.1f} ms at the end: {row['ratio']}x (the very first turn took "
        f"{row['very_first_turn_ms']} ms)"
    )


if __name__ == "__main__":
    main()
