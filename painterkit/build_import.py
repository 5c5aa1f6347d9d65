"""Import a function that a plugin names as text, and word what is missing where that fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module, metadata
from types import ModuleType
from typing import Any

from painterkit.errors import Failure, Problem, nearest

WRONG_MODULE = "reinstall the plugin, or mend 'build' of the component where the plugin is yours"


def import_build_function(build: str, place: str, distribution: str = "") -> Callable[..., Any]:
    """Import `package.module:function`.

    `place` says what it builds: "component 'mine' of plugin 'my-plugin'". It is named in the
    Failure that says what is missing, with the extra of the `distribution` that brings it.
    """
    module_name, _, function_name = build.partition(":")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise Failure(_missing_module(place, module_name, error.name, distribution)) from error
    except Exception as error:
        what = f"its module {module_name} cannot be imported: {type(error).__name__}: {error}"
        raise Failure(Problem(place, what, "this is a fault of the plugin")) from error
    return _function(module, function_name, place)


def _missing_module(place: str, module: str, missing: str | None, distribution: str) -> Problem:
    if missing is None or module == missing or module.startswith(missing + "."):
        return Problem(place, f"its module {module} does not exist", WRONG_MODULE)
    package = missing.partition(".")[0]
    return Problem(
        place, f"needs {package}, which is not installed", _how_to_install(package, distribution)
    )


def _how_to_install(package: str, distribution: str) -> str:
    """Return the pip command of the extra that brings a package and the least besides, if any."""
    try:
        requirements = metadata.requires(distribution) if distribution else None
    except metadata.PackageNotFoundError:
        requirements = None
    brought: dict[str, list[str]] = {}
    for requirement in requirements or ():
        name = re.match(r"[A-Za-z0-9_.-]+", requirement)
        extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", requirement)
        if name and extra:
            brought.setdefault(extra[1], []).append(name[0])
    bringing = {
        extra: names
        for extra, names in brought.items()
        if any(_same_name(name, package) for name in names)
    }
    if not bringing:
        return f"install the package that provides the module {package}"
    least = min(bringing, key=lambda extra: len(bringing[extra]))
    return f"run: pip install '{distribution}[{least}]'"


def _same_name(distribution: str, module: str) -> bool:
    return re.sub(r"[-_.]+", "_", distribution).lower() == module.lower()


def _function(module: ModuleType, name: str, place: str) -> Callable[..., Any]:
    function = getattr(module, name, None)
    if callable(function):
        return function
    known = [word for word, value in vars(module).items() if callable(value) and word[0] != "_"]
    what = f"its module {module.__name__} has no function {name}"
    raise Failure(Problem(place, what, nearest(name, known)))
