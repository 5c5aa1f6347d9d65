"""What can be set in the metrics; imports no torch."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from painterkit.settings import setting

Protocol = Literal["random-splits", "disjoint-splits"]

PROTOCOL = (
    "How the pictures are split: 'random-splits' draws each split from all pictures, so that "
    "splits overlap; 'disjoint-splits' shuffles the pictures and cuts them up."
)
PER_SPLIT = (
    "Pictures of each random split; three quarters of all if left out. Disjoint splits have their "
    "share of all."
)
SPLITS = "How many splits there are."
SEED = "Seed of the splits."
LARGEST_SEED = 2**32 - 1


@frozen
class InceptionScoreSettings:
    """Measure the Inception score of drawn pictures, with weights that you have.

    The defaults are ChatPainter's protocol (section 5): Inception-v3 of torchvision, 40,000
    pictures, ten random splits of 30,000. The usual protocol in other papers is network
    'tf-2015' with 'disjoint-splits'. Scores of different networks, protocols or counts do not
    compare.
    """

    weights: str = setting(
        help="Path of the file of weights, a state_dict in .pth format. Nothing is downloaded."
    )
    network: Literal["torchvision", "tf-2015"] = setting(
        "torchvision",
        help="What the weights are of: 'torchvision' is its inception_v3, 'tf-2015' the port of "
        "TensorFlow's network of 2015-12-05 that torch-fidelity and pytorch-fid use.",
    )
    protocol: Protocol = setting("random-splits", help=PROTOCOL)
    conversations: int = setting(
        40_000, help="Held-out conversations to draw, one picture each.", at_least=2
    )
    splits: int = setting(10, help=SPLITS, at_least=1)
    per_split: int | None = setting(None, help=PER_SPLIT, at_least=2)
    seed: int = setting(2020, help=SEED, at_least=0, at_most=LARGEST_SEED)


@frozen
class ClassifierScoreSettings:
    """Measure what the Inception score does, with EfficientNet-Lite0, which comes as a package.

    It needs no file of weights. It is not the Inception score, and compares only with itself, on
    as many pictures of the same data.
    """

    protocol: Protocol = setting("random-splits", help=PROTOCOL)
    conversations: int = setting(
        1000, help="Held-out conversations to draw, one picture each.", at_least=2
    )
    splits: int = setting(10, help=SPLITS, at_least=1)
    per_split: int | None = setting(None, help=PER_SPLIT, at_least=2)
    seed: int = setting(2020, help=SEED, at_least=0, at_most=LARGEST_SEED)


@frozen
class EfficientNetEncoderSettings:
    """See a picture as ImageNet's EfficientNet-Lite0 does: frozen, reduced and whitened.

    The packaged network's pooled features, each brought to mean 0 and variance 1 over the training
    pictures, then their whitened principal components. The network was trained at 224 px: on
    smaller pictures it sees less and is far quicker. Needs the extra `metrics`.
    """

    width: int = setting(128, help="How many components.", at_least=1, at_most=1280)
    resolution: int = setting(
        64, help="Height of the pictures that are seen.", at_least=1, unit="px"
    )
    side: int = setting(
        64,
        help="Height that the network is given them at. Work grows with its square.",
        at_least=32,
        unit="px",
    )


@frozen
class InceptionEncoderSettings:
    """See a picture as ImageNet's Inception-v3 does, with weights that you have: AttnGAN's eyes.

    Frozen. Its regions are the 17 x 17 places of Mixed_6e, 768 wide, its pooled vector the mean of
    the last map, 2048 wide, of torchvision's network. `frozen-regions` projects them for `damsm`.
    """

    weights: str = setting(
        help="Path of the file of weights, torchvision's state_dict in .pth format. Nothing is "
        "downloaded."
    )
    resolution: int = setting(
        256, help="Height of the pictures that are seen.", at_least=1, unit="px"
    )
    side: int = setting(
        299,
        help="Height that the network is given them at, bilinear; it was trained at 299. Work "
        "grows with its square.",
        at_least=75,
        unit="px",
    )
