"""What the plugin offers."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit.settings import setting


@frozen
class HastySettings:
    """Draw the condition from a normal distribution that the embedding gives."""

    width: int = setting(8, help="Width of the condition.", at_least=1)


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer the conditioner."""
    build = "painterkit_hasty.conditioner:build"
    return [Component(Role.CONDITIONER, "hasty", HastySettings, build)]
