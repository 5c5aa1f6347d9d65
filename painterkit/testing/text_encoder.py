"""The checks of a text encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from attrs import evolve
from torch import Tensor

from painterkit.data.conversation import Turn
from painterkit.errors import PainterkitError
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.text_encoder import (
    GivesWords,
    LearnsVocabulary,
    NamesWords,
    TextFeatures,
)
from painterkit.testing.every_role import check_module
from painterkit.testing.inputs import set_mode
from painterkit.testing.subject import Make, Subject
from painterkit.testing.verdict import (
    EFFECT,
    TOLERANCE,
    Unchecked,
    require,
    require_same,
    require_shape,
    widest_gap,
)


def check_text_encoder(subject: Subject) -> None:
    """Check a text encoder; raises AssertionError with a sentence about the first fault."""
    turns = sample_turns(subject)
    subject = with_vocabulary(subject, turns)
    part = set_mode(subject.build(), training=False)
    check_prepare(subject.place, part, turns)
    check_features(subject.place, part, turns)
    check_alone(subject.place, part, turns)
    check_fingerprint(subject)
    check_module(subject, lambda part: _tensors(_encode(part, turns)))


def sample_turns(subject: Subject) -> list[Turn]:
    """Return the first distinct turns of the context's data set.

    Raises Unchecked where it has no two.
    """
    dataset = subject.context.dataset
    conversations = dataset.conversations("train")[:24] if dataset is not None else []
    distinct = {turn.text: turn for one in conversations for turn in one.turns}
    turns = list(distinct.values())[:6]
    if len(turns) < 2:
        raise Unchecked(f"{subject.place}: the data set given to the kit has no two turns")
    return turns


def with_vocabulary(subject: Subject, turns: Sequence[Turn]) -> Subject:
    """Return the subject with its vocabulary learnt, where it learns one before a training."""

    def learnt(make: Make) -> Make:
        def made(context: BuildContext) -> Any:
            part = make(context)
            if isinstance(part, LearnsVocabulary):
                part.fit_texts([turn.text for turn in turns])
            return part

        return made

    return evolve(
        subject,
        make=learnt(subject.make),
        variants={change: learnt(make) for change, make in subject.variants.items()},
    )


def check_prepare(place: str, part: Any, turns: Sequence[Turn]) -> None:
    """Check that `prepare` gives tensors on the CPU, one row a text."""
    for name, tensor in part.prepare(turns).items():
        require(
            isinstance(tensor, Tensor), f"{place}: prepare() gives '{name}', which is no tensor"
        )
        require(
            tensor.device.type == "cpu",
            f"{place}: prepare() puts '{name}' on {tensor.device}; it must stay on the CPU",
        )
        require(
            tensor.shape[:1] == (len(turns),),
            f"{place}: prepare() gives '{name}' of shape {list(tensor.shape)} for "
            f"{len(turns)} texts",
        )


def check_features(place: str, part: Any, turns: Sequence[Turn]) -> None:
    """Check that vectors are [N, width], not all the same, and that an empty text has one too."""
    features = _encode(part, turns)
    require_shape(place, "its sentence vector", features.sentence, (len(turns), part.width))
    require(
        (features.words is None) == (features.mask is None),
        f"{place}: words and mask must both be there, or neither",
    )
    if features.words is not None and features.mask is not None:
        words, mask = features.words, features.mask
        require_shape(place, "its words", words, (len(turns), *words.shape[1:]))
        require(
            mask.dtype == torch.bool and mask.shape == words.shape[:2],
            f"{place}: the mask of its words is {mask.dtype} {list(mask.shape)} instead of "
            f"torch.bool {list(words.shape[:2])}",
        )
    check_words(place, part, features)
    check_names(place, part, turns, features)
    if part.width > 0:
        others = features.sentence[1:] - features.sentence[:1]
        require(
            bool((others.abs().amax(dim=1) > EFFECT).any()),
            f"{place}: every text has the same vector",
        )
    empty = _encode(part, [Turn(""), turns[0]]).sentence
    require_shape(place, "the vector of an empty text", empty, (2, part.width))


def check_words(place: str, part: Any, features: TextFeatures) -> None:
    """Check that words are there if and only if it says so, and no wider or more."""
    if not isinstance(part, GivesWords):
        require(
            features.words is None,
            f"{place}: it gives words, but has no word_width and most_words to say so",
        )
        return
    words = features.words
    require(words is not None, f"{place}: it says that it gives words, and gives none")
    assert words is not None
    require(
        words.shape[1] <= part.most_words and words.shape[2] == part.word_width,
        f"{place}: its words are {list(words.shape[1:])}, but it says at most "
        f"{part.most_words} of width {part.word_width}",
    )


def check_names(place: str, part: Any, turns: Sequence[Turn], features: TextFeatures) -> None:
    """Check that it names one word for each vector of a text, if it names them at all."""
    if not isinstance(part, NamesWords) or features.mask is None:
        return
    for turn, there in zip(turns, features.mask, strict=True):
        named, count = list(part.words_of(turn.text)), int(there.sum())
        require(
            len(named) == count and all(isinstance(one, str) for one in named),
            f"{place}: words_of({turn.text!r}) names {named}, but the text has {count} vectors",
        )


def check_alone(place: str, part: Any, turns: Sequence[Turn]) -> None:
    """Check that a text has the same vectors alone and beside others."""
    together = _encode(part, turns)
    for row, turn in enumerate(turns):
        alone = _encode(part, [turn])
        require_same(
            _read(together, row),
            _read(alone, 0),
            f"{place}: '{turn.text}' is read otherwise alone than beside other texts: "
            "padding leaks",
            TOLERANCE,
        )


def check_fingerprint(subject: Subject) -> None:
    """Check that its fingerprint stays the same, and differs with settings that change vectors."""
    part, turns = set_mode(subject.build(), training=False), sample_turns(subject)
    fingerprint = part.fingerprint
    require(
        isinstance(fingerprint, str) and bool(fingerprint),
        f"{subject.place}: its fingerprint must be text, and is {fingerprint!r}",
    )
    require(
        subject.build().fingerprint == fingerprint,
        f"{subject.place}: built twice from one seed, it has two fingerprints",
    )
    vectors = {"sentence": _encode(part, turns).sentence}
    for change in subject.variants:
        try:
            other = set_mode(subject.build_variant(change), training=False)
        except PainterkitError:
            continue  # a setting that may not be changed alone
        if other.fingerprint == fingerprint:
            require(
                widest_gap(vectors, {"sentence": _encode(other, turns).sentence})[1] <= TOLERANCE,
                f"{subject.place}: with {change} its vectors are others, but its fingerprint is "
                "the same: cached vectors would be taken for the new ones",
            )


def _encode(part: Any, turns: Sequence[Turn]) -> TextFeatures:
    return part.forward(part.prepare(turns))


def _tensors(features: TextFeatures) -> dict[str, Tensor]:
    found = {"sentence": features.sentence}
    if features.words is not None and features.mask is not None:
        found["words"] = features.words * features.mask.unsqueeze(2)
    return found


def _read(features: TextFeatures, row: int) -> dict[str, Tensor]:
    """Return what is known of one text, without the padding of its words."""
    found = {"sentence": features.sentence[row]}
    if features.words is not None and features.mask is not None:
        found["words"] = features.words[row][features.mask[row]]
    return found
