"""Understand what a user calls a role."""

from __future__ import annotations

from painterkit.errors import Problem, WrongInput, nearest
from painterkit.roles import Role


def role_named(word: str) -> Role:
    """Return the role of that name. Raises WrongInput naming the nearest."""
    try:
        return Role(word)
    except ValueError:
        hint = nearest(word, [role.value for role in Role])
        raise WrongInput(Problem("", f"there is no role '{word}'", hint)) from None
