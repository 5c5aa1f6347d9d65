"""An epoch of JPEGs from the prepared cache against decoding them anew, and ways to decode many.

    python benchmarks/image_cache.py [--count 2000] [--size 640] [--resolution 64] [--json]

Decoding anew is given every core, as a data loader with workers is; reading the cache has one.
All take turns, so that a busy moment of the machine slows none alone; the best of each counts.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from painterkit_datasets.pictures import Fit, check_whole, decode
from painterkit_datasets.prepare import ListedPicture, core_count, prepared_pictures

BATCH = 64


def write_pictures(folder: Path, count: int, size: int) -> list[str]:
    """Write JPEGs that compress like photographs do: soft shapes with fine noise."""
    random = np.random.default_rng(0)
    paths: list[str] = []
    for number in range(count):
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        soft = coarse.resize((size, size * 3 // 4), Image.Resampling.BICUBIC)
        noise = random.normal(0, 6, (soft.height, soft.width, 1))
        pixels = (np.asarray(soft) + noise).clip(0, 255).astype(np.uint8)
        paths.append(str(folder / f"{number:05}.jpg"))
        Image.fromarray(pixels).save(paths[-1], quality=88)
    return paths


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def read_epoch(images: np.ndarray, order: Sequence[int]) -> None:
    """Copy every picture in batches and another order than the file's, as a training does."""
    for start in range(0, len(order), BATCH):
        images[order[start : start + BATCH]].sum()


def measure(paths: list[str], fit: Fit, cache: Path, rounds: int) -> dict[str, float]:
    """Return the seconds that one pass over all pictures takes, each way."""
    cores = core_count()
    order = np.random.default_rng(1).permutation(len(paths)).tolist()
    listed = [ListedPicture(p, p, p, n) for n, p in enumerate(paths)]
    one = partial(decode, fit=fit)
    spawn = multiprocessing.get_context("spawn")
    with (
        ThreadPoolExecutor(cores) as threads,
        ProcessPoolExecutor(cores, mp_context=spawn) as processes,
    ):
        list(processes.map(one, paths[: 4 * cores]))  # they have started
        images = prepared_pictures(cache, "benchmark", listed, fit)
        ways: dict[str, Callable[[], object]] = {
            "decode, one thread": lambda: [one(path) for path in paths],
            f"decode, {cores} threads": lambda: list(threads.map(one, paths)),
            f"decode, {cores} processes": lambda: list(processes.map(one, paths, chunksize=32)),
            "look for broken files": lambda: [check_whole(path, fit.pixel_limit) for path in paths],
            "read the cache": lambda: read_epoch(images, order),
        }
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(rounds):
            for name, work in ways.items():
                best[name] = min(best[name], seconds(work))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--size", type=int, default=640)
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = write_pictures(Path(folder), options.count, options.size)
        fit = Fit(options.resolution, "centre", 80_000_000)
        found = measure(paths, fit, Path(folder) / "cache", options.rounds)
    decoding = min(value for name, value in found.items() if name.startswith("decode"))
    ratio = decoding / found["read the cache"]
    if options.json:
        print(json.dumps({**found, "ratio": ratio}, indent=2))
        return
    for name, value in found.items():
        print(f"{name}: {value:.3f} s, {value / options.count * 1e6:,.0f} us a picture")
    print(f"the cache is {ratio:,.0f} times as fast as the fastest decoding")


if __name__ == "__main__":
    main()
