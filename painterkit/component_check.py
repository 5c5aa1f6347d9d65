"""Check a component when a plugin offers it, long before anybody builds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from attrs.exceptions import FrozenInstanceError

from painterkit.registry import Component
from painterkit.roles import Role
from painterkit.setting_types import unsupported_field
from painterkit.settings import is_settings

KEBAB_CASE = r"[a-z0-9]+(-[a-z0-9]+)*"
BUILD = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*"


def component_fault(component: object) -> str | None:
    """Return a sentence about what is wrong with a component, or None."""
    if not isinstance(component, Component):
        return f"it offers {component!r}, which is no painterkit.registry.Component"
    # An author's fields may hold anything, whatever their types say.
    role, name = cast("object", component.role), cast("object", component.name)
    settings, build = cast("object", component.settings), cast("object", component.build)
    if not isinstance(role, Role):
        return f"the role of component {name!r} must be a painterkit.roles.Role, got {role!r}"
    if not isinstance(name, str) or not re.fullmatch(KEBAB_CASE, name):
        return f"the name of a {role} must be kebab-case, as in 'my-{role}', got {name!r}"
    place = f"{role} '{name}'"
    if not isinstance(build, str) or not re.fullmatch(BUILD, build):
        return f"the build of {place} must have the form 'package.module:function', got {build!r}"
    if not is_settings(settings):
        return f"the settings of {place} must be an attrs class, got {settings!r}"
    settings_class = cast("type", settings)
    if not _is_frozen(settings_class):
        return f"the settings of {place} must be frozen: write @attrs.frozen above the class"
    samples = cast("object", component.samples)
    if not isinstance(samples, (list, tuple)) or not all(
        isinstance(one, Mapping) for one in cast("list[object]", samples)
    ):
        return f"the samples of {place} must be a list of tables of settings, got {samples!r}"
    try:
        fault = unsupported_field(settings_class)
    except Exception as error:  # an annotation that names what the module lacks, above all
        fault = f"their types cannot be read: {type(error).__name__}: {error}"
    return f"the settings of {place}: {fault}" if fault else None


def _is_frozen(cls: type) -> bool:
    """Try it: attrs has no public way to ask in all the versions that we allow."""
    try:
        object.__new__(cls).painterkit = None
    except FrozenInstanceError:
        return True
    except (AttributeError, TypeError):
        return False
    return False
