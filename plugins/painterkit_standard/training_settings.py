"""Settings of the standard training-steps; imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Use, setting


@frozen
class AdversarialSettings:
    """Update the discriminators, then the generator, on one batch of drawn pictures.

    Each conversation is drawn at the moments that the turn-sampler gives; a generator with a memory
    passes through those before.
    """

    resolutions: tuple[int, ...] = setting(
        help="Heights of the pictures that are judged in this phase.",
        min_length=1,
        at_least=1,
        unit="px",
    )
    losses: dict[str, Annotated[Use, Role.LOSS]] = setting(
        help="The terms of both updates, by a name for the log.", min_length=1
    )
    mismatch: Literal["next", "other-image", "other-class", "contradicting", "none"] = setting(
        "next",
        help="Whose words a real picture is mismatched with: those of the next conversation in the "
        "batch, of a random one about another picture, of a random one of another class, or of a "
        "random one that the picture contradicts; none leaves such pairs out, as equations 2 to 4 "
        "of the Neural Painter do. Where a batch has none that fits, the pair is left out.",
    )
    turns: Annotated[Use, Role.TURN_SAMPLER] | None = setting(
        None, help="Which turns are drawn in this phase; without it, those of samplers.turns."
    )
    told: Literal["reader", "image", "caption"] = setting(
        "reader",
        help="What the painter is told: what was read, or in its place what the image encoder sees "
        "in the true picture, or the caption's vector, as when the Neural Painter's painter is "
        "trained alone.",
    )
    memory: bool = setting(
        True,
        help="Let the generator remember the moments before, where it can; without it each moment "
        "is drawn alone.",
    )
    truncation: int | None = setting(
        None,
        help="Through how many moments of its memory the gradient goes back; without it, through "
        "all. The reader's memory is never cut.",
        at_least=1,
    )
    supervision: Literal["own", "matching"] = setting(
        "own",
        help="The real picture of a moment: the conversation's own, or any that fits what was said "
        "so far: algorithm 1 of the Neural Painter, or its equation 5 estimated directly.",
    )
    critic_steps: int = setting(
        1,
        help="How often the discriminators are updated before the generator is, each time with "
        "other real pictures and with drawn ones of the same conversations; 5 in WGAN-GP. Pictures "
        "are counted once a step, those of the last of these updates.",
        at_least=1,
    )
    interpolated: bool = setting(
        False,
        help="Draw half a batch of pictures besides, half-way between two conversations' words, "
        "for the generator's update: GAN-INT of Reed et al. (2016).",
    )
    gradient_through_condition: bool = setting(
        False,
        help="Let the generator's update reach the conditioner, and the dialogue encoder where it "
        "is trained, also through what the discriminator is told, as in StackGAN-v2's code. "
        "StackGAN's code cuts it.",
    )


@frozen
class ClassifyImageSettings:
    """Train an image encoder to tell what pictures show: their attributes, or their class.

    Linear heads, kept only for this phase, go from what it sees to the values. What cannot be
    seen in a picture, or is not known of it, is left out.
    """

    of: Literal["attributes", "class"] = setting(
        "attributes", help="What is told: the value of each attribute of the data, or the class."
    )


@frozen
class PredictImageSettings:
    """Train the reader to predict what an image encoder sees, by mean squared error."""

    head: bool = setting(
        True,
        help="Let layers that are kept only for this phase go from what was read to the "
        "prediction; without it what was read is the prediction.",
    )
    hidden: int | None = setting(
        None,
        help="Width of a hidden layer with ReLU in that head: what is seen depends on products of "
        "what was said, as the colour of hair and its shape, which the head can form then in place "
        "of the reader.",
        at_least=1,
    )
    target: Literal["image", "caption"] = setting(
        "image",
        help="What is predicted: what the image encoder sees, or the vector of the caption.",
    )
    image_encoder: Annotated[Use, Role.IMAGE_ENCODER] | None = setting(
        None,
        help="What sees the pictures, where that is not parts.image_encoder: one that is fitted on "
        "pictures or comes with its weights. It is kept only for this phase.",
    )
    turns: Annotated[Use, Role.TURN_SAMPLER] | None = setting(
        None, help="At which turns it predicts; without it, those of samplers.turns."
    )


@frozen
class PredictFromCaptionSettings:
    """Train the caption encoder to predict what an image encoder sees, by mean squared error.

    Each picture is predicted from one of its captions, which the encoder reads anew in every step.
    """

    hidden: int | None = setting(
        None,
        help="Width of a hidden layer with ReLU between the caption's vector and the prediction; "
        "without it a linear layer predicts. Either is kept only for this phase.",
        at_least=1,
    )
    image_encoder: Annotated[Use, Role.IMAGE_ENCODER] | None = setting(
        None,
        help="What sees the pictures, where that is not parts.image_encoder: one that is fitted on "
        "pictures or comes with its weights. It is kept only for this phase.",
    )
