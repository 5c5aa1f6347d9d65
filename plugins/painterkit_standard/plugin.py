"""The standard components on offer."""

from __future__ import annotations

from collections.abc import Iterable

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_standard import loss_settings, settings, training_settings

PENALTIES = "painterkit_standard.gradient_penalties"


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
            Role.TEXT_ENCODER,
            "attribute-value",
            settings.AttributeValueSettings,
            "painterkit_standard.attribute_value:build",
        ),
        Component(
            Role.TEXT_ENCODER,
            "none",
            settings.NoTextSettings,
            "painterkit_standard.no_text:build",
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
            samples=[{"width": 6}],
        ),
        Component(
            Role.CONDITIONER,
            "identity",
            settings.IdentitySettings,
            "painterkit_standard.identity_conditioner:build",
        ),
        Component(
            Role.TURN_SAMPLER,
            "last-turn",
            settings.LastTurnSettings,
            "painterkit_standard.samplers:build_last_turn",
        ),
        Component(
            Role.TURN_SAMPLER,
            "every-turn",
            settings.EveryTurnSettings,
            "painterkit_standard.samplers:build_every_turn",
        ),
        Component(
            Role.TURN_SAMPLER,
            "uniform-time",
            settings.UniformTimeSettings,
            "painterkit_standard.samplers:build_uniform_time",
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
            loss_settings.MatchingAwareSettings,
            "painterkit_standard.matching_aware:build",
            samples=[{}, {"kind": "hinge"}, {"kind": "lsgan"}, {"kind": "wgan"}],
        ),
        Component(Role.LOSS, "kl", loss_settings.KLSettings, "painterkit_standard.kl:build"),
        Component(Role.LOSS, "r1", loss_settings.R1Settings, f"{PENALTIES}:build_r1"),
        Component(Role.LOSS, "wgan-gp", loss_settings.WGANGPSettings, f"{PENALTIES}:build_wgan_gp"),
        Component(
            Role.LOSS,
            "matching-aware-gradient-penalty",
            loss_settings.MatchingAwareGradientPenaltySettings,
            f"{PENALTIES}:build_matching_aware",
        ),
        Component(
            Role.LOSS,
            "feature-matching",
            loss_settings.FeatureMatchingSettings,
            "painterkit_standard.feature_matching:build",
        ),
        Component(
            Role.LOSS,
            "contrastive",
            loss_settings.ContrastiveSettings,
            "painterkit_standard.contrastive:build",
        ),
        Component(
            Role.LOSS,
            "auxiliary",
            loss_settings.AuxiliarySettings,
            "painterkit_standard.auxiliary:build",
        ),
        Component(
            Role.DISCRIMINATOR,
            "labelled",
            settings.LabelledSettings,
            "painterkit_standard.labelled:build",
            samples=[{"inner": {"use": "stackgan", "channels": 4}}],
        ),
        Component(
            Role.TRAINING_STEP,
            "adversarial",
            training_settings.AdversarialSettings,
            "painterkit_standard.adversarial:build",
            samples=[
                {"resolutions": [8, 16], "losses": {"matching": "matching-aware", "kl": "kl"}}
            ],
        ),
        Component(
            Role.TRAINING_STEP,
            "classify-image",
            training_settings.ClassifyImageSettings,
            "painterkit_standard.classify_image:build",
        ),
        Component(
            Role.TRAINING_STEP,
            "predict-image",
            training_settings.PredictImageSettings,
            "painterkit_standard.predict_image:build",
            samples=[
                {},
                {"image_encoder": {"use": "pixel-components", "width": 8, "resolution": 16}},
                {"hidden": 12},
            ],
        ),
        Component(
            Role.TRAINING_STEP,
            "predict-from-caption",
            training_settings.PredictFromCaptionSettings,
            "painterkit_standard.predict_from_caption:build",
            samples=[
                {},
                {
                    "hidden": 12,
                    "image_encoder": {"use": "pixel-components", "width": 8, "resolution": 16},
                },
            ],
        ),
        Component(
            Role.IMAGE_ENCODER,
            "pixel-components",
            settings.PixelComponentsSettings,
            "painterkit_standard.pixel_components:build",
            samples=[{"width": 8, "resolution": 16}],
        ),
        Component(
            Role.IMAGE_ENCODER,
            "convolutional",
            settings.ConvolutionalSettings,
            "painterkit_standard.convolutional_encoder:build",
            samples=[{"width": 8, "resolution": 16, "channels": 8}],
        ),
    ]
