"""Settings of the standard losses and training-steps; imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Use, setting

EVERY = (
    "Compute the term in every so many steps alone, with that many times its weight: lazy "
    "regularisation, as in StyleGAN2. A second differentiation is what takes long."
)


@frozen
class MatchingAwareSettings:
    """Tell real pictures with their own words from mismatched and from drawn ones.

    The matching-aware adversarial loss of Reed et al. (2016), section 4.3 of the ChatPainter
    paper, on both sides. The discriminator's terms are real + (mismatched + fake) / 2.
    """

    kind: Literal["bce", "hinge", "lsgan", "wgan"] = setting(
        "bce",
        help="Binary cross-entropy as in equations 3 to 6, the hinge loss, least squares (LSGAN), "
        "or the critic's plain difference (WGAN), which needs a gradient penalty beside it.",
    )
    saturating: bool = setting(
        False,
        help="Minimise log(1 - D(fake)) in the generator's update, as equations 4 and 6 print it, "
        "instead of -log D(fake). Only with bce.",
    )
    mismatched: float = setting(
        0.5, help="Weight of a real picture with another conversation.", at_least=0.0
    )
    fake: float = setting(0.5, help="Weight of a drawn picture.", at_least=0.0)
    interpolated: float = setting(
        1.0,
        help="Weight of pictures drawn between two conversations' words, where the step draws any.",
        at_least=0.0,
    )
    balanced: bool = setting(
        True,
        help="Keep the balance of real against the rest where the unconditional head adds its "
        "terms, as StackGAN's code does; without it all are added up with their weights, as in "
        "StackGAN-v2's.",
    )
    unconditional_mismatched: bool = setting(
        False,
        help="Let the unconditional head see the picture of a mismatched pair once more, as a real "
        "one, with the weight of the pair: StackGAN-v2's code does.",
    )
    weight: float = setting(1.0, help="Weight of the whole term.", at_least=0.0)

    def __attrs_post_init__(self) -> None:
        """Check the rule that no single field can."""
        if self.saturating and self.kind != "bce":
            raise ValueError("saturating goes with kind = 'bce' alone: no other has a logarithm")


@frozen
class R1Settings:
    """Hold the discriminators' gradient at real pictures near 0: R1 of Mescheder et al. (2018).

    Half the weight times the mean squared length of the gradient of the conditional logit by the
    picture. Computed in float32, and differentiated twice: it costs about another update.
    """

    weight: float = setting(10.0, help="Weight of the term, gamma in the paper.", at_least=0.0)
    every: int = setting(1, help=EVERY, at_least=1)


@frozen
class WGANGPSettings:
    """Hold the critic's gradient near length 1 between real and drawn pictures: WGAN-GP.

    Section 6 of ChatPainter suggests it. Equation 3 of Gulrajani et al. (2017), at points drawn
    uniformly between a real and a drawn picture with the same words. Goes with `matching-aware` of
    kind 'wgan'. Computed in float32.
    """

    weight: float = setting(10.0, help="Weight of the term, lambda in the paper.", at_least=0.0)
    every: int = setting(1, help=EVERY, at_least=1)


@frozen
class MatchingAwareGradientPenaltySettings:
    """Hold the discriminators' gradient at real pictures with their own words near 0: DF-GAN.

    Tao et al. (2022), equation 2: the length of the gradient by the picture and by what is told of
    it, to a power, averaged. Computed in float32.
    """

    weight: float = setting(2.0, help="Weight of the term, k in the paper.", at_least=0.0)
    power: float = setting(6.0, help="Power of the gradient's length, p in the paper.", above=0.0)
    every: int = setting(1, help=EVERY, at_least=1)


@frozen
class FeatureMatchingSettings:
    """Let the drawn pictures' mean features be those of the real ones: Salimans et al. (2016).

    The squared distance of the two means over the batch, of what each discriminator's trunk sees;
    averaged over the features, added up over resolutions.
    """

    weight: float = setting(1.0, help="Weight of the term.", at_least=0.0)


@frozen
class ContrastiveSettings:
    """Let each picture's own words be the likeliest of several: after Zhang et al. (2021), XMC-GAN.

    The cross-entropy of the conditional logits that the discriminators give a picture with its own
    words and with those of other conversations in the batch: of real pictures in their own update,
    of drawn ones in the generator's. What is seen of a picture is judged again and again, so a
    discriminator of which that is the small part fits best, such as one with a projection.
    """

    weight: float = setting(1.0, help="Weight of the term on both sides.", at_least=0.0)
    others: int = setting(
        31, help="With how many other conversations of the batch, if it has as many.", at_least=1
    )
    temperature: float = setting(1.0, help="What the logits are divided by.", above=0.0)


@frozen
class AuxiliarySettings:
    """Let the discriminators tell what pictures show, and the generator show it: AC-GAN.

    Odena et al. (2017); section 6 of ChatPainter suggests an auxiliary loss. Needs discriminators
    with a head for labels, `labelled`. The discriminators learn from real pictures, the generator
    from what they say of its own.
    """

    of: Literal["attributes", "class"] = setting(
        "attributes",
        help="What is told: the values of the attributes, of which each moment counts only those "
        "that were told up to it, or the class.",
    )
    weight: float = setting(1.0, help="Weight of the term on both sides.", at_least=0.0)


@frozen
class KLSettings:
    """Keep each condition's Gaussian near the standard normal: equation 1 of ChatPainter.

    Averaged over the batch.
    """

    weight: float = setting(2.0, help="Weight of the term, lambda in the paper.", at_least=0.0)
    reduction: Literal["mean", "sum"] = setting(
        "mean",
        help="Over the dimensions: their mean, as StackGAN's code computes it, or their sum, which "
        "is the divergence itself.",
    )


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
        "pictures drawn anew from the same batch; 5 in WGAN-GP.",
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
        help="Let a linear layer, kept only for this phase, go from what was read to the "
        "prediction; without it what was read is the prediction.",
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
