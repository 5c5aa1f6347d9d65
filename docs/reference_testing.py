"""The reference page of the conformance kit, from its docstrings and its checks."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules
from typing import Any

from attrs import NOTHING
from reference_checks import checks_of, held
from reference_failure import FAULT, FOLDER, PLUGIN, failure
from reference_markdown import block, docstring, paragraphs, table

from painterkit import testing
from painterkit.cli.check_plugin import EXAMPLE
from painterkit.testing import check_component, check_plugin, plugin_checks, pytest_plugin
from painterkit.testing.component import CHECKS

WIDTH = 100

COMMAND = f"""\
`painterkit check --plugin NAME` runs the checks of `plugin_checks` one by one and says all that is
wrong. `--set ROLE.NAME.KEY=VALUE`, as in `--set {EXAMPLE}`, is its `settings`, and
`--apart ROLE.NAME` its `apart`. What cannot be checked, `Unchecked`, is a warning; the exit code
is 1 if anything else fails. The options are in [commands](commands.md#check).
"""

CALLED_FIRST = (check_plugin, plugin_checks, check_component)


def testing_parts() -> list[str]:
    """Return the parts of the page."""
    parts = [
        "# Testing",
        docstring(testing),
        "## On the command line",
        paragraphs(COMMAND),
        "## A failure",
        *failure_parts(),
        "## With pytest",
        docstring(pytest_plugin),
        "## A plugin",
        *entry(check_plugin),
        *entry(plugin_checks),
        table_of_checks(plugin_checks),
        "## A component",
        *entry(check_component),
        "Of every component:",
        table_of_checks(check_component),
    ]
    for role, check in CHECKS.items():
        interface = f"What it must have and do is in [components](components.md#{role})."
        parts += [f"## {role}", *entry(check), interface, table_of_checks(check)]
    parts += ["## What checks are made with"]
    for name in testing.__all__:
        one = getattr(testing, name)
        if one not in CALLED_FIRST and one not in CHECKS.values():
            parts += entry(one)
    return parts


def failure_parts() -> list[str]:
    """Return a plugin with a fault, and what is said of it."""
    place = FAULT.relative_to(FOLDER.parents[1])
    return [
        "A plugin with a fault in it: its conditioner takes the variance for the deviation. "
        f"[`{place}`](../{place}):",
        block("python", FAULT.read_text(encoding="utf-8")),
        block(
            "sh",
            f"pip install -e docs/{place.parents[1]}\n"
            f"painterkit check --plugin {PLUGIN}  # exits 1",
        ),
        block("text", failure()),
        "In a test, AssertionError has the same sentence.",
    ]


def entry(described: Any) -> list[str]:
    """Return the heading, the signature and the docstring of what can be called."""
    heading = f"### `{described.__name__}`"
    if isinstance(described, type) and issubclass(described, Exception):
        return [heading, f"A kind of {described.__base__.__name__}.", docstring(described)]
    written = signature(described)
    meanings = [
        f"`{name}` is `{meaning}`: {words}"
        for name, (meaning, words) in aliases().items()
        if re.search(rf"\b{name}\b", written)
    ]
    return [heading, block("", written), docstring(described), *meanings]


def signature(described: Any) -> str:
    """Return a function or a class as it is called, on as many lines as it needs."""
    made = inspect.signature(described)
    parameters = list(_parameters(made))
    returns = "" if isinstance(described, type) else f" -> {made.return_annotation}"
    whole = f"{described.__name__}({', '.join(parameters)}){returns}"
    if len(whole) <= WIDTH:
        return whole
    lines = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"{described.__name__}(\n{lines}){returns}"


def _parameters(made: inspect.Signature) -> Iterator[str]:
    keywords_alone = False
    for one in made.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not keywords_alone:
            keywords_alone = True
            yield "*"
        default = getattr(one.default, "__name__", repr(one.default))
        if one.default is NOTHING:  # attrs makes it anew each time
            default = "..."
        yield f"{one.name}: {one.annotation}" + (
            f" = {default}" if one.default is not one.empty else ""
        )


@cache
def aliases() -> dict[str, tuple[str, str]]:
    """Return the type aliases of the kit by name: what each stands for, and its words."""
    found: dict[str, tuple[str, str]] = {}
    for module in iter_modules(testing.__path__, f"{testing.__name__}."):
        body = ast.parse(inspect.getsource(import_module(module.name))).body
        for one, after in pairwise(body):
            match one, after:
                case (
                    ast.Assign(targets=[ast.Name(name)], value=ast.Subscript() as meaning),
                    ast.Expr(ast.Constant(str(words))),
                ):
                    found[name] = ast.unparse(meaning), " ".join(words.split())
                case _:
                    pass
    return found


def table_of_checks(check: Any) -> str:
    """Return a table of all that a check holds."""
    rows = [(f"`{one.__name__}`", held(one)) for one in checks_of(check)]
    return table(("check", "holds that"), rows)
