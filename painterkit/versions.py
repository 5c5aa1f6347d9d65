"""Versions of what is installed, read without importing it."""

from __future__ import annotations

from importlib import metadata


def installed_version(distribution: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def painterkit_version() -> str:
    """Return painterkit's version; a checkout on the path alone has none."""
    return installed_version("painterkit") or "(not installed)"
