"""A cattrs converter that coerces nothing but a whole number to a number.

Each hook raises a Complaint about the value at hand; cattrs gathers those of a table or an array
in a group and notes the key or the index of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

from attrs import NOTHING, has
from cattrs import Converter, IterableValidationError
from cattrs.errors import IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from painterkit.errors import WrongInput, nearest
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.setting_types import (
    expected,
    is_union,
    say_with_type,
    setting_fields,
    slot_role,
    union_members,
)
from painterkit.settings import SettingInfo, Use

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]
KeyPath = tuple[str | int, ...]
MISSING: Any = object()


NOT_GIVEN = "missing"
"""What is wrong with a setting that has no default and is not given."""


class Complaint(Exception):
    """One thing wrong with the value at hand, or at `path` below it."""

    def __init__(self, what: str, hint: str = "", path: KeyPath = ()) -> None:
        """Say what is wrong and, if there is one, the nearest right thing."""
        super().__init__(what)
        self.what, self.hint, self.path = what, hint, path


# What it compiles for each settings class takes longer than reading a recipe with it.
@lru_cache(maxsize=4)
def strict_converter(registry: Registry) -> Converter:
    """Make a converter whose slots name the components of a registry."""
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    for kind in (bool, int, float, str):
        converter.register_structure_hook(kind, _scalar)

    def register(predicate: Callable[[Any], bool], hook: Hook) -> None:
        converter.register_structure_hook_func(predicate, hook)

    def make_table_hook(settings_class: Any) -> Hook:
        return _table_hook(converter, settings_class)

    converter.register_structure_hook_factory(
        lambda kind: isinstance(kind, type) and has(kind), make_table_hook
    )
    register(lambda kind: get_origin(kind) is tuple, lambda v, kind: _array(converter, v, kind))
    register(lambda kind: get_origin(kind) is dict, lambda v, kind: _mapping(converter, v, kind))
    register(is_union, lambda value, kind: _union(converter, value, kind))
    register(lambda kind: get_origin(kind) is Literal, _literal)
    register(
        lambda kind: slot_role(kind) is not None,
        lambda value, kind: _slot(converter, registry, value, kind),
    )
    return converter


def _wrong_type(value: Any, kind: Any) -> Complaint:
    return Complaint(f"expected {expected(kind)}, got {say_with_type(value)}")


def _scalar(value: Any, kind: Any) -> Any:
    if kind is float and type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise _wrong_type(value, kind) from None
    # nan is no setting: it equals nothing, not even itself, and would spread through a training.
    if type(value) is not kind or value != value:
        raise _wrong_type(value, kind)
    return value


def _literal(value: Any, kind: Any) -> Any:
    for known in get_args(kind):
        # `1 == True` in Python, not in a recipe.
        if type(value) is type(known) and value == known:
            return value
    raise Complaint(_wrong_type(value, kind).what, _close(value, get_args(kind)))


def _close(value: Any, choices: Iterable[Any]) -> str:
    """Return a hint where a choice is much like the value: the message lists them all."""
    words = [word for word in choices if isinstance(word, str)]
    hint = nearest(value, words) if isinstance(value, str) else ""
    return hint if hint.startswith("did you mean") else ""


def _union(converter: Converter, value: Any, kind: Any) -> Any:
    values, others = union_members(kind)
    for known in values:
        if type(value) is type(known) and value == known:
            return value
    if not others:
        raise _wrong_type(value, kind)
    try:
        return converter.structure(value, others[0])
    except Complaint as complaint:
        untyped = complaint.what == _wrong_type(value, others[0]).what
        what = _wrong_type(value, kind).what if untyped else complaint.what
        hint = _close(value, values) or complaint.hint
        raise Complaint(what, hint, complaint.path) from None


def _each(kind: Any, items: Iterable[tuple[str | int, Callable[[], T]]]) -> list[T]:
    """Make every item; raise once with what was wrong with all of them, as cattrs does."""
    make_note = cast("Callable[..., str]", IterableValidationNote)  # a str with more arguments
    made: list[T] = []
    errors: list[Exception] = []
    for index, make in items:
        try:
            made.append(make())
        except Exception as error:
            error.add_note(make_note(f"@ {index!r}", index, kind))
            errors.append(error)
    if errors:
        # pyright reads the arguments of ExceptionGroup; cattrs' class takes the type as well.
        raise IterableValidationError("in a table or an array", errors, kind)  # pyright: ignore[reportCallIssue]
    return made


def _array(converter: Converter, value: Any, kind: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong_type(value, kind)
    entries = cast("list[Any]", value)
    kinds = get_args(kind)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(entries)
    if len(kinds) != len(entries):
        raise Complaint(f"expected an array of {len(kinds)} entries, got {len(entries)}")
    return tuple(
        _each(
            kind,
            (
                (index, lambda entry=entry, kind=kind: converter.structure(entry, kind))
                for index, (entry, kind) in enumerate(zip(entries, kinds, strict=True))
            ),
        )
    )


def _mapping(converter: Converter, value: Any, kind: Any) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        raise _wrong_type(value, kind)
    table = cast("Mapping[Any, Any]", value)
    key_kind, value_kind = get_args(kind)
    return dict(
        _each(
            kind,
            (
                (
                    key,
                    lambda key=key, entry=entry: (
                        _key(key, key_kind),
                        converter.structure(entry, value_kind),
                    ),
                )
                for key, entry in table.items()
            ),
        )
    )


def _key(key: Any, kind: type) -> Any:
    """Read a key: TOML's are text, so that a resolution is written `64` and arrives as "64"."""
    if type(key) is kind:
        return key
    # "064" and "+64" would be second names of the same key.
    if kind is int and isinstance(key, str) and key.lstrip("-").isdecimal():
        number = int(key) if len(key) <= 18 else None
        if number is not None and str(number) == key:
            return number
    raise Complaint(f"the key must be {expected(kind)}, got {say_with_type(key)}")


