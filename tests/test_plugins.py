"""Loading plugins: a broken one is reported, and all the others work."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import invalidate_caches
from pathlib import Path

import pytest

from painterkit.hookspecs import INTERFACE
from painterkit.plugins import SLOW, LoadedPlugins, PluginStatus, load_plugins
from painterkit.recipe_file.names import shipped_recipes
from painterkit.roles import Role

HEAD = """
from attrs import frozen
from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role

@frozen
class Settings:
    "Have nothing to set."

def component(name):
    return Component(Role.LOSS, name, Settings, "nowhere:build")
"""

RIGHT = """
@hookimpl
def painterkit_components():
    yield component("{name}")
"""

Write = Callable[[str, str], tuple[str, str]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes a plugin's module and returns its (name, module)."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    invalidate_caches()

    def write_module(name: str, source: str) -> tuple[str, str]:
        # A name of its own in every test: modules stay imported.
        module = f"pk_{tmp_path.name}_{name}".replace("-", "_")
        (tmp_path / f"{module}.py").write_text(HEAD + source)
        invalidate_caches()
        return name, module

    return write_module


def load(*extra: tuple[str, str]) -> LoadedPlugins:
    return load_plugins(extra, installed=False)


def status_of(plugins: LoadedPlugins, name: str) -> PluginStatus:
    return next(status for status in plugins.statuses if status.name == name)


def test_a_right_plugin(write: Write, tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    source = RIGHT.format(name="hinge") + (
        "@hookimpl\ndef painterkit_recipes():\n"
        "    from pathlib import Path\n"
        "    return Path(__file__).parent / 'recipes'\n"
    )
    extra = write("good", source)
    plugins = load(extra)
    [status] = plugins.statuses
    assert (status.name, status.state, status.reason, status.module) == ("good", "ok", "", extra[1])
    assert [component.name for component in status.components] == ["hinge"]
    assert status.recipes == tmp_path / "recipes"
    assert plugins.recipe_folders[0].plugin == "good"
    assert plugins.registry.find(Role.LOSS, "good:hinge").component is status.components[0]


def test_reporters_and_commands_are_offered_and_not_asked_for(write: Write) -> None:
    source = """
@hookimpl
def painterkit_reporters():
    return {"lines": "no_such_module:build"}

@hookimpl
def painterkit_commands(app):
    raise RuntimeError("nobody wants commands")
