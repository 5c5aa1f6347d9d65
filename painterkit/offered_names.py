"""Find one of the things that plugins offer by its name: bare, or `plugin:name`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from painterkit.errors import Problem, WrongInput, nearest


class Offered(Protocol):
    """Something that a plugin offers under a name."""

    @property
    def plugin(self) -> str:
        """The plugin's name."""
        ...

    @property
    def qualified_name(self) -> str:
        """The name that no other plugin can take: `plugin:name`."""
        ...


T = TypeVar("T", bound=Offered)


def only_offer(name: str, offers: Iterable[T]) -> T | None:
    """Return what is offered under a name, bare or `plugin:name`; None where nothing is.

    Raises WrongInput where a bare name is offered by several plugins.
    """
    found = [one for one in offers if name in (bare_name(one), one.qualified_name)]
    if len(found) < 2:
        return found[0] if found else None
    names = " or ".join(f"'{one.qualified_name}'" for one in found)
    plugins = " and ".join(f"'{one.plugin}'" for one in found)
    what = f"'{name}' is offered by the plugins {plugins}"
    raise WrongInput(Problem("", what, f"write {names}"))


def near_offer(
    name: str, offers: Collection[Offered], plugins: Collection[str], unloaded: Collection[str]
) -> str:
    """Return a hint about a name that nothing is offered under.

    `plugins` are those that are loaded. `unloaded` are those that are not, one of which might have
    offered it.
    """
    plugin, colon, _ = name.partition(":")
    if colon and plugin not in plugins:
        hint = f"no plugin '{plugin}' is loaded: {nearest(plugin, plugins)}"
    elif colon:
        hint = nearest(name, [one.qualified_name for one in offers])
    else:
        hint = nearest(name, [bare_name(one) for one in offers])
    return hint + not_loaded(unloaded)


def not_loaded(plugins: Collection[str]) -> str:
    """Return the end of a hint that names plugins which could not be loaded, if there are any."""
    if not plugins:
        return ""
    names = ", ".join(f"'{one}'" for one in plugins)
    return f" (not loaded: {names}; run 'painterkit plugins' to see why)"


def bare_name(offered: Offered) -> str:
    """Return the name without the plugin's."""
    return offered.qualified_name.removeprefix(f"{offered.plugin}:")