def _table_hook(converter: Converter, settings_class: type) -> Hook:
    """Make the hook of a settings class: cattrs' own, given a table that has every key."""
    fields = setting_fields(settings_class)
    overrides = {
        field.name: override(struct_hook=_field_hook(converter, field.type, field.info))
        for field in fields
    }
    # cattrs takes a field's name as a keyword; component_check refuses those that it keeps.
    make_hook = cast("Callable[..., Hook]", make_dict_structure_fn)
    from_table = make_hook(settings_class, converter, **overrides)

    def structure_table(value: Any, _: Any) -> Any:
        if isinstance(value, settings_class):  # a default made in code
            value = {field.name: getattr(value, field.name) for field in fields}
        if not isinstance(value, Mapping):
            raise _wrong_type(value, settings_class)
        complete = {
            field.name: MISSING if field.default is NOTHING else field.default for field in fields
        }
        complete.update(cast("Mapping[str, Any]", value))
        return from_table(complete, settings_class)

    return structure_table


def _field_hook(converter: Converter, kind: Any, info: SettingInfo) -> Hook:
    def structure_field(value: Any, _: Any) -> Any:
        if value is MISSING:
            raise Complaint(NOT_GIVEN, f"it has no default: {info.help}".removesuffix(": "))
        made = converter.structure(value, kind)
        complaint = info.complaint(made)
        if complaint:
            raise Complaint(complaint)
        return made

    return structure_field


def _slot(converter: Converter, registry: Registry, value: Any, kind: Any) -> Use:
    role = cast("Role", slot_role(kind))
    if isinstance(value, Use):  # a default made in code
        return value
    table: dict[str, Any]
    if isinstance(value, str):
        table, place = {"use": value}, ()
    elif isinstance(value, Mapping):
        table, place = dict(cast("Mapping[str, Any]", value)), ("use",)
    else:
        raise _wrong_type(value, kind)
    name = table.pop("use", MISSING)
    known = [offer.component.name for offer in registry.offers(role)]
    if name is MISSING:
        raise Complaint(f"needs 'use', the name of a {role}", nearest("", known))
    if not isinstance(name, str):
        raise Complaint(_wrong_type(name, str).what, nearest("", known), place)
    try:
        offer = registry.find(role, name)
    except WrongInput as error:
        problem = error.problems[0]
        raise Complaint(problem.what, problem.hint, place) from error
    return Use(name, converter.structure(table, offer.component.settings))
