"""The hooks of a plugin.

A plugin is a module that imports neither torch nor anything slow, named by an entry point of
the group `painterkit.plugins`. It implements any of these hooks:

    from painterkit.hookspecs import hookimpl

    @hookimpl
    def painterkit_components():
        return [Component(Role.LOSS, "hinge", HingeSettings, "my_plugin.hinge:build")]

It may say which version of the plugin interface it was written for, as in
`painterkit_interface = 1`: an older painterkit then refuses it in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources.abc import Traversable

import pluggy

from painterkit.registry import Component

hookspec = pluggy.HookspecMarker("painterkit")
hookimpl = pluggy.HookimplMarker("painterkit")

INTERFACE = 1
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
