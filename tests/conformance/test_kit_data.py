"""The kit names what is broken in a sampler, a data set or a metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from attrs import evolve, frozen
from torch import Tensor

from painterkit.data.conversation import Conversation
from painterkit.errors import Problem
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit.testing import (
    SampleDataset,
    check_dataset,
    check_metric,
    check_noise_sampler,
    check_turn_sampler,
)
from painterkit.testing.subject import Subject

MakeSubject = Callable[[Any], Subject]


@frozen
class Turns:
    """A turn-sampler made of a function."""

    choose: Callable[[Tensor, torch.Generator], Tensor]
    first: int | None = 0

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        return self.choose(lengths, generator)


def uniform(lengths: Tensor, generator: torch.Generator) -> Tensor:
    """Choose two turns, the earlier first."""
    chance = torch.rand(len(lengths), 2, generator=generator).sort(dim=1).values
    turns = (chance * lengths[:, None]).long()
    return torch.where(lengths[:, None] > 0, turns, -1)


@pytest.mark.parametrize(
    ("choose", "words"),
    [
        (lambda n, g: uniform(n, g).clamp(min=0), r"without turns it gives \[0, 0\] instead of -1"),
        (lambda n, g: torch.where(n > 0, n, -1)[:, None], "they must lie in 0 to"),
        (lambda n, g: uniform(n, g).flip(1), "the turns that it gives do not rise"),
        (lambda n, g: uniform(n, g).float(), r"instead of whole numbers \[7, K\]"),
        (lambda n, g: uniform(n, g)[:, :0], r"it draws no turn at all \(K = 0\)"),
        (lambda n, g: uniform(n, torch.default_generator), "the same inputs give two results"),
        (lambda n, g: uniform(n.clamp_(max=2), g), "it changes the lengths that it is given"),
    ],
    ids=["empty", "range", "falling", "float", "none", "unseeded", "changes"],
)
def test_a_broken_turn_sampler_is_named(subject: MakeSubject, choose: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_turn_sampler(subject(lambda: Turns(choose)))


@frozen
class Noise:
    """A noise-sampler made of a function of batch size and width."""

    draw: Callable[[int, int, torch.Generator], Tensor]
    names: frozenset[str] = frozenset({"z", "epsilon1", "unused"})
    renewed: Sequence[str] = ()

    def sample(
        self, widths: Mapping[str, int], batch_size: int, generator: torch.Generator
    ) -> dict[str, Tensor]:
        return {
            name: self.draw(batch_size, width, generator)
            for name, width in widths.items()
            if name in self.names
        }


def normal(rows: int, width: int, generator: torch.Generator) -> Tensor:
    return torch.randn(rows, width, generator=generator)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Noise(normal, frozenset({"z"})), r"it gives \['z'\]"),
        (lambda: Noise(lambda b, w, g: normal(b, w + 1, g)), r"noise 'z' has the shape \[1, 7\]"),
        (lambda: Noise(lambda b, w, g: torch.randn(b, w)), "the same inputs give two results"),
        (lambda: Noise(lambda b, w, g: torch.ones(b, w)), "two seeds give the same noise"),
    ],
    ids=["names", "shape", "unseeded", "constant"],
)
def test_a_broken_noise_sampler_is_named(subject: MakeSubject, make: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_noise_sampler(subject(make))


def test_a_first_moment_or_a_renewed_noise_that_is_none_is_named(subject: MakeSubject) -> None:
    with pytest.raises(AssertionError, match="'first' must be -1, 0 or None, and is 2"):
        check_turn_sampler(subject(lambda: Turns(uniform, first=2)))
    with pytest.raises(AssertionError, match="'renewed' must be a collection of names"):
        check_noise_sampler(subject(lambda: Noise(normal, renewed="z")))


def test_right_samplers_pass(subject: MakeSubject) -> None:
    check_turn_sampler(subject(lambda: Turns(uniform)))
    check_noise_sampler(subject(lambda: Noise(normal)))


class Changed(SampleDataset):
    """A right data set whose conversations a test breaks."""

    def __init__(self, change: Callable[[Conversation], Conversation]) -> None:
        super().__init__(resolution=8, train=8, validation=4)
        self.change = change

    def conversations(self, split: Any) -> list[Conversation]:
        return [self.change(one) for one in super().conversations(split)]


class OtherPictures(SampleDataset):
    """A right data set whose pictures a test breaks."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        super().__init__(resolution=8, train=8, validation=4)
        self.change = change

    def images(self, split: Any, progress: Any = None) -> Any:
        images = self.change(super().images(split))
        if progress is not None:
            progress(len(images), len(images))
        return images


class Lacks(SampleDataset):
    def lacks(self) -> Any:
        return [Problem("python-avatars", "is not installed", "install it")]


class LacksInText(SampleDataset):
    def lacks(self) -> Any:
        return "python-avatars is not installed"


