"""The kinds of component that a recipe can name."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A kind of component; its value is the word used in recipes, commands and messages."""

    TEXT_ENCODER = "text-encoder"
    DIALOGUE_ENCODER = "dialogue-encoder"
    CONDITIONER = "conditioner"
    GENERATOR = "generator"
    DISCRIMINATOR = "discriminator"
    LOSS = "loss"
    TURN_SAMPLER = "turn-sampler"
    NOISE_SAMPLER = "noise-sampler"
    TRAINING_STEP = "training-step"
    IMAGE_ENCODER = "image-encoder"
    DATASET = "dataset"
    METRIC = "metric"