"""
    plugins = load(write("talking", source))
    [status] = plugins.statuses
    assert (status.state, status.warnings) == ("ok", ())
    assert status.reporters == {"lines": "no_such_module:build"}
    assert plugins.reporters.find("talking:lines").build == "no_such_module:build"
    assert len(status.command_hooks) == 1


BROKEN = {
    "needs": ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    "exits": ("raise SystemExit('bye')", "failed: SystemExit: bye (pk_"),
    "base": ("class Odd(BaseException): pass\nraise Odd('odd')", "failed: Odd: odd (pk_"),
    "syntax": ("def", "SyntaxError"),
    "raises": (
        "@hookimpl\ndef painterkit_components():\n    raise RuntimeError('no')",
        "its hook painterkit_components failed: RuntimeError: no (pk_",
    ),
    "exits-late": (
        "@hookimpl\ndef painterkit_components():\n    import sys\n    sys.exit(3)",
        "its hook painterkit_components failed: SystemExit: 3",
    ),
    "raises-midway": (
        "@hookimpl\ndef painterkit_components():\n    yield component('a')\n    1 / 0",
        "its hook painterkit_components failed: ZeroDivisionError: division by zero",
    ),
    "none": (
        "@hookimpl\ndef painterkit_components():\n    pass",
        "its hook painterkit_components returned None, not a list",
    ),
    "not-a-component": (
        "@hookimpl\ndef painterkit_components():\n    return ['hinge']",
        "it offers 'hinge', which is no painterkit.registry.Component",
    ),
    "bad-name": (
        "@hookimpl\ndef painterkit_components():\n    return [component('Big')]",
        "the name of a loss must be kebab-case, as in 'my-loss', got 'Big'",
    ),
    "twice": (
        "@hookimpl\ndef painterkit_components():\n    return [component('a'), component('a')]",
        "it offers the loss 'a' twice",
    ),
    "unresolved": (
        "@frozen\nclass Lost:\n    x: 'Gone' = None\n"
        "@hookimpl\ndef painterkit_components():\n"
        "    return [Component(Role.LOSS, 'a', Lost, 'a:b')]",
        "the settings of loss 'a': their types cannot be read: NameError: name 'Gone' is not",
    ),
    "unknown-hook": (
        "@hookimpl\ndef painterkit_component():\n    return []",
        "unknown hook 'painterkit_component'",
    ),
    "wrong-signature": (
        "@hookimpl\ndef painterkit_components(registry):\n    return []",
        "Argument(s) {'registry'} are declared in the hookimpl but can not be found",
    ),
    "newer": (
        f"painterkit_interface = {INTERFACE + 1}\n" + RIGHT.format(name="a"),
        f"it needs version {INTERFACE + 1} of the plugin interface, and this painterkit has "
        f"version {INTERFACE}: upgrade painterkit, or install an older version of the plugin",
    ),
    "newer-and-failing": (
        f"from painterkit.hookspecs import no_such_hook\npainterkit_interface = {INTERFACE + 1}\n",
        f"it needs version {INTERFACE + 1} of the plugin interface",
    ),
    "failing": (
        f"painterkit_interface = {INTERFACE}\nfrom painterkit.hookspecs import no_such_hook\n",
        "failed: ImportError: cannot import name 'no_such_hook'",
    ),
    "interface-in-words": (
        "painterkit_interface = 'one'\n" + RIGHT.format(name="a"),
        "its painterkit_interface must be a whole number from 1, got 'one'",
    ),
    "with:colon": (RIGHT.format(name="a"), "its name may only hold letters"),
    "reporters-in-a-list": (
        "@hookimpl\ndef painterkit_reporters():\n    return ['lines']",
        "its hook painterkit_reporters returned ['lines'], not a mapping of names to "
        "'package.module:function'",
    ),
    "reporter-name": (
        "@hookimpl\ndef painterkit_reporters():\n    return {'Big': 'a:b'}",
        "the name of a reporter must be kebab-case, as in 'my-reporter', got 'Big'",
    ),
    "reporter-build": (
        "@hookimpl\ndef painterkit_reporters():\n    return {'lines': print}",
        "the build of reporter 'lines' must have the form 'package.module:function', got <built-in",
    ),
    "reporters-raise": (
        "@hookimpl\ndef painterkit_reporters():\n    return {}['lines']",
        "its hook painterkit_reporters failed: KeyError: 'lines' (pk_",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_reported_and_the_others_work(write: Write, name: str) -> None:
    source, reason = BROKEN[name]
    module = write(name.replace(":", "_"), source)[1]
    first, last = write("first", RIGHT.format(name="a")), write("last", RIGHT.format(name="b"))
    plugins = load(first, (name, module), last)
    status = status_of(plugins, name)
    assert status.state == "failed"
    assert reason in status.reason
    assert "\n" not in status.reason
    assert (status.components, status.reporters, status.recipes) == ((), {}, None)
    assert [offer.plugin for offer in plugins.registry.offers()] == ["first", "last"]


def test_all_broken_plugins_together(write: Write) -> None:
    broken = [
        (name, write(name.replace(":", "_"), source)[1]) for name, (source, _) in BROKEN.items()
    ]
    plugins = load(*broken, write("good", RIGHT.format(name="a")))
    assert [status.name for status in plugins.statuses if status.state == "ok"] == ["good"]
    assert len(plugins.statuses) == len(BROKEN) + 1


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("return '/nowhere'", "its hook painterkit_recipes returned '/nowhere', not a folder"),
        ("raise OSError('disk')", "its hook painterkit_recipes failed: OSError: disk (pk_"),
    ],
)
def test_recipes_that_cannot_be_found_take_no_component_down(
    write: Write, hook: str, reason: str
) -> None:
    source = f"{RIGHT.format(name='a')}\n@hookimpl\ndef painterkit_recipes():\n    {hook}"
    plugins = load(write("odd", source))
    [status] = plugins.statuses
    assert (status.state, status.recipes, len(status.components)) == ("ok", None, 1)
    [warning] = status.warnings
    assert warning.startswith(f"its recipes are left out: {reason}")
    assert plugins.recipe_folders == ()


def test_a_folder_of_recipes_may_be_a_namespace(write: Write, tmp_path: Path) -> None:
    package = f"ns_{tmp_path.name}".replace("-", "_")
    (tmp_path / package / "recipes" / "deep").mkdir(parents=True)
    (tmp_path / package / "recipes" / "deep" / "own.toml").write_text("# Mine.")
    hook = f"    from importlib.resources import files\n    return files('{package}.recipes')\n"
    plugins = load(write("spaced", "@hookimpl\ndef painterkit_recipes():\n" + hook))
    assert plugins.statuses[0].warnings == ()
    found = [one for one in shipped_recipes(plugins) if one.plugin == "spaced"]
    assert [(one.name, one.description) for one in found] == [("deep/own", "Mine.")]


def test_a_hook_that_is_not_marked_is_told(write: Write) -> None:
    source = """
def painterkit_components():
    return []

def painterkit_recipe():
    return None

def painterkit_helper():
    return None