class IsNeverPrepared(SampleDataset):
    def is_prepared(self, split: Any) -> bool:
        return False


def fresh(images: Any) -> Any:
    return np.random.default_rng().integers(0, 256, images.shape, dtype=np.uint8)


def of_the_global_seed() -> SampleDataset:
    offset = np.random.randint(0, 256)
    return OtherPictures(lambda images: images + np.uint8(offset))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Changed(lambda c: evolve(c, image=99)), "'train-0' is about row 99 of 8 pictures"),
        (lambda: Changed(lambda c: evolve(c, captions=())), "'train-0' has no caption"),
        (lambda: Changed(lambda c: evolve(c, captions=("a", ""))), "has an empty caption or turn"),
        (lambda: Changed(lambda c: evolve(c, id="same")), "two of its conversations have the id"),
        (
            lambda: Changed(lambda c: evolve(c, id=c.id.split("-")[1])),
            "two of its conversations have the id '0'",
        ),
        (
            lambda: Changed(lambda c: evolve(c, told_in={"size": 9})),
            "says that size is told in 9; it has 0 turns",
        ),
        (
            lambda: Changed(lambda c: evolve(c, told_in={"weight": "caption"})),
            "tells of 'weight', whose truth it does not know",
        ),
        (
            lambda: Changed(lambda c: evolve(c, attributes={"size": "huge"}, told_in={})),
            "has the size 'huge'; declared are small, large",
        ),
        (
            lambda: Changed(lambda c: evolve(c, attributes={"weight": "heavy"}, told_in={})),
            "has the attribute 'weight', which is not declared",
        ),
        (Lacks, "for what it lacks: python-avatars   is not installed; install it"),
        (LacksInText, r"lacks\(\) must give painterkit\.errors\.Problem"),
        (IsNeverPrepared, "were asked for, but is_prepared\\(\\) does not say True"),
        (lambda: OtherPictures(lambda i: i.astype(np.float32)), "are float32 .* instead of uint8"),
        (lambda: OtherPictures(lambda i: i[:, :4]), r"are uint8 \[8, 4, 8, 3\] instead of uint8"),
        (lambda: OtherPictures(lambda i: i[:0]), "it has no train picture"),
        (lambda: OtherPictures(fresh), "asked twice, it gives other train pictures"),
        (of_the_global_seed, "made twice from the same settings, its train pictures differ"),
    ],
)
def test_a_broken_data_set_is_named(subject: MakeSubject, make: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_dataset(subject(make))


def test_the_sample_data_set_passes(subject: MakeSubject) -> None:
    check_dataset(subject(SampleDataset))


class Brightness:
    """A right metric: the mean difference in brightness from the truth."""

    conversations = 8
    draws = Draws()

    def __init__(self) -> None:
        self.differences: list[float] = []

    def add(self, drawn: Drawn) -> None:
        assert len(drawn.conversations) == len(drawn.images) == len(drawn.truth)
        self.differences += (drawn.images - drawn.truth).mean(dim=(1, 2, 3)).tolist()

    def result(self) -> MetricResult:
        mean = sum(self.differences) / len(self.differences)
        return self.reported(mean)

    def reported(self, mean: float) -> MetricResult:
        return MetricResult({"mean": mean}, ("what", "mean"), (("all", mean),), {"count": 8})


class IsNan(Brightness):
    def reported(self, mean: float) -> MetricResult:
        return MetricResult({"mean": mean, "deviation": float("nan")})


class IsARaggedTable(Brightness):
    def reported(self, mean: float) -> MetricResult:
        return MetricResult({"mean": mean}, ("what", "mean"), (("all", mean, 3),))


class CannotBeKept(Brightness):
    def reported(self, mean: float) -> MetricResult:
        return MetricResult({"mean": mean}, protocol={"size": np.float32(3)})


class CountsItsOwnResults(Brightness):
    def reported(self, mean: float) -> MetricResult:
        self.differences.append(1.0)
        return super().reported(mean)


class DependsOnChance(Brightness):
    def reported(self, mean: float) -> MetricResult:
        return super().reported(mean + self.chance)

    def __init__(self) -> None:
        super().__init__()
        self.chance = float(torch.rand(()))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (IsNan, "on real pictures its value 'deviation' is nan"),
        (IsARaggedTable, "its table has 2 columns and a row of 3"),
        (CannotBeKept, "its protocol cannot be kept as JSON"),
        (CountsItsOwnResults, "asked twice for its result, it gives two"),
        (DependsOnChance, "measured twice, the same pictures have other values"),
    ],
)
def test_a_broken_metric_is_named(
    subject: MakeSubject, broken: type[Brightness], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check_metric(subject(broken))


def test_a_right_metric_passes(subject: MakeSubject) -> None:
    check_metric(subject(Brightness))
