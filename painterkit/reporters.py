"""Every reporter that plugins offer: who can hear of a training, by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from painterkit.build_import import import_build_function
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.offered_names import near_offer, only_offer

BuildReporter = Callable[[Path], Any]
"""`build(run) -> reporter`, given the folder of the run. See `painterkit.interfaces.reporter`."""


@frozen
class ReporterOffer:
    """A reporter, and who offers it: `build` is `package.module:function`."""

    name: str
    build: str
    plugin: str
    distribution: str = ""

    @property
    def qualified_name(self) -> str:
        """The name that no other plugin can take: `plugin:name`."""
        return f"{self.plugin}:{self.name}"


class Reporters:
    """Every reporter on offer: built once, never changed.

    `plugins` are those that are loaded, and `unloaded` those that could not be.
    """

    def __init__(
        self,
        offers: Iterable[ReporterOffer] = (),
        plugins: Collection[str] = (),
        unloaded: Collection[str] = (),
    ) -> None:
        """Keep the offers in the order of their plugins."""
        self.offers = tuple(offers)
        self._plugins = tuple(plugins)
        self._unloaded = tuple(unloaded)

    def find(self, name: str) -> ReporterOffer:
        """Return the reporter of a name, bare or `plugin:name`.

        Raises WrongInput where there is none, or where a bare name is offered by several plugins.
        """
        found = only_offer(name, self.offers)
        if found is None:
            hint = near_offer(name, self.offers, self._plugins, self._unloaded)
            raise WrongInput(Problem("", f"no reporter is named '{name}'", hint))
        return found

    def faults(self, names: Sequence[str]) -> list[Problem]:
        """Return what is wrong with the names that a recipe asks for; they have no place yet."""
        seen: set[ReporterOffer] = set()
        problems: list[Problem] = []
        for name in names:
            try:
                offer = self.find(name)
            except WrongInput as error:
                problems += error.problems
                continue
            if offer in seen:
                problems.append(Problem("", f"'{name}' is asked for twice", "once is enough"))
            seen.add(offer)
        return problems

    def lacking(self, names: Sequence[str]) -> list[Problem]:
        """Return why reporters that are on offer cannot be had here, such as a missing package."""
        problems: list[Problem] = []
        for name in names:
            try:
                self.build_function(name)
            except Failure as error:
                problems += error.problems
        return problems

    def build_function(self, name: str) -> BuildReporter:
        """Import and return the function that builds a reporter.

        Raises WrongInput as `find` does, Failure naming the plugin and what is missing.
        """
        offer = self.find(name)
        place = f"reporter '{offer.name}' of plugin '{offer.plugin}'"
        return import_build_function(offer.build, place, offer.distribution)
