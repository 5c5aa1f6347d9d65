"""The `attribute-value` text encoder: an attribute and its value as one-hots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

import torch
from torch import Tensor

from painterkit.data import Turn
from painterkit.data.attribute_names import AttributeNames
from painterkit.data.attribute_words import understand
from painterkit.errors import Failure, Problem, WrongInput, nearest
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit_standard.settings import AttributeValueSettings

Attributes = Mapping[str, Sequence[str]]


class AttributeValue:
    """Turn "hair colour: red" into the one-hots of the attribute and of its value, joined.

    The first linear layer over them is a table of attributes' embeddings and one of values', whose
    rows are added: so what reads these vectors reads those of sentences alike. A value is one of
    its attribute: brown hair and brown skin are two. Case, spaces and underscores do not matter. A
    text that says no such pair gets zeros. Scaled, a vector [D] has the length sqrt(D).
    """

    def __init__(self, attributes: Attributes, scaled: bool = True) -> None:
        self.names = AttributeNames(attributes)
        named = self.names.attributes.items()
        pairs = [(name, value) for name, values in named for value in values]
        self._attribute_place = {name: place for place, name in enumerate(attributes)}
        self._value_place = {pair: len(attributes) + place for place, pair in enumerate(pairs)}
        self.width = len(attributes) + len(pairs)
        self.one = (self.width / 2) ** 0.5 if scaled else 1.0

    @cached_property
    def fingerprint(self) -> str:
        """The digest of the attributes' and values' names, and whether vectors are scaled."""
        named = json.dumps([[name, *values] for name, values in self.names.attributes.items()])
        return f"attribute-value-1-{hashlib.sha256(named.encode()).hexdigest()}-{self.one:.6g}"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"vectors": [N, D]}."""
        vectors = torch.zeros(len(turns), self.width, device="cpu")
        for row, turn in enumerate(turns):
            pair = self.names.pair(turn.text)
            if pair is not None:
                vectors[row, self._attribute_place[pair[0]]] = self.one
                vectors[row, self._value_place[pair]] = self.one
        return {"vectors": vectors}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return the prepared vectors as sentence vectors [N, D]."""
        return TextFeatures(sentence=tensors["vectors"])

    def understand(self, text: str, before: Sequence[Turn]) -> Turn:
        """Return what a person means by a text. See `painterkit.interfaces.text_encoder`."""
        return understand(self.names, text, before)

    def count_skipped(self, texts: Sequence[str]) -> int:
        """Return how many of the texts get zeros."""
        return sum(self.names.pair(text) is None for text in texts)


def build(settings: AttributeValueSettings, context: BuildContext) -> AttributeValue:
    """Build the encoder for the attributes of the settings, or else of the data set.

    Raises WrongInput where there are none, or where the data set tells one that is not among them.
    """
    attributes = settings.attributes or _told(context)
    if not attributes:
        raise WrongInput(
            Problem(
                "",
                "the data set tells no attributes",
                "a sentence encoder, such as 'sentence-transformer', reads free words",
            )
        )
    encoder = AttributeValue(attributes, settings.scaled)
    if settings.attributes and not context.restoring:
        problems = list(_not_among(encoder.names, context))
        if problems:
            raise WrongInput(problems)
    return encoder


def _told(context: BuildContext) -> Attributes:
    return {} if context.dataset is None else context.dataset.attributes


def _not_among(names: AttributeNames, context: BuildContext) -> Iterator[Problem]:
    """Find what the data set tells and the settings do not name: it would be read as nothing."""
    with suppress(Failure):  # files that are not there are told elsewhere
        for attribute, values in _told(context).items():
            known = names.attributes.get(attribute)
            where = "attribute-value.attributes"
            if known is None:
                what = f"has no '{attribute}', which the data set tells"
                yield Problem(where, what, nearest(attribute, names.attributes))
                continue
            for value in values:
                if value not in known:
                    what = f"has no '{value}', which the data set tells"
                    yield Problem(f"{where}.{attribute}", what, nearest(value, known))
