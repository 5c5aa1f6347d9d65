"""Settings of the char-CNN-RNN text encoder and of what trains it; imports no torch."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from painterkit.settings import setting

SCALED_HELP = (
    "Bring each vector to length sqrt(width), so that its entries have a variance of about 1, as "
    "other encoders give it. Not in the paper."
)


@frozen
class CharCNNRNNSettings:
    """Read a text letter by letter: three convolutions, a recurrence and a linear layer.

    The char-CNN-RNN of Reed et al. (2016), ChatPainter's caption encoder; the defaults are the
    network that they trained on COCO. It reads the first 201 characters, starts untrained unless
    `file` names weights, and can be trained with `joint-embedding`.
    """

    width: int = setting(1024, help="Width of a text's vector.", at_least=1)
    channels: tuple[int, int, int] = setting(
        (384, 512, 512),
        help="Channels of the three convolutions; the last is the recurrence's width as well. "
        "256 there is the network of Reed et al. at CVPR 2016.",
        at_least=1,
    )
    recurrence: Literal["gru", "relu"] = setting(
        "gru",
        help="What reads the convolved text: a GRU over 18 steps (birds and COCO at ICML 2016), "
        "or a plain RNN with ReLU over 8, after one more pooling (flowers, and all at CVPR 2016).",
    )
    unknown: Literal["zero", "space"] = setting(
        "zero",
        help="What a character becomes that is not in the alphabet: nothing at all, as in the "
        "authors' Lua code, or a space, as in the PyTorch port.",
    )
    lower_case: bool = setting(
        True,
        help="Make capitals small first, as the port does. The alphabet has none; without it they "
        "are unknown, as in the authors' demo, whose texts have no capitals.",
    )
    scaled: bool = setting(False, help=SCALED_HELP)
    file: str | None = setting(
        None,
        help="A file of weights: .safetensors, or .pth with a state dict, with painterkit's names "
        "or those of the PyTorch port.",
        min_length=1,
    )


@frozen
class ReleasedEmbeddingsSettings:
    """Give the char-CNN-RNN vectors that were released for the captions of a data set.

    The files that StackGAN and AttnGAN train with. A caption is found by the name of its picture:
    the last part of the conversation's id. A person's own words have no vector there; an empty
    text has the vector zero. Nothing but arrays, text and numbers is read from the files.
    """

    embeddings: tuple[str, ...] = setting(
        help="Paths of char-CNN-RNN-embeddings.pickle, train and test.", min_length=1
    )
    names: tuple[str, ...] = setting(
        help="Paths of the filenames.pickle beside them, in the same order.", min_length=1
    )
    width: int = setting(1024, help="Width of the vectors in the files.", at_least=1)
    scaled: bool = setting(False, help=SCALED_HELP)


@frozen
class JointEmbeddingSettings:
    """Train encoders so that a caption and its own picture lie near each other.

    The structured joint embedding of Reed et al. (2016): the inner product of a text's vector
    with its own picture's is to be larger than with any other picture's of the batch, by a
    margin. What the image encoder sees goes through a linear layer, kept only for this phase.
    The caption encoder learns, the image encoder, or both: whatever the phase's optimizer lists.
    """

    against: Literal["images", "captions"] = setting(
        "images",
        help="What a caption is compared with: the pictures, or a second caption of the same "
        "picture, as Reed et al. trained their COCO encoder. A picture with one caption alone is "
        "never the right answer then.",
    )
    margin: float = setting(1.0, help="How much larger the own inner product is to be.", above=0.0)
    symmetric: bool = setting(
        True,
        help="Compare each text with all pictures, or second captions, of the batch as well as "
        "each of those with all texts. The authors' COCO script does the latter alone.",
    )
    same: Literal["picture", "class"] = setting(
        "picture",
        help="What two rows of a batch must share not to be told from each other: their picture, "
        "or its class, the class-conditional embedding of Reed et al. that the Neural Painter "
        "credits.",
    )
