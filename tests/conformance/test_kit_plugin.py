"""check_plugin, from Python and from pytest: what is right passes, all that is wrong is told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import invalidate_caches
from pathlib import Path

import pytest

from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit.testing import Unchecked, check_plugin, plugin_checks

PLUGIN = """
{first}
from importlib.resources import files
from attrs import frozen
from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit.settings import setting

@frozen
class LossSettings:
    "Weigh the pictures."
    weight: float = setting({default}help="Weight.")

@hookimpl
def painterkit_components():
    return [Component(Role.LOSS, "{name}", LossSettings, "{package}.loss:build")]

@hookimpl
def painterkit_recipes():
    return files("{package}") / "recipes"
"""

LOSS = """
from painterkit.interfaces.loss import Side

class Bright:
    sides = (Side.GENERATOR,)
    reads = {reads}

    def __init__(self, weight):
        self.weight = weight

    def __call__(self, view):
        return self.weight * sum(image.mean() for image in view.images.values())

def build(settings, context):
    {building}
    return Bright(settings.weight)
"""

RECIPE = """
painterkit = 1
extends = "tiny"
name = "own"
{key}
"""

Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs a plugin, as pip would, and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(
        name: str,
        first: str = "",
        default: str = "1.0, ",
        reads: str = '("images",)',
        building: str = "",
        key: str = "",
    ) -> str:
        package = f"pk_{tmp_path.name}_{name}".replace("-", "_")
        folder = tmp_path / package
        (folder / "recipes").mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        plugin = PLUGIN.format(first=first, default=default, name=name, package=package)
        (folder / "plugin.py").write_text(plugin)
        (folder / "loss.py").write_text(LOSS.format(reads=reads, building=building))
        (folder / "recipes" / "own.toml").write_text(RECIPE.format(key=key))
        metadata = tmp_path / f"{package}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
        (metadata / "entry_points.txt").write_text(
            f"[painterkit.plugins]\n{name} = {package}.plugin\n"
        )
        invalidate_caches()
        return name

    return write


def faults(name: str) -> list[str]:
    with pytest.raises(AssertionError) as raised:
        check_plugin(name)
    return str(raised.value).splitlines()


def test_a_right_plugin(install: Install) -> None:
    name = install("bright")
    assert list(plugin_checks(name)) == ["loading", "loss:bright", "recipe:own"]
    check_plugin(name, {(Role.LOSS, "bright"): {"weight": 2.0}})


def test_all_that_is_wrong_is_told_at_once(install: Install) -> None:
    name = install("wrong", first="import torch", reads="()", key="sede = 1")
    loading, loss, recipe = faults(name)
    assert loading.startswith("plugin 'wrong': it imports torch, and every command waits ")
    assert loss == "loss 'wrong' on the generator's side: it reads 'images', but declares only "
    assert recipe.startswith("recipe 'own': ")
    assert recipe.endswith("own.toml line 5   sede   unknown key; did you mean 'seed'?")


def test_a_plugin_that_is_not_loaded(install: Install) -> None:
    [loading] = faults(install("gone", first="import no_such_module"))
    assert loading == (
        "plugin 'gone' cannot be loaded: importing "
        f"{loading.split()[6]} failed: ModuleNotFoundError: No module named 'no_such_module' "
        "(plugin.py line 2)"
    )


def test_an_exception_of_the_plugin_is_told_with_its_line(install: Install) -> None:
    [loss] = faults(install("raising", building="{}['weights']"))
    assert loss == "loss 'raising': KeyError: 'weights' (loss.py line 15)"


def test_what_ends_python_is_told(install: Install) -> None:
    """Where torch is imported already, nothing of this is seen."""
    first = "import os, sys\nif 'torch' not in sys.modules: os._exit(3)"
    [loading] = faults(install("ending", first=first))
    assert loading == "plugin 'ending': loading it ends Python with exit code 3"


def test_a_setting_without_a_default(install: Install) -> None:
    name = install("asking", default="")
    [loss] = faults(name)
    assert loss.startswith("loss 'asking': cannot be checked with these settings: weight   missing")
    with pytest.raises(Unchecked, match="cannot be checked"):
        plugin_checks(name)["loss:asking"]()
    check_plugin(name, {(Role.LOSS, "asking"): {"weight": 2.0}})
    check_plugin(name, apart=[(Role.LOSS, "asking")])
    with pytest.raises(WrongInput) as raised:
        plugin_checks(name, {(Role.LOSS, "asking"): {"wieght": 2.0}})
    assert str(raised.value) == "loss.asking.wieght   unknown key; did you mean 'weight'?"


HOOKS = """
from painterkit.hookspecs import hookimpl

