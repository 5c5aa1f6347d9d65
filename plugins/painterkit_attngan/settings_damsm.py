"""Settings of AttnGAN's text encoder, image regions and DAMSM; imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Use, setting
from painterkit_attngan.settings import distinct

Source = Literal["caption", "dialogue", "turns"]
Same = Literal["picture", "class", "fits"]

GAMMA1 = "How much a word attends to the regions that are nearest to it: gamma 1 of equation 9."
GAMMA2 = "How much the word that fits its regions best counts: gamma 2 of equation 10."
GAMMA3 = "How sharply the right pair is told from the others of a batch: gamma 3 of equation 11."
ROOT = (
    "Take the root that equation 10 prints, 1 / gamma2. The authors' code leaves it out, so that "
    "relevance is gamma2 times as large."
)
SAME = (
    "What makes words no wrong ones for a picture: that they are about it, or about one of its "
    "class too, as in the authors' code for birds; or that it does not contradict what was said."
)


def even(width: int) -> str | None:
    """Say what is wrong with a width that two directions share."""
    return f"must be even, as each direction has half of it: got {width}" if width % 2 else None


@frozen
class WordLSTMSettings:
    """Read texts word by word with a bidirectional LSTM: the text encoder of AttnGAN.

    A word's vector is the state that each direction has at the word, a sentence's vector the last
    state of each. It starts untrained, and learns its words from the training texts before the
    first step; a phase with the training-step `damsm` trains it.
    """

    width: int = setting(
        256,
        help="Width of a sentence's vector and of a word's: both directions together.",
        at_least=2,
        check=even,
    )
    embedding: int = setting(
        300, help="Width of what stands for a word before it is read.", at_least=1
    )
    most_words: int = setting(
        18,
        help="How many words of a text are read, the first ones. The paper's code has 18 for "
        "birds; for COCO 15 here and 12 in the generator.",
        at_least=1,
    )
    vocabulary: int = setting(
        5000,
        help="How many words it learns, one for all unknown words among them: the most frequent "
        "ones of the training texts.",
        at_least=2,
    )
    dropout: float = setting(
        0.5,
        help="Share of the entries of the embedded words that are left out in training.",
        at_least=0.0,
        below=1.0,
    )


@frozen
class FrozenRegionsSettings:
    """See a picture and its regions as a frozen network does, projected by two trained layers.

    AttnGAN's image encoder, whose network is `inception-v3`; `efficientnet-lite0` comes as a
    package. A phase with the training-step `damsm` trains the two layers, and nothing else.
    """

    inner: Annotated[Use, Role.IMAGE_ENCODER] = setting(
        help="The image encoder of the frozen network; it has to give regions."
    )
    width: int = setting(256, help="Width of the pooled vector and of each region.", at_least=1)


@frozen
class DAMSMStepSettings:
    """Bring words and the regions that they tell of together: DAMSM of AttnGAN.

    The deep attentional multimodal similarity model, equations 7 to 13: each picture of a batch is
    to be told from the others by its words, and its words by the picture; as a whole, too, by its
    sentence. The text encoders that are read learn, the image encoder, or all: whatever the
    phase's optimizer lists. Both give vectors of one width.
    """

    reads: tuple[Source, ...] = setting(
        ("caption",),
        help="Whose words are compared with the regions: the caption's, those of all turns up to "
        "the drawn moment, or the vector of each turn as if it were a word. The sentence is the "
        "caption's, or the mean of the turns' words; of several the mean.",
        min_length=1,
        check=distinct,
    )
    same: Same = setting("picture", help=SAME)
    gamma1: float = setting(4.0, help=GAMMA1, above=0.0)
    gamma2: float = setting(5.0, help=GAMMA2, above=0.0)
    gamma3: float = setting(10.0, help=GAMMA3, above=0.0)
    root: bool = setting(True, help=ROOT)


@frozen
class DAMSMSettings:
    """Let the drawn picture show what its words tell: the DAMSM loss of AttnGAN's generator.

    The formulas of the training-step `damsm`, whose encoders judge and no longer learn. The
    painter's image encoder has to see pictures of a height that is drawn.
    """

    weight: float = setting(
        5.0,
        help="Weight of the term, lambda of equation 3: 5 for birds and 50 for COCO.",
        at_least=0.0,
    )
    reads: tuple[Source, ...] = setting(
        ("caption",),
        help="Whose words are compared with the regions, as in the training-step; the generator "
        "has to look at them as well.",
        min_length=1,
        check=distinct,
    )
    same: Same = setting("picture", help=SAME)
    gamma1: float = setting(4.0, help=GAMMA1, above=0.0)
    gamma2: float = setting(5.0, help=GAMMA2, above=0.0)
    gamma3: float = setting(10.0, help=GAMMA3, above=0.0)
    root: bool = setting(True, help=ROOT)


@frozen
class RPrecisionSettings:
    """Tell how often a drawn picture is nearest to its own words, of a hundred: R-precision.

    Section 4 of the AttnGAN paper. Words and pictures are compared by the cosine of their vectors,
    with the caption, turn and image encoders of the run that is measured, so that numbers compare
    only where these are the same. Beside it stands what the real pictures come to.
    """

    conversations: int = setting(1000, help="Held-out conversations to draw.", at_least=2)
    reads: tuple[Source, ...] = setting(
        ("caption",),
        help="What is compared with a picture: the caption's vector, the mean of the turns' "
        "vectors, or of the words of all turns; of several the mean. As the phase before read it.",
        min_length=1,
        check=distinct,
    )
    mismatched: int = setting(
        99, help="Words of others that a picture is compared with.", at_least=1
    )
    groups: int = setting(
        10, help="Groups of pictures whose standard deviation is told.", at_least=1
    )
    seed: int = setting(0, help="Chooses the words of others.", at_least=0)
