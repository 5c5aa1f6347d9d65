from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from painterkit.interfaces.context import BuildContext
from painterkit.plugins import load_plugins
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.testing import sample_context, sample_settings

Build = Callable[..., Any]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_plugins().registry


@pytest.fixture
def context(registry: Registry, tmp_path: Path) -> BuildContext:
    return sample_context(registry, tmp_path)


@pytest.fixture
def build(registry: Registry, context: BuildContext) -> Build:
    """Build a component from a table of settings, told some sizes otherwise than the kit's."""

    def build_component(role: Role, name: str, table: Mapping[str, Any], **told: Any) -> Any:
        offer = registry.find(role, name)
        settings = sample_settings(offer, registry, table)
        return registry.build_function(offer.component)(settings, evolve(context, **told))

    return build_component
