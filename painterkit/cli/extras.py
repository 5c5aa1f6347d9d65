"""Which of painterkit's extras are installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from attrs import frozen

from painterkit.versions import installed_version

DISTRIBUTION = "painterkit"
FOR_DEVELOPERS = "dev"


@frozen
class Extra:
    """An extra, and those of its distributions that are not installed."""

    name: str
    missing: tuple[str, ...]


def extras() -> list[Extra]:
    """Return the extras of the installed painterkit; none where it is not installed."""
    try:
        requirements = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return []
    needs: dict[str, list[str]] = {}
    for extra, distribution in _extra_requirements(requirements):
        needs.setdefault(extra, []).append(distribution)
    return [
        Extra(name, tuple(one for one in wanted if installed_version(one) is None))
        for name, wanted in needs.items()
        if name != FOR_DEVELOPERS
    ]


def _extra_requirements(requirements: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (extra, distribution); an extra that only gathers others is left out."""
    for requirement in requirements:
        name = re.match(r"[A-Za-z0-9_.-]+", requirement)
        extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", requirement)
        if name and extra and name[0] != DISTRIBUTION:
            yield extra[1], name[0]
