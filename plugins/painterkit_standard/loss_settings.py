"""Settings of the standard losses; imports no torch."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from painterkit.settings import setting

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
        "or the critic's plain difference (WGAN), which needs a gradient penalty beside it or "
        "discriminators with spectral normalisation.",
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

    Half the weight times the mean squared length of the gradient of a logit by the picture; that
    of an unconditional head is added. Computed in float32, and differentiated twice: it costs about
    another update.
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
        "that were told up to it, or the class, which counts from `from_turn` on.",
    )
    from_turn: int = setting(
        0,
        help="After how many turns a drawn picture is held to its class, or after the last one of "
        "fewer; 0 from the caption on. No data know when a class was told, as attributes are: say "
        "it where captions do not describe it. Only with class.",
        at_least=0,
    )
    weight: float = setting(1.0, help="Weight of the term on both sides.", at_least=0.0)

    def __attrs_post_init__(self) -> None:
        """Check the rule that no single field can."""
        if self.from_turn and self.of == "attributes":
            raise ValueError("from_turn goes with of = 'class': attributes count as they are told")


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
