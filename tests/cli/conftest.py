"""Run the command line, in this process or in one of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from importlib import invalidate_caches
from pathlib import Path

import pytest
from attrs import frozen

from painterkit.cli.app import main


@frozen
class Done:
    """How a command ended, and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def errors(self) -> list[str]:
        """The lines on stderr."""
        return self.stderr.splitlines()


Run = Callable[..., Done]

COMMAND = "import sys; from painterkit.cli.app import main; sys.exit(main())"


def command_line(*arguments: str) -> list[str]:
    return [sys.executable, "-c", COMMAND, *arguments]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this environment with one thread, no colours, and a terminal of 80 columns."""
    fixed = {"OMP_NUM_THREADS": "1", "COLUMNS": "80", "TERM": "dumb", "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **fixed, **(extra or {})}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command in this process."""
    monkeypatch.setenv("COLUMNS", "80")

    def run_here(*arguments: str) -> Done:
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run_here


Talk = Callable[..., Done]


@pytest.fixture
def talk(run: Run, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """Return a function that chats over a pipe: the painter, the lines, and options."""

    def talk_here(painter: Path | str, lines: str | bytes, *options: str) -> Done:
        given = lines if isinstance(lines, bytes) else lines.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        return run("chat", str(painter), *options)

    return talk_here


@pytest.fixture(scope="session")
def run_apart() -> Run:
    """Return a function that runs a command in a process of its own."""

    def start(
        *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> Done:
        done = subprocess.run(
            command_line(*arguments),
            capture_output=True,
            text=True,
            cwd=cwd,
            env=environment(env),
            timeout=120,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return start


GOOD_PLUGIN = """
from typing import Annotated, Literal
from attrs import frozen
from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit.settings import Factory, Use, setting

@frozen
class Window:
    "A table."
    width: int = setting(8, help="Width of the window.", unit="px", at_least=1, at_most=64)

@frozen
class OddSettings:
    '''Do something odd. It has many settings.

    A second paragraph.
    '''
    channels: int = setting(help="Channels.", at_least=1)
    rate: float = setting(0.5, help="Rate.", above=0.0, below=1.0)
    norm: Literal["batch", "none"] = setting("batch", help="Norm.")
    sizes: tuple[int, ...] = setting((32, 64), help="Sizes.", unit="px")
    inner: Annotated[Use, Role.LOSS] | None = setting(None, help="A slot.")
    window: Window = setting(Factory(Window), help="A table.")
    windows: tuple[Window, ...] = setting((), help="Tables.")
    by_size: dict[int, float] = setting(Factory(dict), help="By size.")
    words: bool = setting(False, help="Read the words.")

@hookimpl
def painterkit_components():
    return [Component(Role.LOSS, "odd", OddSettings, "{module}_build:make")]
"""
GOOD_BUILD = "import torch\n\n\ndef make(settings, context):\n    return None\n"
BROKEN_PLUGIN = "import no_such_module\n"


@frozen
class InstalledPlugins:
    """A folder on the path that holds two installed plugins, `good-one` and `broken-one`."""

    folder: Path
    module: str


@pytest.fixture(scope="session")
def plugin_folder(tmp_path_factory: pytest.TempPathFactory) -> InstalledPlugins:
    """Install a good and a broken plugin as pip would: modules, and metadata with entry points."""
    folder = tmp_path_factory.mktemp("site")
    module = "odd_plugin"
    (folder / f"{module}.py").write_text(GOOD_PLUGIN.replace("{module}", module))
    (folder / f"{module}_build.py").write_text(GOOD_BUILD)
    (folder / "broken_plugin.py").write_text(BROKEN_PLUGIN)
    metadata = folder / "odd_things-2.5.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-things\nVersion: 2.5\n")
    (metadata / "entry_points.txt").write_text(
        f"[painterkit.plugins]\ngood-one = {module}\nbroken-one = broken_plugin\n"
    )
    return InstalledPlugins(folder, module)


@pytest.fixture
def installed(plugin_folder: InstalledPlugins, monkeypatch: pytest.MonkeyPatch) -> InstalledPlugins:
    """Have the two plugins installed for one test."""
    monkeypatch.syspath_prepend(str(plugin_folder.folder))
    invalidate_caches()
    return plugin_folder


SMALL_RECIPE = """\
# The smallest painter that can be trained.
painterkit = 1
name = "small"

[data]
use = "avatars"
resolution = 32
train = 64
validation = 32

[parts]
caption_encoder = { use = "hashed-words", width = 32 }
dialogue_encoder = { use = "bilstm", hidden = 8 }
discriminators = { 32 = { use = "stackgan", channels = 8 } }

[parts.generator]
use = "stackgan"
resolutions = [32]
channels = 4
conditioner = { use = "conditioning-augmentation", width = 8 }

[[phases]]
name = "only"
until = { steps = 40 }
batch = 8

[phases.optimizers.generator]
train = ["generator", "dialogue_encoder"]

[phases.optimizers.discriminator]
train = ["discriminators.32"]

[phases.step]
use = "adversarial"
resolutions = [32]
losses = { matching = "matching-aware", kl = "kl" }
"""


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with small.toml and a cache of its own."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "small.toml").write_text(SMALL_RECIPE)
    return folder


@frozen
class Trained:
    """A run that was trained, where, and what the training said."""

    run: Path
    workplace: Path
    said: Done


@pytest.fixture(scope="session")
def trained(workplace: Path) -> Trained:
    """Train small.toml once for all tests."""
    arguments = ["train", "small.toml"]
    stdout, stderr = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        patch.chdir(workplace)
        patch.setattr(sys, "argv", ["painterkit", *arguments])
        for name, value in cache_of(workplace).items():
            patch.setenv(name, value)
        code = main()
    done = Done(code, stdout.getvalue(), stderr.getvalue())
    assert done.code == 0, done.stderr
    return Trained(workplace / "runs" / "small-0001", workplace, done)


def cache_of(workplace: Path) -> dict[str, str]:
    """Return the setting of the cache that the tests of one workplace share."""
    return {"PAINTERKIT_CACHE": str(workplace / "cache")}


@pytest.fixture
def at_work(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to the workplace and use its cache."""
    monkeypatch.chdir(workplace)
    for name, value in cache_of(workplace).items():
        monkeypatch.setenv(name, value)
    return workplace


TURNS_RECIPE = """\
# The smallest painter that draws after every turn.
painterkit = 1
name = "turns"

[data]
use = "avatars"
resolution = 32
turns = "attributes"
train = 64
validation = 32

[samplers]
turns = "uniform-time"

[parts]
caption_encoder = "none"
turn_encoder = "attribute-value"
dialogue_encoder = { use = "reader", hidden = 16, width = 16 }

[parts.generator]
use = "stackgan-pp"
resolutions = [32]
channels = 4
memory = "gru"

[parts.discriminators]
32 = { use = "stackgan", channels = 8 }

[[phases]]
name = "only"
until = { steps = 30 }
batch = 8

[phases.optimizers.generator]
train = ["generator", "dialogue_encoder"]

[phases.optimizers.discriminator]
train = ["discriminators"]

[phases.step]
use = "adversarial"
resolutions = [32]
mismatch = "none"
losses = { matching = "matching-aware" }
"""


@pytest.fixture(scope="session")
def turns_run(workplace: Path, run_apart: Run) -> Path:
    """Train a painter that draws after every turn, once for all tests.

    Its cache is its own: `trained` is to prepare its pictures itself, whichever is made first.
    """
    (workplace / "turns.toml").write_text(TURNS_RECIPE)
    cache = {"PAINTERKIT_CACHE": str(workplace / "turns_cache")}
    done = run_apart("train", "turns.toml", cwd=workplace, env=cache)
    assert done.code == 0, done.stderr
    return workplace / "runs" / "turns-0001"
