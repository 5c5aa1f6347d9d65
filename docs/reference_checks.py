"""What the conformance kit holds, read from the functions that hold it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType

from painterkit.testing.component import CHECKS, check_component
from painterkit.testing.verdict import require, require_same, require_shape

KIT = "painterkit.testing"
REQUIRES = (require, require_same, require_shape)
"""What a check fails by: it says the sentence."""

FAULTS = ("AssertionError", "Unchecked")

HANDED_OVER = (check_component, *CHECKS.values())
"""Checks that have a list of their own, and are left out of that of another."""

Check = Callable[..., object]


def checks_of(check: Check) -> list[Check]:
    """Return the functions of the kit that hold something when a check is run, in order."""
    found: list[Check] = []
    _collect(check, {check, *HANDED_OVER}, found)
    return found


def _collect(check: Check, seen: set[Check], found: list[Check]) -> None:
    for one in _called(check):
        if one not in seen and one not in REQUIRES and one.__module__.startswith(KIT):
            seen.add(one)
            if holds(one):
                found.append(one)
            _collect(one, seen, found)


def holds(check: Check) -> bool:
    """Tell whether a function itself holds something: it fails, or has another one decide."""
    raised = [node.exc for node in ast.walk(_tree(check)) if isinstance(node, ast.Raise)]
    if any(isinstance(one, ast.Call) and ast.unparse(one.func) in FAULTS for one in raised):
        return check.__name__.startswith("check_")
    return any(
        one in REQUIRES or one in HANDED_OVER or _is_foreign_check(one) for one in _called(check)
    )


def _is_foreign_check(check: Check) -> bool:
    return check.__name__.startswith("check_") and not check.__module__.startswith(KIT)


def _called(check: Check) -> Iterator[Check]:
    """Yield the functions that a function names, in the order in which it does."""
    names = [node for node in ast.walk(_tree(check)) if isinstance(node, ast.Name)]
    for node in sorted(names, key=lambda name: (name.lineno, name.col_offset)):
        named = getattr(inspect.unwrap(check), "__globals__", {}).get(node.id)
        if isinstance(named, FunctionType):
            yield named


def _tree(check: Check) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(check)))


def held(check: Check) -> str:
    """Return what a check holds: the first sentence of its docstring, without `Check that`."""
    sentence = " ".join((inspect.getdoc(check) or "").partition("\n\n")[0].split())
    return sentence.removeprefix("Check that ")
