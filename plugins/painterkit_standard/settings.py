"""Settings of the standard components; imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Use, setting


@frozen
class SentenceTransformerSettings:
    """Read texts with a frozen sentence-transformers model, packaged or in a local folder.

    Needs the extra `text`. The model is imported only when a text is not in the cache.
    """

    model: str = setting(
        "all-MiniLM-L6-v2",
        help="A packaged model by name, or the path of a folder that sentence-transformers saved.",
    )
    half: bool = setting(False, help="Keep the cached vectors in float16: half the size.")
    bf16: bool = setting(
        False,
        help="Compute in bfloat16: 1.7 times as fast where the machine has it, and a vector "
        "moves by about 1 part in 100.",
    )


@frozen
class HashedWordsSettings:
    """Read texts as a bag of hashed words and word pairs, without any weights.

    Each word gets a fixed random vector from its hash. It needs no extra and no training, and
    serves for small tests and as a floor to compare encoders with.
    """

    width: int = setting(128, help="Width of a text's vector.", at_least=8)


@frozen
class NoDialogueSettings:
    """Read nothing of the dialogue: the painter is told the caption alone, as in StackGAN."""


@frozen
class ConditioningAugmentationSettings:
    """Sample a condition from a Gaussian whose mean and variance a linear layer predicts.

    StackGAN's conditioning augmentation, equations 1 and 2 of the ChatPainter paper.
    """

    width: int = setting(128, help="Width of the condition, N_g in the paper.", at_least=1)
    activation: Literal["none", "relu", "glu"] = setting(
        "none",
        help="What follows the linear layer: nothing, as the papers print it; a ReLU on mean and "
        "log-variance, as in StackGAN's code, so that no mean is negative and no variance below "
        "1; or a gated linear unit, as in StackGAN-v2's code.",
    )
    init: Literal["normal", "orthogonal"] = setting(
        "normal",
        help="Initial weights: normal with deviation 0.02, as in StackGAN's code, or orthogonal, "
        "as in StackGAN-v2's.",
    )


@frozen
class LastTurnSettings:
    """Draw each conversation once, after its last turn, as ChatPainter does."""


@frozen
class GaussianSettings:
    """Draw standard normal noise."""

    scale: float = setting(1.0, help="Standard deviation of the noise.", at_least=0.0)


@frozen
class MatchingAwareSettings:
    """Tell real pictures with their own words from mismatched and from drawn ones.

    The matching-aware adversarial loss of Reed et al. (2016), section 4.3 of the ChatPainter
    paper, on both sides. The discriminator's terms are real + (mismatched + fake) / 2.
    """

    kind: Literal["bce", "hinge"] = setting(
        "bce", help="Binary cross-entropy as in equations 3 to 6, or the hinge loss."
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
            raise ValueError("saturating goes with kind = 'bce' alone: there is no log in a hinge")


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
    """Update the discriminators, then the generator, on one batch of drawn pictures."""

    resolutions: tuple[int, ...] = setting(
        help="Heights of the pictures that are judged in this phase.",
        min_length=1,
        at_least=1,
        unit="px",
    )
    losses: dict[str, Annotated[Use, Role.LOSS]] = setting(
        help="The terms of both updates, by a name for the log.", min_length=1
    )
    mismatch: Literal["next", "other-image", "other-class"] = setting(
        "next",
        help="Whose words a real picture is mismatched with: those of the next conversation in the "
        "batch, of a random one about another picture, or of a random one of another class. Where "
        "a batch has none, the pair is left out.",
    )
    gradient_through_condition: bool = setting(
        False,
        help="Let the generator's update reach the conditioner, and the dialogue encoder where it "
        "is trained, also through what the discriminator is told, as in StackGAN-v2's code. "
        "StackGAN's code cuts it.",
    )


@frozen
class PixelComponentsSettings:
    """See a picture as its whitened principal components, fitted on the training pictures."""

    width: int = setting(128, help="How many components.", at_least=1)
    resolution: int = setting(
        32, help="Height of the pictures that are seen.", at_least=1, unit="px"
    )


@frozen
class PredictImageSettings:
    """Train the reader to predict what an image encoder sees, by mean squared error.

    A linear layer, kept only for this phase, goes from what was read to the prediction.
    """


Telling = Literal["as-told", "another", "shuffled", "questions", "answers", "caption"]


@frozen
class RetoldSettings:
    """Tell the conversations of another data set otherwise: is the dialogue really read?

    Pictures, captions and truth stay, so a painter can be trained or measured on what is left.
    """

    of: Annotated[Use, Role.DATASET] = setting("avatars", help="The data set to tell otherwise.")
    telling: Telling = setting(
        "as-told",
        help="Whole, another picture's dialogue, the turns in random order, the questions alone, "
        "the answers alone, or the caption over and over: a dialogue of the same size that tells "
        "nothing new.",
    )
    turns: int | None = setting(
        None, help="Only so many turns, the first ones; without it, all.", at_least=0
    )
    seed: int = setting(0, help="Chooses the random order.", at_least=0)
