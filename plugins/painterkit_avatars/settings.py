"""What a recipe can say about the data set and its metric."""

from __future__ import annotations

from attrs import frozen

from painterkit.settings import setting


@frozen
class AvatarsSettings:
    """Drawn faces with nine attributes, told in a caption and ten questions and answers.

    It is made on the spot and needs no download: python-avatars draws the faces, and the
    conversations are written from their attributes. The same settings give the same faces and
    the same words on every machine.
    """

    resolution: int = setting(
        64, help="Height and width of the pictures.", unit="px", at_least=32, at_most=256
    )
    turns: str = setting(
        "dialogue",
        help="What a turn is: a question with its answer, or an attribute with its value.",
        choices=("dialogue", "attributes"),
    )
    train: int = setting(8000, help="Training faces.", at_least=1, at_most=50_000)
    validation: int = setting(1000, help="Held-out faces.", at_least=1, at_most=5000)
    seed: int = setting(0, help="Seed of the faces, the words and the split.", at_least=0)


@frozen
class AttributeAccuracySettings:
    """Tell how often a classifier sees in drawn faces the attributes that were told.

    Measured on the data set avatars alone. Accuracy is balanced: the mean of the recalls of an
    attribute's values, over the pictures in which the attribute can be seen.
    """

    conversations: int = setting(1000, help="Held-out conversations to draw.", at_least=1)
    seed: int = setting(0, help="Seed of the other pictures that a truth is compared with.")