@hookimpl
def painterkit_reporters():
    return {"right": "json:loads", "lost": "json:laods", "two": "json:dump"}

@hookimpl
def painterkit_commands(app):
    def mute(thing: str): pass

    def told():
        "Say what it is for."

    app.command("mute")(mute)
    app.command("told")(told)
"""


def test_reporters_and_commands(install: Install) -> None:
    name = install("talking", first=HOOKS)
    checks = plugin_checks(name)
    assert list(checks)[3:] == [
        "reporter:right",
        "reporter:lost",
        "reporter:two",
        "command:mute",
        "command:told",
    ]
    checks["reporter:right"]()
    checks["command:told"]()
    assert faults(name) == [
        "reporter 'lost' of plugin 'talking'   its module json has no function laods; did you mean "
        "'loads'?",
        "reporter 'two': its function json:dump must take the folder of the run, a Path, and "
        "nothing else (missing a required argument: 'fp')",
        "command 'mute' says nothing of what it does: write a docstring",
    ]


def test_a_hook_of_commands_that_fails_or_is_slow(install: Install) -> None:
    hook = HOOKS.partition("@hookimpl\ndef painterkit_commands(app):\n")[0]
    hook += "@hookimpl\ndef painterkit_commands(app):\n    "
    hook = hook.replace('"lost": "json:laods", "two": "json:dump"', "")
    [loading] = faults(install("raising-commands", first=hook + "raise OSError('disk')"))
    assert loading.startswith(
        "plugin 'raising-commands': its commands are left out: its hook painterkit_commands "
        "failed: OSError: disk (plugin.py line "
    )
    imports = "import torch\n    app.command('one')(print)"
    [loading, *_] = faults(install("torch-in-commands", first=hook + imports))
    assert loading.startswith(
        "plugin 'torch-in-commands': its hook painterkit_commands imports torch, and "
    )


def test_names_that_are_not_there(install: Install) -> None:
    name = install("bright")
    with pytest.raises(WrongInput, match=r"no plugin 'brihgt' is installed; did you mean 'br"):
        check_plugin("brihgt")
    with pytest.raises(WrongInput, match=r"'bright' offers no loss brigth; did you mean 'loss br"):
        check_plugin(name, {(Role.LOSS, "brigth"): {}})
    with pytest.raises(WrongInput, match="offers no generator bright"):
        check_plugin(name, apart=[(Role.GENERATOR, "bright")])


TESTS = """
import pytest

@pytest.mark.painterkit_plugin("{name}")
def test_the_plugin(plugin_check):
    plugin_check()
"""


def test_pytest_has_a_test_for_each_check(install: Install, tmp_path: Path) -> None:
    name = install("wrong", reads="()")
    (tmp_path / "test_right.py").write_text(TESTS.format(name=name))
    (tmp_path / "test_lost.py").write_text(TESTS.format(name="wrogn"))
    (tmp_path / "test_bare.py").write_text("def test_bare(plugin_check):\n    plugin_check()\n")
    switched_on = ["-p", "painterkit.testing.pytest_plugin", "-p", "no:cacheprovider"]
    options = ["-v", "--strict-markers", "--continue-on-collection-errors", "--rootdir=."]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *switched_on, *options, "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    lines = done.stdout.splitlines()
    results = [line.split()[:2] for line in lines if line.startswith("test_right.py::")]
    assert results == [
        ["test_right.py::test_the_plugin[loading]", "PASSED"],
        ["test_right.py::test_the_plugin[loss:wrong]", "FAILED"],
        ["test_right.py::test_the_plugin[recipe:own]", "PASSED"],
    ]
    assert "no plugin 'wrogn' is installed; did you mean 'wrong'?" in lines
    mark = "@pytest.mark.painterkit_plugin('my-plugin')"
    assert f"test_bare asks for plugin_check: write {mark} above it" in lines


def test_the_kit_imports_no_pytest() -> None:
    code = "import sys, painterkit.testing; print('pytest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
