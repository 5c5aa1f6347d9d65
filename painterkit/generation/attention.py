"""Where a generator looked at which words before it drew a picture."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import frozen
from PIL import Image
from torch import Tensor

from painterkit.data.words import Words
from painterkit.errors import Problem, WrongInput
from painterkit.generation.session import Session, picture_of
from painterkit.interfaces.generator import WordSource
from painterkit.interfaces.text_encoder import NamesWords


@frozen(eq=False)
class LookedAt:
    """A word, and how much each place of a map looked at it: `weights` [M, M] from 0 to 1."""

    word: str
    weights: Tensor

    @property
    def share(self) -> float:
        """The part of all looking that the word got, from 0 to 1."""
        return float(self.weights.mean())


@frozen(eq=False)
class StageAttention:
    """What was looked at before a picture was drawn, the most looked at first."""

    picture: Image.Image
    looked_at: Sequence[LookedAt]


def attention_of(session: Session) -> list[StageAttention]:
    """Return where the generator looked before each picture of the last turn, coarse to fine.

    Raises WrongInput where it looks at no words, does not tell where it looks, or where there is
    no word to look at.
    """
    if not session.parts.word_sources:
        what = "the painter's generator looks at no words"
        raise WrongInput(Problem("attention", what, "one that does is 'attngan'"))
    told = session.moments[-1].told.words
    if not any(bool(words.mask.any()) for words in told.values()):
        raise WrongInput(_nothing_to_look_at(told))
    output = session.output()
    if not output.attention:
        what = f"the generator does not tell where it looks up to {session.resolution} px"
        raise WrongInput(Problem("attention", what))
    return [
        StageAttention(picture_of(output, size), _looked_at(session, maps))
        for size, maps in output.attention.items()
    ]


def _looked_at(session: Session, maps: Mapping[WordSource, Tensor]) -> list[LookedAt]:
    """Return the words of all sources with their maps, the most looked at first."""
    told = session.moments[-1].told.words
    found: list[LookedAt] = []
    for source, weights in maps.items():
        words = told[source]
        of_words = weights[0, words.mask[0]].float().cpu()
        names = _names(session, source, words)
        found += [LookedAt(*one) for one in zip(names, of_words, strict=True)]
    return sorted(found, key=lambda one: one.share, reverse=True)


def _names(session: Session, source: WordSource, words: Words) -> list[str]:
    """Return what the words of a source are called: numbered where the text encoder is silent."""
    parts = session.parts
    texts = [heard.read for heard in session.heard]
    if texts and parts.dialogue_encoder.reads == "joined":
        texts = [" ".join(texts)]
    if source == "turns":
        return texts
    if source == "caption":
        texts = [session.caption]
    encoder = parts.caption_encoder if source == "caption" else parts.turn_encoder
    if not isinstance(encoder, NamesWords):
        return [f"word {number}" for number in range(1, int(words.mask.sum()) + 1)]
    return [word for text in texts for word in encoder.words_of(text)]


def _nothing_to_look_at(sources: Collection[WordSource]) -> Problem:
    places = {"caption" if source == "caption" else "turns": None for source in sources}
    what = "there is no word to look at: the generator looks at those of the "
    return Problem("attention", what + " and the ".join(places), "say some")
