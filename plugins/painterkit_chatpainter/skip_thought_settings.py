"""Settings of the skip-thought components; imports no torch."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from painterkit.settings import setting


@frozen
class SkipThoughtSettings:
    """Read texts with skip-thought (Kiros et al., 2015): the last states of GRUs over the words.

    ChatPainter's encoder of turns. With `folder` it is the authors' own, frozen, from the files
    that they published; without, one that a phase with the training-step `skip-thought` trains,
    whose default sizes are the paper's. The vector of an empty text is zero, or that of the end
    token alone where `end_token` is set.
    """

    folder: str | None = setting(
        None,
        help="Folder of the authors' files: dictionary.txt, and uni_skip.npz with utable.npy, "
        "bi_skip.npz with btable.npy, or both pairs, as `mode` reads them.",
    )
    mode: Literal["uni", "bi", "combine"] = setting(
        "combine",
        help="One GRU over the words, one from each end joined, or these two models side by side: "
        "uni-skip, bi-skip and combine-skip in the paper.",
    )
    width: int = setting(
        2400,
        help="Width of uni's GRU, and of bi's two together (even): combine's vector is twice as "
        "wide. That of the files, where there is a folder.",
        at_least=2,
    )
    word_width: int = setting(
        620,
        help="Width of a word's vector. That of the files, where there is a folder.",
        at_least=1,
    )
    vocabulary: int = setting(
        20_000,
        help="How many words it learns, the unknown word and the end among them: the most "
        "frequent ones of the training texts. Not used with a folder.",
        at_least=3,
    )
    lower_case: bool | None = setting(
        None,
        help="Read capitals as small letters. Without it: yes, but not with a folder, as the "
        "authors' words have capitals.",
    )
    end_token: bool = setting(
        False,
        help="Read the end of the text as one more word, use_eos in the authors' code. They "
        "advise it where texts have no final punctuation.",
    )
    scaled: bool = setting(
        False,
        help="Multiply the vectors of uni and bi, whose length is 1 each, by the square root of "
        "their width, so that entries have a variance of about 1.",
    )
    normalised: bool = setting(
        False,
        help="Bring each entry to mean 0 and variance 1 over the turns that it is trained on, also "
        "for what predicts the turns beside. Not in the paper: a training on turns that hardly "
        "tell the next one ends with nearly one vector for all. Not with a folder.",
    )
    half: bool = setting(False, help="Keep the cached vectors in float16: half the size.")

    def __attrs_post_init__(self) -> None:
        """Check the rule that no single field can."""
        if self.normalised and self.folder is not None:
            raise ValueError("normalised is for an encoder that is trained here: leave folder out")


@frozen
class SkipThoughtStepSettings:
    """Train a skip-thought turn encoder to predict the words of the turn before and after.

    Its uni and its bi model are trained side by side, as if each alone. Each has two decoders,
    GRUs of its width, which share its word vectors and one output layer and are kept only for
    this phase.
    """

    conditioning: Literal["every-word", "first-state"] = setting(
        "every-word",
        help="What tells a decoder the sentence: an input at every word, as in the paper, or its "
        "first state, as in the code that the authors published.",
    )
