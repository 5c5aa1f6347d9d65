"""Every component on offer, with its settings, plugin and version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from attrs import field, frozen

from painterkit.build_import import import_build_function
from painterkit.errors import Problem, WrongInput
from painterkit.offered_names import near_offer, only_offer
from painterkit.roles import Role

Build = Callable[[Any, Any], Any]
"""`build(settings, context) -> part`."""


@frozen
class Component:
    """What a plugin offers for a role, under a name.

    `settings` is a frozen attrs class; its docstring is the component's description. `build` is
    `package.module:function`, imported only when the component is built:
    `function(settings, context) -> part`. `samples` are tables of settings, as a recipe would
    write them, that make it small enough to be checked in a second, each another kind of it: what
    a check adds to the defaults. The settings of a slot are replaced as a whole.
    """

    role: Role
    name: str
    settings: type
    build: str
    samples: Sequence[Mapping[str, Any]] = field(default=(), hash=False)


@frozen
class Offer:
    """A component, and who offers it. `distribution` is empty where nothing was installed."""

    component: Component
    plugin: str
    version: str = ""
    distribution: str = ""

    @property
    def qualified_name(self) -> str:
        """The name that no other plugin can take: `plugin:name`."""
        return f"{self.plugin}:{self.component.name}"


class Registry:
    """Every component on offer: built once, never changed.

    `unloaded` names the plugins that could not be loaded, so that a message about an unknown
    name can say that one of them might have offered it.
    """

    def __init__(self, offers: Iterable[Offer], unloaded: Iterable[str] = ()) -> None:
        """Sort the offers by role and name."""
        self._offers = tuple(
            sorted(offers, key=lambda offer: (offer.component.role, offer.component.name))
        )
        self._unloaded = tuple(unloaded)

    def offers(self, role: Role | None = None, glob: str | None = None) -> tuple[Offer, ...]:
        """Return the offers of a role whose bare or qualified name matches `glob`, sorted."""
        return tuple(
            offer
            for offer in self._offers
            if role in (None, offer.component.role)
            and (
                glob is None
                or fnmatchcase(offer.component.name, glob)
                or fnmatchcase(offer.qualified_name, glob)
            )
        )

    def find(self, role: Role, name: str) -> Offer:
        """Return what is offered for a role under a name, bare or `plugin:name`.

        Raises WrongInput where nothing is, or where a bare name is offered by several plugins.
        """
        found = only_offer(name, self.offers(role))
        if found is None:
            raise WrongInput(Problem("", f"no {role} is named '{name}'", self._hint(role, name)))
        return found

    def _hint(self, role: Role, name: str) -> str:
        others = [
            offer.component.role
            for offer in self._offers
            if name in (offer.component.name, offer.qualified_name)
        ]
        if others:
            roles = " and ".join(f"{article(other)} {other}" for other in others)
            return f"'{name}' is {roles}"
        plugins = {offer.plugin for offer in self._offers}
        return near_offer(name, self.offers(role), plugins, self._unloaded)

    def build_function(self, component: Component) -> Build:
        """Import and return the function that builds a component.

        Raises Failure naming the plugin and what is missing.
        """
        offer = next((one for one in self._offers if one.component == component), None)
        plugin, distribution = (offer.plugin, offer.distribution) if offer else ("?", "")
        place = f"component '{component.name}' of plugin '{plugin}'"
        return import_build_function(component.build, place, distribution)


def article(word: str) -> str:
    """Return the article of a word: `an image-encoder`."""
    return "an" if word[0] in "aeiou" else "a"
