"""The types that a setting may have, and how a message names them and their values.

Text, numbers, true/false, `Literal`, `tuple[X, ...]`, `tuple[X, Y]`, `dict[str, X]`,
`dict[int, X]`, frozen attrs classes, slots `Annotated[Use, Role.X]`, and any of these with
`| None` or `| Literal["word"]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from attrs import fields, frozen, has

from painterkit.roles import Role
from painterkit.settings import SettingInfo, Use, setting_info

SCALARS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
}

RESERVED = {
    "use": "the key that names the component",
    **dict.fromkeys(("attrs", "cl", "converter", "typevar_map"), "a word that cattrs keeps"),
}


@frozen
class SettingField:
    """One field of a settings class, its type resolved.

    `default` is `attrs.NOTHING` where there is none; a factory's result where it has one.
    """

    name: str
    type: Any
    default: Any
    info: SettingInfo


def setting_fields(settings_class: type) -> tuple[SettingField, ...]:
    """Return the fields of a settings class in the order they are written.

    Raises NameError where an annotation names something that its module does not import.
    """
    types = get_type_hints(settings_class, include_extras=True)
    return tuple(
        SettingField(
            attribute.name,
            types[attribute.name],
            _default(attribute.default),
            setting_info(settings_class, attribute.name),
        )
        for attribute in fields(settings_class)
        if attribute.init
    )


def _default(default: Any) -> Any:
    factory = getattr(default, "factory", None)
    return default if factory is None else factory()


def slot_role(kind: Any) -> Role | None:
    """Return the role of a slot, `Annotated[Use, Role.X]`; None for any other type."""
    if get_origin(kind) is Annotated and get_args(kind)[0] is Use:
        return next((extra for extra in kind.__metadata__ if isinstance(extra, Role)), None)
    return None


def is_union(kind: Any) -> bool:
    """Tell whether `kind` is `X | Y` in either of Python's two spellings."""
    return get_origin(kind) in (Union, UnionType)


def union_members(kind: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Split a union into the values that it names (None, literals) and its other types."""
    values: list[Any] = []
    others: list[Any] = []
    for member in get_args(kind):
        if member is NoneType:
            values.append(None)
        elif get_origin(member) is Literal:
            values.extend(get_args(member))
        else:
            others.append(member)
    return tuple(values), tuple(others)


def unsupported(kind: Any) -> Any | None:
    """Return the part of a type that no recipe can hold, or None if a recipe can hold all of it."""
    if kind in SCALARS or slot_role(kind) is not None:
        return None
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        known = all(type(value) in SCALARS for value in arguments)
        return None if known else kind
    if is_union(kind):
        _, others = union_members(kind)
        return kind if len(others) > 1 else next(filter(None, map(unsupported, others)), None)
    if origin is tuple and arguments:
        members = [member for member in arguments if member is not Ellipsis]
        return next(filter(None, map(unsupported, members)), None)
    if origin is dict:
        return unsupported(arguments[1]) if arguments[0] in (str, int) else kind
    if isinstance(kind, type) and has(kind) and kind is not Use:
        types = [field.type for field in setting_fields(kind)]
        return next(filter(None, map(unsupported, types)), None)
    return kind


def unsupported_field(settings_class: type) -> str | None:
    """Return a sentence about the first field of a component that no recipe can hold, or None."""
    for field in setting_fields(settings_class):
        place = f"{settings_class.__name__}.{field.name}"
        if field.name in RESERVED:
            return f"{place} needs another name: '{field.name}' is {RESERVED[field.name]}"
        if field.name.startswith("_"):
            return f"{place} begins with an underscore, which no recipe key does"
        wrong = unsupported(field.type)
        if wrong is not None:
            return f"{place} has the type {type_name(wrong)}, which no recipe can hold"
        optional = is_union(field.type) and None in union_members(field.type)[0]
        if optional and field.default is not None:
            return f"{place} may be None, so None must be its default: TOML cannot write it"
        if field.default is None and not optional:
            return f"{place} has the default None, but its type has no '| None'"
    return None


def type_name(kind: Any) -> str:
    """Return a type as Python code writes it."""
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)


def expected(kind: Any) -> str:
    """Return what a value of this type is called in a message: `a whole number`."""
    role = slot_role(kind)
    if role is not None:
        return f"the name of a {role} or a table with 'use'"
    if kind in SCALARS:
        return SCALARS[kind]
    if is_union(kind):
        values, others = union_members(kind)
        words = [expected(other) for other in others]
        return " or ".join(words + [say(value) for value in values if value is not None])
    if get_origin(kind) is Literal:
        values = [say(value) for value in get_args(kind)]
        return values[0] if len(values) == 1 else f"one of {', '.join(values)}"
    return "an array" if get_origin(kind) is tuple else "a table"


def say(value: Any) -> str:
    """Return a value as a recipe writes it, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "...")
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "an array" if cast("list[Any]", value) else "an empty array"
    if value is None:
        return "nothing"
    if isinstance(value, int) and abs(value) >= 10**40:
        return "a huge number"
    return str(value)


def say_with_type(value: Any) -> str:
    """Return a value and, where it helps, what kind of value it is: `'x' (text)`."""
    return f"{say(value)} (text)" if isinstance(value, str) else say(value)
