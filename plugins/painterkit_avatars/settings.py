"""What a recipe can say about the data set and its metric."""

from __future__ import annotations

from attrs import frozen

from painterkit.settings import setting

REVISED = 0.25
"""Share of attribute conversations in which one attribute is told wrongly first."""


@frozen
class AvatarsSettings:
    """Drawn faces with nine attributes, told in a caption and several turns.

    It is made on the spot and needs no download: python-avatars draws the faces, and the
    conversations are written from their attributes. The same settings give the same faces and
    the same words on every machine.

    A turn is a question with its answer, ten of them ("dialogue"); or an attribute with its value
    as in "hair colour: ginger", in a random order ("attributes"); or the same attribute, the same
    value and the same order in the words of somebody who tells a painter what to draw, as in
    "give her ginger hair" or "no, blue" ("sentences"). Attributes that no turn tells, because
    `most_turns` ends the conversation before, are not in `told_in`, but in `attributes` they are.
    """

    resolution: int = setting(
        64, help="Height and width of the pictures.", unit="px", at_least=32, at_most=256
    )
    turns: str = setting(
        "dialogue",
        help="What a turn is: a question with its answer, an attribute with its value, or an "
        "attribute told in a sentence.",
        choices=("dialogue", "attributes", "sentences"),
    )
    most_turns: int | None = setting(
        None,
        help="The most turns of a conversation, whose length is drawn uniformly from 1 to this; "
        "by default every attribute that can be seen is told. Not for a dialogue.",
        at_least=1,
        at_most=10,
    )
    revised: float = setting(
        REVISED,
        help="Share of the conversations of two turns or more in which one attribute is told "
        "wrongly first and put right later, which is a turn as well. Not for a dialogue.",
        at_least=0,
        at_most=1,
    )
    train: int = setting(8000, help="Training faces.", at_least=1, at_most=50_000)
    validation: int = setting(1000, help="Held-out faces.", at_least=1, at_most=5000)
    seed: int = setting(0, help="Seed of the faces, the words and the split.", at_least=0)

    def __attrs_post_init__(self) -> None:
        """Check the rule that no single field can."""
        if self.turns != "dialogue":
            return
        for name, default in (("most_turns", None), ("revised", REVISED)):
            if getattr(self, name) != default:
                raise ValueError(
                    f"{name} is for turns = 'attributes' or 'sentences': a dialogue always has "
                    "ten turns and corrects itself as often as it does"
                )


@frozen
class AttributeAccuracySettings:
    """Tell how often a classifier sees in drawn faces the attributes that were told.

    Measured on the data set avatars alone. Accuracy is balanced: the mean of the recalls of an
    attribute's values, over the pictures in which the attribute can be seen.
    """

    conversations: int = setting(1000, help="Held-out conversations to draw.", at_least=1)
    seed: int = setting(0, help="Seed of the other pictures that a truth is compared with.")


@frozen
class TurnAccuracySettings:
    """Tell what every turn changes in drawn faces, turn by turn.

    On turns of the data set avatars that tell an attribute each. A classifier sees how often the
    attribute just told is right (attained), how often those told before still are (retained),
    and how often one that nobody has told yet is as in the picture before (undisturbed);
    undisturbed_pixels is 1 where outside the true mask of the attribute just told nothing has
    changed since the picture before.
    """

    conversations: int = setting(1000, help="Held-out conversations to draw.", at_least=1)


@frozen
class VarietySettings:
    """Tell how much faces drawn with different noise differ, turn by turn.

    On the data set avatars. Beside it stands how much as many faces differ that are drawn at
    random of all that fit what was said; a share is the one divided by the other. The caption
    counts as said where a conversation says what it tells.
    """

    conversations: int = setting(100, help="Held-out conversations to draw.", at_least=1)
    noises: int = setting(8, help="Pictures of each conversation.", at_least=2)
    seed: int = setting(0, help="Seed of the faces that fit.", at_least=0)


@frozen
class CalibrationSettings:
    """Tell how far frequencies over many noises are from what is likely, given what was said.

    On turns of the data set avatars that tell an attribute each. It is the total variation
    distance between what a classifier sees in the pictures and the exact conditional of the
    training faces, of attributes told so far and of those not yet told apart; the floor is the
    distance that as many draws from the conditional itself have.
    """

    conversations: int = setting(20, help="Held-out conversations to draw.", at_least=1)
    noises: int = setting(64, help="Pictures of each conversation.", at_least=2)
    seed: int = setting(0, help="Seed of the floor.", at_least=0)
