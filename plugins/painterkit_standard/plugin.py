"""The standard components on offer."""

from __future__ import annotations

from collections.abc import Iterable

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_standard import settings


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer the parts that every base shares."""
    return [
        Component(
            Role.TEXT_ENCODER,
            "sentence-transformer",
            settings.SentenceTransformerSettings,
            "painterkit_standard.sentence_transformer:build",
        ),
        Component(
            Role.TEXT_ENCODER,
            "hashed-words",
            settings.HashedWordsSettings,
            "painterkit_standard.hashed_words:build",
        ),
        Component(
            Role.DATASET, "retold", settings.RetoldSettings, "painterkit_standard.retold:build"
        ),
        Component(
            Role.DIALOGUE_ENCODER,
            "none",
            settings.NoDialogueSettings,
            "painterkit_standard.no_dialogue:build",
        ),
        Component(
            Role.CONDITIONER,
            "conditioning-augmentation",
            settings.ConditioningAugmentationSettings,
            "painterkit_standard.conditioning_augmentation:build",
        ),
        Component(
            Role.TURN_SAMPLER,
            "last-turn",
            settings.LastTurnSettings,
            "painterkit_standard.samplers:build_last_turn",
        ),
        Component(
            Role.NOISE_SAMPLER,
            "gaussian",
            settings.GaussianSettings,
            "painterkit_standard.samplers:build_gaussian",
        ),
        Component(
            Role.LOSS,
            "matching-aware",
            settings.MatchingAwareSettings,
            "painterkit_standard.matching_aware:build",
        ),
        Component(Role.LOSS, "kl", settings.KLSettings, "painterkit_standard.kl:build"),
        Component(
            Role.TRAINING_STEP,
            "adversarial",
            settings.AdversarialSettings,
            "painterkit_standard.adversarial:build",
        ),
        Component(
            Role.TRAINING_STEP,
            "predict-image",
            settings.PredictImageSettings,
            "painterkit_standard.predict_image:build",
        ),
        Component(
            Role.IMAGE_ENCODER,
            "pixel-components",
            settings.PixelComponentsSettings,
            "painterkit_standard.pixel_components:build",
        ),
    ]
