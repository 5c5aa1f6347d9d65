"""The version of the plugin interface that a plugin was written for.

A plugin's module states it: `painterkit_interface = 1`. One that states none is taken as it is.
"""

from __future__ import annotations

import ast
from pathlib import Path
from traceback import walk_tb

from painterkit.hookspecs import INTERFACE

STATED = "painterkit_interface"


def interface_fault(stated: object) -> str | None:
    """Return a sentence about a version that this painterkit does not have, or None."""
    if stated is None:
        return None
    if type(stated) is not int or stated < 1:
        return f"its {STATED} must be a whole number from 1, got {stated!r}"
    if stated > INTERFACE:
        return (
            f"it needs version {stated} of the plugin interface, and this painterkit has version "
            f"{INTERFACE}: upgrade painterkit, or install an older version of the plugin"
        )
    return None


def stated_where_it_failed(module: str, error: BaseException) -> int | None:
    """Return the version that a module states in its source, where importing it failed; or None.

    A plugin for a newer painterkit may well fail on a name that is not there yet, before anybody
    can ask the module.
    """
    for frame, _ in walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == module:
            return _assigned(Path(frame.f_code.co_filename))
    return None


def _assigned(file: Path) -> int | None:
    try:
        statements = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return None
    for one in statements:
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == STATED:
            value = one.value.value if isinstance(one.value, ast.Constant) else None
            return value if type(value) is int else None
    return None