"""
    [status] = load(write("quiet", source)).statuses
    assert status.warnings == (
        "its function painterkit_components is not called: write @hookimpl above it",
        "its function painterkit_recipe is not called: write @hookimpl above it, and name it "
        "painterkit_recipes",
    )
    [status] = load(write("good", RIGHT.format(name="a"))).statuses
    assert status.warnings == ()


@pytest.mark.parametrize("stated", range(1, INTERFACE + 1))
def test_a_plugin_for_this_interface_or_an_older_one_is_loaded(write: Write, stated: int) -> None:
    source = f"painterkit_interface = {stated}\n" + RIGHT.format(name="a")
    [status] = load(write(f"old{stated}", source)).statuses
    assert (status.state, status.warnings, len(status.components)) == ("ok", (), 1)


def said_when_loaded_alone(name: str, module: str, folder: Path) -> list[str]:
    """Load a plugin where nothing is imported yet, torch least of all."""
    done = subprocess.run(
        [sys.executable, "-m", "painterkit.plugin_probe", name, module],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


KEEPS_WAITING = {
    "torch-imported": (
        "import torch\n" + RIGHT.format(name="a"),
        r"it imports torch, and every command waits \d+\.\d s for it: do so only in the module "
        "that a component's build names",
    ),
    "torch-in-a-hook": (
        RIGHT.format(name="a") + "    import torch\n",
        r"it imports torch, and every command waits \d+\.\d s for it: .+",
    ),
    "slow": (
        f"import time\ntime.sleep({SLOW + 0.1})\n" + RIGHT.format(name="a"),
        r"every command waits [1-9]\d*\.\d s until it is loaded: import what takes long only in "
        "the module that a component's build names",
    ),
}


@pytest.mark.parametrize("name", KEEPS_WAITING)
def test_a_plugin_that_everybody_waits_for_is_told(write: Write, tmp_path: Path, name: str) -> None:
    source, warning = KEEPS_WAITING[name]
    [said] = said_when_loaded_alone(*write(name, source), tmp_path)
    assert re.fullmatch(warning, said)


def test_a_quick_plugin_is_not(write: Write, tmp_path: Path) -> None:
    assert said_when_loaded_alone(*write("quick", RIGHT.format(name="a")), tmp_path) == []


def test_interrupting_stops_the_tool(write: Write) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(write("stop", "raise KeyboardInterrupt"))


def test_a_module_that_is_not_there() -> None:
    [status] = load(("gone", "pk_gone.plugin")).statuses
    assert status.reason == (
        "importing pk_gone.plugin failed: ModuleNotFoundError: No module named 'pk_gone'"
    )
    [status] = load(("odd", "not a module!")).statuses
    assert status.state == "failed"


def test_two_plugins_of_one_name(write: Write) -> None:
    first, second = write("same", RIGHT.format(name="a")), write("other", RIGHT.format(name="b"))
    plugins = load(first, ("same", second[1]))
    assert [status.state for status in plugins.statuses] == ["ok", "failed"]
    assert plugins.statuses[1].reason == f"its name is taken by {first[1]}"
    assert [offer.component.name for offer in plugins.registry.offers()] == ["a"]


def test_the_same_plugin_twice_is_loaded_once(write: Write) -> None:
    extra = write("good", RIGHT.format(name="a"))
    assert len(load(extra, extra).statuses) == 1


def test_a_name_of_two_plugins_is_ambiguous_and_hurts_nothing_else(write: Write) -> None:
    plugins = load(write("one", RIGHT.format(name="a")), write("two", RIGHT.format(name="a")))
    assert [status.state for status in plugins.statuses] == ["ok", "ok"]
    assert plugins.registry.find(Role.LOSS, "two:a").plugin == "two"


def test_blocked_plugins(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAINTERKIT_BLOCK_PLUGINS", "one, three")
    plugins = load(write("one", "raise SystemExit"), write("two", RIGHT.format(name="a")))
    assert [status.state for status in plugins.statuses] == ["blocked", "ok"]
    assert plugins.statuses[0].reason == "PAINTERKIT_BLOCK_PLUGINS names it"


def test_an_installed_plugin_is_found_by_its_entry_point(write: Write, tmp_path: Path) -> None:
    _, module = write("installed", RIGHT.format(name="from-afar"))
    folder = tmp_path / "fake_plugin-2.1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: fake-plugin\nVersion: 2.1\n")
    (folder / "entry_points.txt").write_text(
        f"[painterkit.plugins]\nfar = {module}\nbroken = {module}_gone\n"
    )
    plugins = load_plugins()
    status = status_of(plugins, "far")
    assert (status.distribution, status.version, status.state) == ("fake-plugin", "2.1", "ok")
    offer = plugins.registry.find(Role.LOSS, "from-afar")
    assert (offer.plugin, offer.version, offer.distribution) == ("far", "2.1", "fake-plugin")
    assert status_of(plugins, "broken").state == "failed"


def test_loading_plugins_and_recipes_imports_no_torch(tmp_path: Path) -> None:
    recipe = tmp_path / "wrong.toml"
    recipe.write_text("painterkit = 1\n")
    script = (
        "import sys\n"
        "from painterkit.errors import WrongInput\n"
        "from painterkit.plugins import load_plugins\n"
        "from painterkit.recipe_file.load import load_recipe\n"
        "from painterkit.recipe_file.names import shipped_recipes\n"
        "import painterkit.recipe_file.render\n"
        "plugins = load_plugins([('standard', 'painterkit_standard.plugin')])\n"
        "shipped_recipes(plugins)\n"
        "try:\n"
        f"    load_recipe({str(recipe)!r}, plugins)\n"
        "except WrongInput as error:\n"
        "    print(len(error.problems))\n"
        "print([name for name in ('torch', 'numpy') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    count, modules = done.stdout.split("\n")[:2]
    assert int(count) >= 4
    assert modules == "[]"
