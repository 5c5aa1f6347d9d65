"""Commands that plugins write: who has a name first, and what is left out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from painterkit.plugin_commands import PluginCommands, plugin_commands
from painterkit.plugins import PluginStatus

OWN = ("train", "plugins")


def say(*names: str) -> Callable[[typer.Typer], None]:
    """Return a hook that writes commands of these names."""

    def hook(app: typer.Typer) -> None:
        for name in names:
            app.command(name)(lambda: None)

    return hook


def offered(**hooks: Callable[..., object]) -> PluginCommands:
    statuses = [
        PluginStatus(name, "", "", "module", command_hooks=(hook,)) for name, hook in hooks.items()
    ]
    return plugin_commands([PluginStatus("quiet", "", "", "module"), *statuses], OWN)


def warnings(found: PluginCommands, plugin: str) -> tuple[str, ...]:
    return next(status.warnings for status in found.statuses if status.name == plugin)


def test_commands_and_groups_are_written_as_on_any_typer() -> None:
    def hook(app: typer.Typer) -> None:
        @app.command()
        def paint_red() -> None: ...

        zoo = typer.Typer()
        zoo.command("feed")(lambda: None)
        zoo.command("count")(lambda: None)
        app.add_typer(zoo, name="zoo")

    found = offered(animals=hook)
    assert found.names_of("animals") == ("paint-red", "zoo")
    assert list(found.commands["zoo"].command.commands) == ["feed", "count"]
    assert [status.warnings for status in found.statuses] == [(), ()]


def test_a_name_that_is_taken_stays_with_whoever_had_it() -> None:
    found = offered(first=say("train", "faces"), second=say("faces", "masks"))
    assert {name: one.plugin for name, one in found.commands.items()} == {
        "faces": "first",
        "masks": "second",
    }
    assert warnings(found, "first") == (
        "its command train is left out: painterkit has one of that name",
    )
    assert warnings(found, "second") == (
        "its command faces is left out: the plugin 'first' has one of that name",
    )


def raises(app: typer.Typer) -> None:
    say("half")(app)
    raise RuntimeError("no")


def leaves(app: typer.Typer) -> None:
    sys.exit(3)


def cannot_be_parsed(app: typer.Typer) -> None:
    def command(thing: int | Path) -> None: ...

    app.command("odd")(command)


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        (raises, "RuntimeError: no (test_plugin_commands.py line "),
        (leaves, "SystemExit: 3 (test_plugin_commands.py line "),
        (cannot_be_parsed, "AssertionError: Typer "),
        (lambda: None, "TypeError: "),
    ],
)
def test_a_hook_that_fails_leaves_out_its_own_commands_alone(
    hook: Callable[..., object], reason: str
) -> None:
    found = offered(before=say("one"), broken=hook, behind=say("two"))
    assert list(found.commands) == ["one", "two"]
    [warning] = warnings(found, "broken")
    assert warning.startswith(
        f"its commands are left out: its hook painterkit_commands failed: {reason}"
    )


def test_what_an_author_overlooks_is_told() -> None:
    def forgets(app: typer.Typer) -> typer.Typer:
        mine = typer.Typer()
        say("one", "two")(mine)
        return mine

    def calls_back(app: typer.Typer) -> None:
        say("three")(app)
        app.callback()(lambda: None)

    found = offered(forgets=forgets, calls_back=calls_back)
    assert warnings(found, "forgets") == (
        "its hook painterkit_commands writes no command on the app that it is given",
    )
    assert warnings(found, "calls_back") == (
        "its hook painterkit_commands writes a callback, which is left out",
    )
    assert list(found.commands) == ["three"]


def test_ctrl_c_is_nobodys_fault() -> None:
    def interrupted(app: typer.Typer) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        offered(interrupted=interrupted)


HEAVY = """
from painterkit.plugin_commands import plugin_commands
from painterkit.plugins import PluginStatus

def hook(app):
    import torch
    app.command("heavy")(lambda: None)

[status] = plugin_commands([PluginStatus("a", "", "", "m", command_hooks=(hook,))], ()).statuses
print(*status.warnings, sep="\\n")
"""


def test_a_hook_that_imports_torch_is_told() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, timeout=60)
    assert done.stdout == (
        "its hook painterkit_commands imports torch, and 'painterkit --help' waits for it: do so "
        "inside the command\n"
    )
