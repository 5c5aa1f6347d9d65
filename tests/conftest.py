"""A workshop for real trainings: a recipe of seconds, one cache, and a run to compare with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

from painterkit.checkpoints.run_folder import create_run
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.render import render_recipe
from painterkit.recipe_file.schema import Recipe

if TYPE_CHECKING:
    from torch import Tensor

SMALL = {
    "data.train": "64",
    "data.validation": "32",
    "parts.dialogue_encoder.hidden": "8",
    "parts.generator.channels": "4",
    "parts.discriminators.16.channels": "4",
    "parts.discriminators.32.channels": "4",
    "phases.stage-1.batch": "8",
    "phases.stage-1.until.epochs": "2",
    "phases.stage-2.batch": "8",
    "phases.stage-2.until.epochs": "2",
    "checkpoints.every.images": "24",
    "samples.every.images": "48",
}
"""What makes `tiny` smaller: two phases of 16 steps, saved after every third step."""

COMMAND = "import sys; from painterkit.cli.app import main; sys.exit(main())"
BOUNDARY = "000000128-stage-1"
"""The checkpoint at the end of the first phase of such a training."""

END = "000000256-stage-2"


@frozen
class Done:
    """How a command ended, and what it said."""

    code: int
    stdout: str
    stderr: str


@frozen
class Workshop:
    """A folder to train in, and the environment that every command has there."""

    folder: Path
    environment: Mapping[str, str]

    def start(self, *arguments: str | Path, cache: Path | None = None) -> subprocess.Popen[str]:
        """Start a command line in a process of its own."""
        own = {} if cache is None else {"PAINTERKIT_CACHE": str(cache)}
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env={**self.environment, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Whoever runs the tests may have Ctrl-C ignored, as a shell's background job has.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def run(self, *arguments: str | Path, cache: Path | None = None) -> Done:
        """Run a command line in a process of its own to its end."""
        process = self.start(*arguments, cache=cache)
        stdout, stderr = process.communicate(timeout=120)
        return Done(process.returncode, stdout, stderr)

    def small(self, **changes: str) -> Recipe:
        """Return the small recipe with keys changed, dots written as double underscores."""
        plugins = load_plugins()
        return load_recipe("tiny", plugins, list(sets_of(**changes))).recipe

    def new_run(self, name: str, recipe: Recipe) -> Path:
        """Make a run folder of a name, here."""
        return create_run(render_recipe(recipe), recipe.name, self.folder / name, {})


def sets_of(**changes: str) -> list[str]:
    """Return the --set texts of the small recipe with keys changed."""
    table = {**SMALL, **{key.replace("__", "."): value for key, value in changes.items()}}
    return [f"{key}={value}" for key, value in table.items()]


def training(out: str, **changes: str) -> list[str]:
    """Return the arguments that train the small recipe."""
    options = [word for text in sets_of(**changes) for word in ("--set", text)]
    return ["train", "tiny", "--out", out, *options]


def tensors_of(checkpoint: Path) -> dict[str, Tensor]:
    """Return every tensor of a checkpoint, by file and name."""
    from safetensors.torch import load_file  # tests that need no torch load this file, too

    return {
        f"{file.stem}/{name}": tensor
        for file in sorted(checkpoint.glob("*.safetensors"))
        for name, tensor in load_file(file).items()
    }


def differences(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> list[str]:
    """Return the names of the tensors that are not the same to the bit."""
    names = sorted({*one, *other})
    return [name for name in names if name not in one or name not in other] + [
        name
        for name in names
        if name in one
        and name in other
        and (
            one[name].dtype != other[name].dtype
            or one[name].numpy().tobytes() != other[name].numpy().tobytes()
        )
    ]


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[str], what: str) -> None:
    """Wait until something happened, as long as the process runs."""
    deadline = time.monotonic() + 60
    while not happened():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            _, said = process.communicate()
            raise AssertionError(f"it never came to {what}: {said}")
        time.sleep(0.0005)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Return a folder with a cache that all of these tests share."""
    folder = tmp_path_factory.mktemp("workshop")
    fixed = {
        "PAINTERKIT_CACHE": str(folder / "cache"),
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "80",
        "TERM": "dumb",
        "PYTHONUNBUFFERED": "1",
    }
    return Workshop(folder, {**os.environ, **fixed})


@pytest.fixture
def in_workshop(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """Have this process use the workshop's folder and cache, and one thread as its commands do.

    The bits of a training depend on the number of threads, as sums are split by them.
    """
    import torch

    monkeypatch.chdir(workshop.folder)
    monkeypatch.setenv("PAINTERKIT_CACHE", workshop.environment["PAINTERKIT_CACHE"])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield workshop
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def reference(workshop: Workshop) -> Path:
    """Train the small recipe without a break, every checkpoint kept; to be read only."""
    done = workshop.run(*training("reference", checkpoints__keep="100"))
    assert done.code == 0, done.stderr
    return workshop.folder / "reference"
