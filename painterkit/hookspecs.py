"""The hooks of a plugin.

A plugin is a module that imports neither torch nor anything slow, named by an entry point of
the group `painterkit.plugins`. It implements any of these hooks:

    from painterkit.hookspecs import hookimpl

    @hookimpl
    def painterkit_components():
        return [Component(Role.LOSS, "hinge", HingeSettings, "my_plugin.hinge:build")]

It may say which version of the plugin interface it was written for, as in
`painterkit_interface = 2`: an older painterkit then refuses it in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

import pluggy

from painterkit.registry import Component

if TYPE_CHECKING:
    import typer

hookspec = pluggy.HookspecMarker("painterkit")
hookimpl = pluggy.HookimplMarker("painterkit")

INTERFACE = 2
"""The version of what a plugin may rely on: the hooks, and the modules that it may import.

It is raised by one whenever something is added there or changed, and with it a line of the
changelog. A plugin that was written for an older version is still loaded.
"""


@hookspec
def painterkit_components() -> Iterable[Component]:  # pyright: ignore[reportReturnType]
    """Return the components that the plugin offers.

    Every one is checked when the plugin is loaded: one that is wrong fails the whole plugin, so
    that its author sees it at once. Two plugins may offer the same name; a recipe then writes
    `plugin:name`.
    """


@hookspec
def painterkit_recipes() -> Traversable:  # pyright: ignore[reportReturnType]
    """Return the folder of the plugin's recipes, such as `files("my_plugin") / "recipes"`.

    Every *.toml in it can be named by its path there without the suffix: `tiny`, `paper/tiny`.
    A folder that cannot be found is told by `painterkit plugins`; the components stay.
    """


@hookspec
def painterkit_reporters() -> Mapping[str, str]:  # pyright: ignore[reportReturnType]
    """Return who can hear of a training: kebab-case names, each with `package.module:function`.

    `function(run: Path) -> Reporter`, given the folder of the run, is imported and called only
    where a recipe asks for it, as by `report = ["my-reporter"]`; it returns a
    `painterkit.interfaces.reporter.Reporter`. A fault in what is returned fails the whole plugin,
    as one in its components does.
    """


@hookspec
def painterkit_commands(app: typer.Typer) -> None:
    """Write commands on a Typer, which become commands of painterkit.

    It is called for help, for completion, and where somebody types a name that is not one of
    painterkit's own; import what a command needs inside it. A command of a name that is taken is
    left out. That, and whatever goes wrong here, is told by `painterkit plugins`.
    """
