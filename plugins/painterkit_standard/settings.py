"""Settings of the standard parts, samplers and data; imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Factory, Use, setting


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
class AttributeValueSettings:
    """Read texts such as "hair colour: red" as an attribute and one of its values.

    Two one-hots, joined: what reads them learns an embedding of each attribute and of each value.
    It needs no weights, and reads nothing in any other text; but where a person types one, as in a
    chat, it understands "no, blue" or "make the hair black".
    """

    attributes: dict[str, tuple[str, ...]] = setting(
        Factory(dict),
        help="The values of each attribute; without it, those that the data set tells. A recipe "
        "that names them can be checked, and its painter used, where the data are not.",
    )
    scaled: bool = setting(
        True,
        help="Give the vectors the length that those of sentences have, the square root of their "
        "width, in place of ones: a reader learns several times as fast.",
    )


@frozen
class NoTextSettings:
    """Read nothing of a text: for a painter that is told no caption."""


@frozen
class NoDialogueSettings:
    """Read nothing of the dialogue: the painter is told the caption alone, as in StackGAN."""


@frozen
class LabelledSettings:
    """Judge as another discriminator does, and tell what a picture shows by a head of its own.

    For the loss `auxiliary`.
    """

    inner: Annotated[Use, Role.DISCRIMINATOR] = setting(help="The discriminator that judges.")
    of: Literal["attributes", "class"] = setting(
        "attributes", help="What is told: the value of each attribute of the data, or the class."
    )


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
class IdentitySettings:
    """Hand the embedding on as it is: no conditioning augmentation, as in DF-GAN.

    There is nothing to sample and nothing to train; the condition is as wide as the embedding.
    """


@frozen
class LastTurnSettings:
    """Draw each conversation once, after its last turn, as ChatPainter does."""


@frozen
class EveryTurnSettings:
    """Draw each conversation after every turn: the Neural Painter's naive approach, figure 3."""

    caption: bool = setting(
        False, help="Draw it before the first turn as well, from the caption alone."
    )


@frozen
class UniformTimeSettings:
    """Draw each conversation once, after one of its turns: the Neural Painter's algorithm 1.

    One u, uniform in [0, 1), is drawn for the whole batch; a conversation of T turns is drawn
    after turn floor(u T). A painter draws after every turn.
    """

    caption: bool = setting(
        False, help="Count the moment before the first turn as well, told by the caption alone."
    )


@frozen
class GaussianSettings:
    """Draw standard normal noise."""

    scale: float = setting(1.0, help="Standard deviation of the noise.", at_least=0.0)
    renewed: tuple[str, ...] = setting(
        (),
        help="Names of the generator's noises that are drawn anew at every turn; the others stay "
        "through a conversation. 'epsilon' is the sample of the conditioning augmentation.",
    )


@frozen
class PixelComponentsSettings:
    """See a picture as its whitened principal components, fitted on the training pictures."""

    width: int = setting(128, help="How many components.", at_least=1)
    resolution: int = setting(
        32, help="Height of the pictures that are seen.", at_least=1, unit="px"
    )


@frozen
class ConvolutionalSettings:
    """See a picture with a small convolutional network, which starts random.

    A phase has to train it, with `joint-embedding`, `classify-image` or `damsm`. Each entry of what
    it sees has mean 0 and variance 1.
    """

    width: int = setting(128, help="Width of what it sees.", at_least=1)
    resolution: int = setting(
        32, help="Height of the pictures that are seen.", at_least=8, unit="px"
    )
    channels: int = setting(
        32, help="Channels of the first layer; the deepest has at most 8 times as many.", at_least=4
    )
    regions: int | None = setting(
        None,
        help="Height of the map whose places it gives as regions besides, for `damsm`: 8 gives 64. "
        "The maps are half as high as the picture, a quarter, and so on down to 4 px.",
        at_least=1,
        unit="px",
    )


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
