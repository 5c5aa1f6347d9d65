"""Declare the settings of a component.

Settings are frozen attrs classes. A field made by `setting` carries its help, unit and bounds; a
field of type `Annotated[Use, Role.X]` is a slot: it holds another component.

    @frozen
    class BiLSTMSettings:
        '''Read the turns with a bidirectional LSTM.'''

        hidden: int = setting(256, help="Width of both directions together.", at_least=2)

`setting_types` lists the types that a field may have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from attrs import NOTHING, Factory, field, fields, frozen, has

METADATA_KEY = "painterkit"


@frozen
class Use:
    """Name a component and hold its settings: what `{ use = "bilstm", hidden = 256 }` becomes.

    `name` is as written in the recipe: `bilstm`, or `plugin:bilstm` where the bare name is
    ambiguous. `settings` is an instance of the component's settings class.
    """

    name: str
    settings: Any


@frozen
class SettingInfo:
    """What a field says about itself besides its type and default."""

    help: str
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    min_length: int | None = None
    check: Callable[[Any], str | None] | None = None

    def complaint(self, value: Any) -> str | None:
        """Return what is wrong with `value`, or None. Type errors are not found here."""
        if value is None:
            return None
        if self.min_length is not None and len(value) < self.min_length:
            return _too_short(value, self.min_length)
        for entry in _entries(value):
            complaint = self._complaint_of_entry(entry)
            if complaint:
                return complaint
        return self.check(value) if self.check else None

    def _complaint_of_entry(self, entry: Any) -> str | None:
        if self.choices and entry not in self.choices:
            return f"must be one of {', '.join(self.choices)}, got {entry!r}"
        if not isinstance(entry, int | float):
            return None
        # Written as `not a >= b` so that nan, which compares false with everything, is refused.
        if self.at_least is not None and not entry >= self.at_least:
            return f"must be at least {self.at_least}, got {entry}"
        if self.at_most is not None and not entry <= self.at_most:
            return f"must be at most {self.at_most}, got {entry}"
        if self.above is not None and not entry > self.above:
            return f"must be above {self.above}, got {entry}"
        if self.below is not None and not entry < self.below:
            return f"must be below {self.below}, got {entry}"
        return None


def _entries(value: Any) -> Iterable[Any]:
    """Return what bounds and choices hold for: the value, or what an array or table holds."""
    if isinstance(value, Mapping):
        return cast("Mapping[Any, Any]", value).values()
    if isinstance(value, list | tuple):
        return cast("Sequence[Any]", value)
    return (value,)


def _too_short(value: Any, min_length: int) -> str:
    things = "characters" if isinstance(value, str) else "entries"
    if min_length == 1:
        return "must not be empty"
    return f"needs at least {min_length} {things}, got {len(value)}"


def setting(
    default: Any = NOTHING,
    *,
    help: str,
    unit: str = "",
    at_least: float | None = None,
    at_most: float | None = None,
    above: float | None = None,
    below: float | None = None,
    choices: Sequence[str] = (),
    min_length: int | None = None,
    check: Callable[[Any], str | None] | None = None,
) -> Any:
    """Declare a field of a settings class.

    A `Factory` default is called once an instance. Bounds and choices hold for a value and for
    each entry of an array or table. `check` is given the whole value and returns what is wrong
    with it, or None. All are asked when a recipe is read, where the problem can name its line,
    and again when the class is built by hand, where a ValueError names the field.
    """
    info = SettingInfo(
        help, unit, at_least, at_most, above, below, tuple(choices), min_length, check
    )

    def validate(instance: Any, attribute: Any, value: Any) -> None:
        complaint = info.complaint(value)
        if complaint:
            raise ValueError(f"{type(instance).__name__}.{attribute.name} {complaint}")

    return field(default=default, metadata={METADATA_KEY: info}, validator=validate, kw_only=True)


def setting_info(settings_class: type, name: str) -> SettingInfo:
    """Return what the field `name` says about itself; a plain attrs field has empty help."""
    attribute = getattr(fields(settings_class), name)
    return attribute.metadata.get(METADATA_KEY, SettingInfo(help=""))


def has_setting(settings_class: type, name: str) -> bool:
    """Tell whether a settings class has a field `name`."""
    return any(attribute.name == name for attribute in fields(settings_class))


def is_settings(cls: object) -> bool:
    """Tell whether `cls` is an attrs class, as every settings class must be."""
    return isinstance(cls, type) and has(cls)


__all__ = [
    "Factory",
    "SettingInfo",
    "Use",
    "has_setting",
    "is_settings",
    "setting",
    "setting_info",
]
