"""The kit names what is broken in a text, dialogue or image encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data.conversation import Turn
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.testing import check_dialogue_encoder, check_image_encoder, check_text_encoder
from painterkit.testing.sample_parts import (
    SampleDialogueEncoder,
    SampleImageEncoder,
    SampleTextEncoder,
)
from painterkit.testing.subject import Subject

MakeSubject = Callable[[Any], Subject]


def name(value: object) -> str:
    return getattr(value, "__name__", "")


class LooksAhead(SampleDialogueEncoder):
    """Reads the whole conversation whatever is drawn, though never its padding."""

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        last = mask.sum(dim=1, keepdim=True) - 1
        result = super().forward(features, mask, last.expand_as(drawn))
        return result * (drawn >= 0).unsqueeze(2)


class LeaksPadding(SampleDialogueEncoder):
    """Divides by the length of the longest conversation in the batch."""

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        return super().forward(features, mask, drawn) / max(features.shape[1], 1)


class ReadsPadding(SampleDialogueEncoder):
    """Lets what stands in the padding into its result."""

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        result = super().forward(features, mask, drawn)
        shift = (features * ~mask.unsqueeze(2)).sum(dim=(1, 2)).tanh()
        return (result + shift[:, None, None]) * (drawn >= 0).unsqueeze(2)


class SpeaksOutOfSilence(SampleDialogueEncoder):
    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        return super().forward(features, mask, drawn) + 0.1


class MixesMoments(SampleDialogueEncoder):
    """Gives more, the more moments are drawn together."""

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        result = super().forward(features, mask, drawn)
        return result * (1 + 0.01 * drawn.shape[1])


class DeclaresAnotherWidth(SampleDialogueEncoder):
    width = 9

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(10, 8)

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        self.width = 8
        result = super().forward(features, mask, drawn)
        self.width = 9
        return result


class ReadsNothing(SampleDialogueEncoder):
    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        constant = super().forward(features * 0 + 1, mask, drawn.clamp(max=0))
        return constant * (drawn >= 0).unsqueeze(2)


class HasNoStep(SampleDialogueEncoder):
    step = None  # pyright: ignore


class StepsOtherwise(SampleDialogueEncoder):
    """Forgets the first turn as soon as there are two more."""

    def step(self, features: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        result, total = super().step(features, state)
        return result, total if state is None else total * 0.9


class StepsInPlace(SampleDialogueEncoder):
    """Adds a turn to the state that it is given."""

    def step(self, features: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        read = self.linear(features)
        total = read if state is None else state.add_(read)
        return total.tanh(), total


class KeepsItsOwnState(SampleDialogueEncoder):
    """Goes on from where it is itself, whatever state it is given."""

    def step(self, features: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        result, self.total = super().step(features, None if state is None else self.total)
        return result, self.total


class RemembersNothing(SampleDialogueEncoder):
    def step(self, features: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return super().step(features, None)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (HasNoStep, "'causal' is true, and it has no 'step'"),
        (StepsOtherwise, "read turn by turn, turn 2 is not what it is read at once"),
        (StepsInPlace, r"turn 4, said again .* step\(\) changes the state that it is given"),
        (KeepsItsOwnState, r"turn \d, said again .* step\(\) changes the state that it is given"),
        (RemembersNothing, "read turn by turn, turn 1 is not what it is read at once"),
    ],
    ids=name,
)
def test_a_broken_step_is_named(
    subject: MakeSubject, broken: type[SampleDialogueEncoder], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check_dialogue_encoder(subject(broken))


def test_one_that_reads_again_needs_no_step(subject: MakeSubject) -> None:
    class ReadsAgain(HasNoStep):
        causal = False

    check_dialogue_encoder(subject(ReadsAgain))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (LooksAhead, "up to turn 0 depends on later turns"),
        (LeaksPadding, "alone than padded to 5 turns in a batch: padding leaks"),
        (ReadsPadding, "depends on later turns"),
        (SpeaksOutOfSilence, r"\(drawn = -1\) its result is not zero"),
        (MixesMoments, "moment 1 is not what it is asked for alone"),
        (DeclaresAnotherWidth, r"shape \[4, 4, 8\] instead of \[4, 4, 9\]"),
        (ReadsNothing, "does not depend on what is said"),
    ],
    ids=name,
)
def test_a_broken_dialogue_encoder_is_named(
    subject: MakeSubject, broken: type[SampleDialogueEncoder], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check_dialogue_encoder(subject(broken))


class Words(nn.Module):
    """A right text encoder with words: an embedding of each letter, padded and masked."""

    width = 6
    word_width = 6
    most_words = 200
    fingerprint = "words"

    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(64, self.width)

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        longest = max(1, *(len(turn.text) for turn in turns))
        numbers = torch.zeros(len(turns), longest, dtype=torch.long)
        for row, turn in enumerate(turns):
            for place, letter in enumerate(turn.text):
                numbers[row, place] = 1 + ord(letter) % 63
        return {"numbers": numbers}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        numbers = tensors["numbers"]
        mask = numbers > 0
        words = self.letters(numbers)
        total = (words * mask.unsqueeze(2)).sum(dim=1)
        return TextFeatures(total / mask.sum(dim=1, keepdim=True).clamp(min=1), words, mask)


class DividesByTheLongest(Words):
    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        features = super().forward(tensors)
        assert features.mask is not None
        return evolve(features, sentence=features.sentence / features.mask.shape[1])


class IsNanForNoWords(Words):
    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        features = super().forward(tensors)
        assert features.mask is not None
        count = features.mask.sum(dim=1, keepdim=True)
        return evolve(features, sentence=features.sentence * count / count)


class MaskIsNumbers(Words):
    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        features = super().forward(tensors)
        assert features.mask is not None
        return evolve(features, mask=features.mask.float())


class PreparesOnAnotherDevice(Words):
    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        return {"numbers": super().prepare(turns)["numbers"].to("meta")}


class IsDeaf(Words):
    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        return evolve(super().forward(tensors), sentence=torch.ones(len(tensors["numbers"]), 6))


class NamesTheFirst(Words):
    def words_of(self, text: str) -> Sequence[str]:
        return text[:1]


class SaysFewerWords(Words):
    most_words = 3


class KeepsWordsToItself(Words):
    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        return evolve(super().forward(tensors), words=None, mask=None)


class FingerprintOfTheProcess(Words):
    @property
    def fingerprint(self) -> str:  # pyright: ignore
        return str(id(self))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (DividesByTheLongest, "is read otherwise alone than beside other texts"),
        (IsNanForNoWords, "the vector of an empty text holds nan or inf"),
        (SaysFewerWords, r"its words are .*, but it says at most 3 of width 6"),
        (KeepsWordsToItself, "it says that it gives words, and gives none"),
        (NamesTheFirst, r"words_of\('.*'\) names \['.'\], but the text has \d+ vectors"),
        (MaskIsNumbers, r"mask of its words is torch.float32 .* instead of torch.bool"),
        (PreparesOnAnotherDevice, r"prepare\(\) puts 'numbers' on meta"),
        (IsDeaf, "every text has the same vector"),
        (FingerprintOfTheProcess, "it has two fingerprints"),
    ],
    ids=name,
)
def test_a_broken_text_encoder_is_named(
    subject: MakeSubject, broken: type[Words], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check_text_encoder(subject(broken))


class NamesLetters(Words):
    """A right one that says which letters its vectors stand for."""

    def words_of(self, text: str) -> Sequence[str]:
        return list(text)


class ReadsNoText(Words):
    """Gives vectors of width 0, which cannot depend on the text."""

    width = 0
    word_width = 0


def test_right_encoders_pass(subject: MakeSubject) -> None:
    check_dialogue_encoder(subject(SampleDialogueEncoder))
    check_text_encoder(subject(Words))
    check_text_encoder(subject(NamesLetters))
    check_text_encoder(subject(ReadsNoText))
    check_text_encoder(subject(lambda: SampleTextEncoder(7)))
    check_image_encoder(subject(SampleImageEncoder))
    check_image_encoder(subject(FitsToPictures))


def test_a_setting_that_changes_vectors_must_change_the_fingerprint(
    context: BuildContext,
) -> None:
    def louder(told: BuildContext) -> Words:
        encoder = Words()
        encoder.letters.weight.data *= 2
        return encoder

    subject = Subject("it", lambda told: Words(), context, {"volume = 2": louder})
    with pytest.raises(AssertionError, match="with volume = 2 its vectors are others"):
        check_text_encoder(subject)


class SeesBatchMeans(SampleImageEncoder):
    def forward(self, images: Tensor) -> ImageFeatures:
        return super().forward(images - images.mean(dim=0))


class SeesNothing(SampleImageEncoder):
    def forward(self, images: Tensor) -> ImageFeatures:
        return super().forward(images * 0)


class ForgetsItsFit(SampleImageEncoder):
    mean = torch.zeros(())

    def fit(self, images: Iterable[Tensor]) -> None:
        self.mean = torch.cat([*images]).mean()

    def forward(self, images: Tensor) -> ImageFeatures:
        return super().forward(images + 10 * self.mean)


class FitsAtRandom(SampleImageEncoder):
    shift: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("shift", torch.zeros(()))

    def fit(self, images: Iterable[Tensor]) -> None:
        self.shift.copy_(torch.cat([*images]).mean() + torch.rand(()))

    def forward(self, images: Tensor) -> ImageFeatures:
        return super().forward(images + self.shift)


class FitsToNothing(FitsAtRandom):
    def fit(self, images: Iterable[Tensor]) -> None:
        self.shift.fill_(1.0)


class FitsToPictures(FitsAtRandom):
    def fit(self, images: Iterable[Tensor]) -> None:
        self.shift.copy_(10 * torch.cat([*images]).mean())


class GivesRegions(SampleImageEncoder):
    """See four places besides, each by its mean colour."""

    region_width = 3

    def forward(self, images: Tensor) -> ImageFeatures:
        places = functional.adaptive_avg_pool2d(images, 2).flatten(2)
        return ImageFeatures(super().forward(images).pooled, self.regions(places))

    def regions(self, places: Tensor) -> Tensor:
        return places


class GivesFlatRegions(GivesRegions):
    def regions(self, places: Tensor) -> Tensor:
        return places.mean(dim=2)


class GivesNarrowRegions(GivesRegions):
    def regions(self, places: Tensor) -> Tensor:
        return places[:, :2]


class GivesUndeclaredRegions(GivesRegions):
    region_width = 0


class DeclaresRegions(SampleImageEncoder):
    region_width = 3


class SeesOnePlace(GivesRegions):
    def regions(self, places: Tensor) -> Tensor:
        return places[:, :, :1].expand_as(places)


class MixesRegions(GivesRegions):
    """Lets the regions of a picture depend on those of the others in the batch."""

    def regions(self, places: Tensor) -> Tensor:
        return places - places.mean(dim=0)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (SeesBatchMeans, "row 0 of a batch is not what it is alone"),
        (SeesNothing, "does not depend on the picture"),
        (ForgetsItsFit, "it has forgotten what it was fitted to"),
        (FitsAtRandom, "fitted twice to the same pictures it sees two things"),
        (FitsToNothing, "does not depend on the pictures that it is fitted to"),
        (GivesFlatRegions, r"its regions must be \[B, V, N\]"),
        (GivesNarrowRegions, r"of its regions has the shape \[5, 2, 4\] instead of \[5, 3, 4\]"),
        (GivesUndeclaredRegions, "it gives regions, but has no region_width to say so"),
        (DeclaresRegions, "its region_width is 3, and it gives no regions"),
        (SeesOnePlace, "all regions of a picture are the same"),
        (MixesRegions, "row 0 of a batch is not what it is alone"),
    ],
    ids=name,
)
def test_a_broken_image_encoder_is_named(
    subject: MakeSubject, broken: type[SampleImageEncoder], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check_image_encoder(subject(broken))


def test_an_image_encoder_with_regions_passes(subject: MakeSubject) -> None:
    check_image_encoder(subject(GivesRegions))
