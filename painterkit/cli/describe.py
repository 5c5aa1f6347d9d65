"""Put a component into words: what it does, where its code is, what can be set."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin

from attrs import NOTHING, frozen

from painterkit.registry import Component
from painterkit.setting_types import (
    SCALARS,
    SettingField,
    is_union,
    setting_fields,
    slot_role,
    union_members,
)
from painterkit.settings import SettingInfo, is_settings
from painterkit.structure import unstructure


@frozen
class SettingRow:
    """One line of the table of what can be set. `default` is as a recipe writes it.

    A setting inside a table has the name `table.key`; in an array of tables, `array[].key`.
    """

    name: str
    type: str
    default: str
    required: bool
    unit: str
    help: str


def description(component: Component) -> str:
    """Return what a component says of itself."""
    return cleandoc(component.settings.__doc__ or "")


def summary(component: Component) -> str:
    """Return the first sentence of what a component says of itself, on one line."""
    first = " ".join(description(component).partition("\n\n")[0].split())
    return first.partition(". ")[0].rstrip(".")


def build_place(component: Component) -> tuple[str, int] | None:
    """Return the file and line of the function that builds a component, without importing it."""
    module, _, function = component.build.partition(":")
    try:
        spec = find_spec(module)  # imports the package around the module, as its plugin did
        origin = spec.origin if spec else None
        if not origin:
            return None
        tree = ast.parse(Path(origin).read_bytes())
    except Exception:  # whatever a broken plugin does there
        return None
    lines = [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == function
    ]
    return origin, lines[-1] if lines else 1


def setting_rows(settings_class: type, prefix: str = "") -> Iterator[SettingRow]:
    """Describe every setting, those inside tables after their table."""
    for field in setting_fields(settings_class):
        name = prefix + field.name
        yield SettingRow(
            name=name,
            type=_with_bounds(type_words(field.type), field.info),
            default=_default(field),
            required=field.default is NOTHING,
            unit=field.info.unit,
            help=field.info.help,
        )
        inner = _table_inside(field.type)
        if inner is not None:
            suffix, table_class = inner
            yield from setting_rows(table_class, f"{name}{suffix}.")


def type_words(kind: Any) -> str:
    """Return what a recipe may write for a setting of this type: `[whole number, ...]`."""
    role = slot_role(kind)
    if role is not None:
        return f"{role} component"
    if kind in SCALARS:
        return SCALARS[kind].removeprefix("a ")
    if is_union(kind):
        values, others = union_members(kind)
        words = [type_words(other) for other in others]
        return " or ".join(words + [toml_value(value) for value in values if value is not None])
    if get_origin(kind) is Literal:
        return " or ".join(toml_value(value) for value in get_args(kind))
    if get_origin(kind) is tuple:
        members = ["..." if member is Ellipsis else type_words(member) for member in get_args(kind)]
        return f"[{', '.join(members)}]"
    if get_origin(kind) is dict:
        return f"{{ key = {type_words(get_args(kind)[1])}, ... }}"
    return "table"


def toml_value(value: Any) -> str:
    """Return a value as a recipe writes it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if is_settings(cast("object", value).__class__):
        return toml_value(unstructure(value))
    if isinstance(value, Mapping):
        table = cast("Mapping[Any, Any]", value)
        entries = ", ".join(f"{key} = {toml_value(entry)}" for key, entry in table.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, cast('list[Any]', value)))}]"
    return str(value)


def _default(field: SettingField) -> str:
    if field.default is NOTHING:
        return "required"
    return "" if field.default is None else toml_value(field.default)


def _with_bounds(words: str, info: SettingInfo) -> str:
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (
            ("at least", info.at_least),
            ("above", info.above),
            ("at most", info.at_most),
            ("below", info.below),
        )
        if bound is not None
    ]
    choices = [" or ".join(map(toml_value, info.choices))] if info.choices else []
    return ", ".join([*(choices or [words]), *bounds])


def _table_inside(kind: Any) -> tuple[str, type] | None:
    """Return the settings class that a type holds, and how a path leads to it."""
    if is_settings(kind) and slot_role(kind) is None:
        return "", kind
    if is_union(kind):
        members = [member for member in get_args(kind) if member is not NoneType]
        return next(filter(None, map(_table_inside, members)), None)
    if get_origin(kind) in (tuple, dict):
        member = get_args(kind)[0 if get_origin(kind) is tuple else 1]
        inner = _table_inside(member)
        key = "[]" if get_origin(kind) is tuple else ".<key>"
        return (key + inner[0], inner[1]) if inner else None
    return None
