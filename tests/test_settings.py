"""Settings classes: what a field says of itself, and which types it may have."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from attrs import NOTHING, frozen

from painterkit.roles import Role
from painterkit.setting_types import (
    expected,
    setting_fields,
    slot_role,
    unsupported,
    unsupported_field,
)
from painterkit.settings import Factory, SettingInfo, Use, is_settings, setting, setting_info


def _even(value: int) -> str | None:
    return None if value % 2 == 0 else f"must be even, got {value}"


@frozen
class Example:
    """Show every kind of bound."""

    width: int = setting(4, help="Width.", unit="px", at_least=2, at_most=8, check=_even)
    decay: float = setting(0.5, help="Decay.", above=0.0, below=1.0)
    betas: tuple[float, float] = setting((0.5, 0.9), help="Betas.", at_least=0.0)
    names: tuple[str, ...] = setting((), help="Names.", choices=("a", "b"))
    weights: dict[str, float] = setting(Factory(dict), help="Weights.", at_least=0.0)
    needed: str = setting(help="Needed.", min_length=2)
    slot: Annotated[Use, Role.LOSS] | None = setting(None, help="A loss.")


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("width", 1, "must be at least 2, got 1"),
        ("width", 9, "must be at most 8, got 9"),
        ("width", 3, "must be even, got 3"),
        ("width", 4, None),
        ("decay", 0.0, "must be above 0.0, got 0.0"),
        ("decay", 1.0, "must be below 1.0, got 1.0"),
        ("decay", float("nan"), "must be above 0.0, got nan"),
        ("betas", (0.1, -1.0), "must be at least 0.0, got -1.0"),
        ("names", ("a", "c"), "must be one of a, b, got 'c'"),
        ("names", ("a", "b"), None),
        ("weights", {"a": -1.0}, "must be at least 0.0, got -1.0"),
        ("needed", "x", "needs at least 2 characters, got 1"),
        ("slot", None, None),
    ],
)
def test_complaints(field: str, value: Any, complaint: str | None) -> None:
    assert setting_info(Example, field).complaint(value) == complaint


def test_bounds_hold_for_what_is_built_by_hand() -> None:
    assert Example(needed="xy").width == 4
    with pytest.raises(ValueError, match=r"^Example.width must be at least 2, got 1$"):
        Example(needed="xy", width=1)
    with pytest.raises(TypeError):
        Example("xy")  # type: ignore[misc]


def test_entries_are_counted() -> None:
    info = SettingInfo("", min_length=1)
    assert info.complaint(()) == "must not be empty"
    assert SettingInfo("", min_length=2).complaint((1,)) == "needs at least 2 entries, got 1"


def test_fields_have_types_defaults_and_help() -> None:
    fields = {field.name: field for field in setting_fields(Example)}
    assert list(fields)[:2] == ["width", "decay"]
    assert fields["width"].info.unit == "px"
    assert fields["weights"].default == {}
    assert fields["needed"].default is NOTHING
    assert fields["needed"].info.help == "Needed."
    assert slot_role(fields["slot"].type) is None
    assert slot_role(Annotated[Use, Role.LOSS]) is Role.LOSS


def test_is_settings() -> None:
    assert is_settings(Example)
    assert not is_settings(Example(needed="xy"))
    assert not is_settings(int)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (int, "a whole number"),
        (str | None, "text"),
        (float | Literal["auto"], "a number or 'auto'"),
        (Literal["a", "b"], "one of 'a', 'b'"),
        (Literal[True], "true"),
        (tuple[int, ...], "an array"),
        (dict[str, int], "a table"),
        (Example, "a table"),
        (Annotated[Use, Role.LOSS], "the name of a loss or a table with 'use'"),
    ],
)
def test_types_in_words(kind: Any, words: str) -> None:
    assert expected(kind) == words
    assert unsupported(kind) is None


@pytest.mark.parametrize(
    ("kind", "culprit"),
    [
        (Any, Any),
        (bytes, bytes),
        (tuple, tuple),
        (list[int], list[int]),
        (dict[float, int], dict[float, int]),
        (int | str, int | str),
        (tuple[int, set[int]], set[int]),
        (dict[str, bytes | None], bytes),
        (Annotated[Use, "loss"], Annotated[Use, "loss"]),
        (Use, Use),
    ],
)
def test_types_that_no_recipe_holds(kind: Any, culprit: Any) -> None:
    assert unsupported(kind) == culprit


@frozen
class BadType:
    """Hold what TOML cannot."""

    data: dict[str, bytes] = setting(help="Data.")


@frozen
class Nested:
    """Hold it one level down."""

    bad: tuple[BadType, ...] = setting((), help="Bad.")


@frozen
class Reserved:
    """Take the key that names the component."""

    use: str = setting("x", help="Use.")


@frozen
class Private:
    """Have a private field."""

    _x: int = setting(1, help="X.")


@frozen
class OptionalNumber:
    """Have a None that no recipe can write."""

    x: int | None = setting(1, help="X.")


@frozen
class NoneNumber:
    """Have a None that the type does not name."""

    x: int = setting(None, help="X.")


@pytest.mark.parametrize(
    ("settings_class", "sentence"),
    [
        (Example, None),
        (BadType, "BadType.data has the type bytes, which no recipe can hold"),
        (Nested, "Nested.bad has the type bytes, which no recipe can hold"),
        (Reserved, "Reserved.use needs another name: 'use' is the key that names the component"),
        (Private, "Private._x begins with an underscore, which no recipe key does"),
        (
            OptionalNumber,
            "OptionalNumber.x may be None, so None must be its default: TOML cannot write it",
        ),
        (NoneNumber, "NoneNumber.x has the default None, but its type has no '| None'"),
    ],
)
def test_fields_that_no_recipe_can_set(settings_class: type, sentence: str | None) -> None:
    assert unsupported_field(settings_class) == sentence
