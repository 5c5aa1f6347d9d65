"""How many texts skip-thought encodes a second, together and one at a time: a ratio in one run.

    python benchmarks/skip_thought_speed.py [--texts 1024] [--alone 8] [--rounds 3] [--json]

At the paper's size, combine-skip of width 4800, with random weights: speed does not depend on
them. Texts are turns of the data set avatars, a question with its answer each, about as long as
VisDial's: taken at random; as neighbours by alphabet, which is how the text cache hands them over;
and, as the worst case, with every word replaced by a random one, so that no two texts begin or end
alike and nothing can be shared. Both ways take turns, and the best round of each counts.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from painterkit.data.texts import CHUNK, encode
from painterkit.plugins import load_plugins
from painterkit.roles import Role
from painterkit.testing import sample_context, sample_settings
from painterkit_chatpainter.skip_thought.trainable import SkipThought
from painterkit_chatpainter.skip_thought.words import words_of


def make_encoder(texts: list[str], cache: Path) -> SkipThought:
    registry = load_plugins().registry
    offer = registry.find(Role.TEXT_ENCODER, "skip-thought")
    torch.manual_seed(0)
    encoder = registry.build_function(offer.component)(
        sample_settings(offer, registry), sample_context(registry, cache)
    )
    encoder.fit_texts(texts)
    return encoder


def make_pool(cache: Path) -> list[str]:
    """Return the distinct turns of 2000 conversations, by alphabet."""
    registry = load_plugins().registry
    offer = registry.find(Role.DATASET, "avatars")
    settings = sample_settings(offer, registry, {"train": 2000})
    dataset = registry.build_function(offer.component)(settings, sample_context(registry, cache))
    return sorted({turn.text for c in dataset.conversations("train") for turn in c.turns})


def make_kinds(pool: list[str], count: int) -> dict[str, list[str]]:
    random = np.random.default_rng(0)
    sampled = [pool[place] for place in random.permutation(len(pool))[:count]]
    words = sorted({word for text in pool for word in words_of(text)})
    unlike = [" ".join(random.choice(words, len(words_of(text)))) for text in sampled]
    start = (len(pool) - count) // 2
    return {"at random": sampled, "by alphabet": pool[start : start + count], "unlike": unlike}


def measure(encoder: SkipThought, texts: list[str], alone: int, rounds: int) -> dict[str, float]:
    some = texts[:: max(1, len(texts) // alone)][:alone]
    best = {"together": float("inf"), "alone": float("inf")}
    gap = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        vectors = encode(encoder, texts)
        best["together"] = min(best["together"], (time.perf_counter() - start) / len(texts))
        start = time.perf_counter()
        singly = np.concatenate([encode(encoder, [text]) for text in some])
        best["alone"] = min(best["alone"], (time.perf_counter() - start) / len(some))
        gap = float(np.abs(vectors[[texts.index(text) for text in some]] - singly).max())
    return {
        "texts": len(texts),
        "words_a_text": round(float(np.mean([len(words_of(text)) for text in texts])), 1),
        "together_texts_per_second": round(1 / best["together"], 1),
        "alone_texts_per_second": round(1 / best["alone"], 1),
        "ratio": round(best["alone"] / best["together"], 1),
        "largest_difference": float(f"{gap:.1e}"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=CHUNK, help="as many as the text cache")
    parser.add_argument("--alone", type=int, default=8, help="how many are read one at a time")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        pool = make_pool(Path(folder))
        encoder = make_encoder(pool, Path(folder))
    found = {
        kind: measure(encoder, texts, options.alone, options.rounds)
        for kind, texts in make_kinds(pool, options.texts).items()
    }
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for kind, row in found.items():
        print(
            f"{row['texts']} texts {kind}, {row['words_a_text']} words each: "
            f"{row['together_texts_per_second']} a second together, "
            f"{row['alone_texts_per_second']} one at a time: {row['ratio']}x; vectors differ by "
            f"{row['largest_difference']} at most"
        )


if __name__ == "__main__":
    main()
