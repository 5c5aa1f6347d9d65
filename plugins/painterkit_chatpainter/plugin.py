"""The ChatPainter components on offer."""

from __future__ import annotations

from collections.abc import Iterable

from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_chatpainter import char_cnn_rnn_settings, settings, skip_thought_settings


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer the StackGAN base and ChatPainter's encoders."""
    return [
        Component(
            Role.GENERATOR,
            "stackgan",
            settings.StackGANSettings,
            "painterkit_chatpainter.generator:build",
            samples=[
                {
                    "resolutions": [8, 16],
                    "channels": 8,
                    "noise": 6,
                    "residual_blocks": 1,
                    "conditioner": {"use": "conditioning-augmentation", "width": 6},
                }
            ],
        ),
        Component(
            Role.DISCRIMINATOR,
            "stackgan",
            settings.StackGANDiscriminatorSettings,
            "painterkit_chatpainter.discriminator:build",
            samples=[
                {"channels": 8, "unconditional": True},
                {"channels": 8, "norm": "spectral", "head": "projection"},
            ],
        ),
        Component(
            Role.DIALOGUE_ENCODER,
            "bilstm",
            settings.BiLSTMSettings,
            "painterkit_chatpainter.bilstm:build",
            samples=[{"hidden": 8}],
        ),
        Component(
            Role.DIALOGUE_ENCODER,
            "non-recurrent",
            settings.NonRecurrentSettings,
            "painterkit_chatpainter.non_recurrent:build",
        ),
        Component(
            Role.TEXT_ENCODER,
            "skip-thought",
            skip_thought_settings.SkipThoughtSettings,
            "painterkit_chatpainter.skip_thought.encoder:build",
            samples=[{"width": 8, "word_width": 6, "vocabulary": 40}],
        ),
        Component(
            Role.TRAINING_STEP,
            "skip-thought",
            skip_thought_settings.SkipThoughtStepSettings,
            "painterkit_chatpainter.skip_thought.step:build",
        ),
        Component(
            Role.TEXT_ENCODER,
            "char-cnn-rnn",
            char_cnn_rnn_settings.CharCNNRNNSettings,
            "painterkit_chatpainter.char_cnn_rnn.encoder:build",
            samples=[{"channels": [8, 8, 8], "width": 12}],
        ),
        Component(
            Role.TEXT_ENCODER,
            "released-embeddings",
            char_cnn_rnn_settings.ReleasedEmbeddingsSettings,
            "painterkit_chatpainter.char_cnn_rnn.released_encoder:build",
        ),
        Component(
            Role.TRAINING_STEP,
            "joint-embedding",
            char_cnn_rnn_settings.JointEmbeddingSettings,
            "painterkit_chatpainter.char_cnn_rnn.joint_embedding:build",
        ),
    ]
