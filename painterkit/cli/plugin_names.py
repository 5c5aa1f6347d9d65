"""The names in a new plugin, and whether they can be had."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from keyword import iskeyword

from attrs import frozen

from painterkit.component_check import KEBAB_CASE
from painterkit.errors import Problem, WrongInput
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.names import shipped_recipes
from painterkit.registry import article
from painterkit.roles import Role

PREFIX = "painterkit-"


@frozen
class PluginNames:
    """What the things of a new plugin are called, by the name of its distribution."""

    distribution: str

    @property
    def package(self) -> str:
        """The package that is imported: `painterkit_sketchy`."""
        return self.distribution.replace("-", "_")

    @property
    def plugin(self) -> str:
        """The plugin, and its generator: `sketchy`."""
        return self.distribution.removeprefix(PREFIX)

    @property
    def loss(self) -> str:
        """The loss: `sketchy-smoothness`."""
        return f"{self.plugin}-smoothness"

    @property
    def recipe(self) -> str:
        """The recipe, in snake_case as all are: `sketchy`."""
        return self.plugin.replace("-", "_")


def plugin_names(distribution: str, plugins: LoadedPlugins) -> PluginNames:
    """Return the names of a new plugin. Raises WrongInput where one of them cannot be had."""
    if not re.fullmatch(KEBAB_CASE, distribution) or not distribution[0].isalpha():
        raise _refused(f"'{distribution}' is no name for a package", _similar(distribution))
    names = PluginNames(distribution)
    if iskeyword(names.package):
        raise _refused(f"'{names.package}' is a word of Python", f"write {PREFIX}{names.plugin}")
    owner = next((one for one in plugins.statuses if one.name == names.plugin), None)
    if owner is not None:
        who = " ".join(filter(None, (owner.distribution, owner.version))) or owner.module
        raise _refused(f"a plugin '{names.plugin}' is installed already ({who})")
    _require_free_parts(names, plugins)
    if names.package in sys.stdlib_module_names or find_spec(names.package) is not None:
        what = f"there is a module '{names.package}' already, which the plugin would stand before"
        raise _refused(what)
    return names


def _require_free_parts(names: PluginNames, plugins: LoadedPlugins) -> None:
    """Refuse names that a recipe could not tell from those that are there."""
    for role, name in ((Role.GENERATOR, names.plugin), (Role.LOSS, names.loss)):
        for offer in plugins.registry.offers(role, name):
            what = f"the plugin '{offer.plugin}' has {article(role)} {role} '{name}' already"
            raise _refused(what)
    for recipe in shipped_recipes(plugins):
        if recipe.name == names.recipe:
            raise _refused(f"there is a recipe '{recipe.qualified_name}' already")


def _similar(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower())
    name = "-".join(words)
    can_be = bool(words) and name[0].isalpha() and not PREFIX.startswith(name)
    return f"did you mean '{name}'?" if can_be else _RULE


_RULE = f"write words of small letters and digits, joined by '-', such as {PREFIX}sketchy"


def _refused(what: str, hint: str = "choose another name") -> WrongInput:
    return WrongInput(Problem("", what, hint))
