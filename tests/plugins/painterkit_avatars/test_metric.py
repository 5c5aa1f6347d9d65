from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from painterkit.errors import Failure, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import Drawn, MetricResult
from painterkit_avatars.attributes import ATTRIBUTES, NAMES
from painterkit_avatars.classifier import (
    WEIGHTS,
    balanced_accuracy,
    confusion_of,
    load_classifier,
)
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.metric import AttributeAccuracy, build
from painterkit_avatars.settings import AttributeAccuracySettings, AvatarsSettings

COUNT = 400


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Avatars:
    cache: Path = tmp_path_factory.mktemp("cache")
    return Avatars(AvatarsSettings(train=10, validation=COUNT), cache)


@pytest.fixture(scope="module")
def truth(dataset: Avatars) -> Tensor:
    images = torch.from_numpy(np.array(dataset.images("validation")))
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1


def measured(dataset: Avatars, drawn: Tensor, truth: Tensor, batch: int = 100) -> MetricResult:
    metric = AttributeAccuracy(AttributeAccuracySettings(conversations=COUNT))
    conversations = dataset.conversations("validation")
    for start in range(0, COUNT, batch):
        rows = slice(start, start + batch)
        metric.add(Drawn(conversations[rows], drawn[rows], truth[rows]))
    return metric.result()


def test_the_truth_itself_reaches_the_ceiling(dataset: Avatars, truth: Tensor) -> None:
    result = measured(dataset, truth, truth)
    assert result.values["mean"] == result.values["ceiling"] > 0.97
    assert result.values["mean_caption"] > 0.97
    assert result.values["mean_dialogue"] > 0.97
    assert result.values["nearer_than_nine"] == 1.0
    assert all(result.values[name] > 0.97 for name in NAMES)


def test_the_ceiling_stays_high_at_32_pixels(dataset: Avatars, tmp_path: Path) -> None:
    small = Avatars(AvatarsSettings(resolution=32, validation=COUNT), tmp_path)
    images = torch.from_numpy(np.array(small.images("validation"))).permute(0, 3, 1, 2)
    result = measured(dataset, images / 127.5 - 1, images / 127.5 - 1)
    assert result.values["mean"] > 0.98
    assert result.values["mouth"] > 0.95


def test_other_faces_are_near_chance(dataset: Avatars, truth: Tensor) -> None:
    shuffled = truth[torch.randperm(COUNT, generator=torch.Generator().manual_seed(0))]
    result = measured(dataset, shuffled, truth)
    assert result.values["ceiling"] > 0.97
    for name in ("mean", "mean_caption", "mean_dialogue"):
        assert abs(result.values[name] - result.values["chance"]) < 0.06
    assert abs(result.values["nearer_than_nine"] - 0.1) < 0.06


def test_caption_and_dialogue_are_counted_apart(dataset: Avatars, truth: Tensor) -> None:
    """A painter that is right in what the caption told and wrong in all else."""
    conversations = dataset.conversations("validation")
    name = "background"
    by_caption = torch.tensor([c.told_in[name] == "caption" for c in conversations])
    # A picture of another background where the dialogue told it.
    values = [c.attributes[name] for c in conversations]
    other = [next(i for i, v in enumerate(values) if v != value) for value in values]
    drawn = torch.where(by_caption[:, None, None, None], truth, truth[torch.tensor(other)])
    result = measured(dataset, drawn, truth)
    [row] = [row for row in result.rows if row[0] == name]
    told = dict(zip(result.columns, row, strict=True))
    assert told["caption-told"] == told["ceiling"] == 1.0
    assert told["dialogue-told"] == 0.0
    assert 0 < result.values[name] < 1


def test_the_table_has_a_row_an_attribute_and_the_mean(dataset: Avatars, truth: Tensor) -> None:
    result = measured(dataset, truth, truth)
    assert [row[0] for row in result.rows] == [*NAMES, "mean"]
    for row in result.rows[:-1]:
        told = dict(zip(result.columns, row, strict=True))
        assert told["chance"] == 1 / len(ATTRIBUTES[str(row[0])])
    assert result.protocol["conversations"] == COUNT
    assert result.protocol["resolution"] == 64


def test_batches_do_not_matter(dataset: Avatars, truth: Tensor) -> None:
    noisy = truth + 0.8 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(1))
    one, many = (measured(dataset, noisy, truth, batch) for batch in (400, 37))
    assert one == many


def test_the_bald_are_not_asked_for_their_hair_colour(dataset: Avatars, truth: Tensor) -> None:
    conversations = dataset.conversations("validation")
    bald = [i for i, c in enumerate(conversations) if c.attributes["hair_shape"] == "bald"]
    metric = AttributeAccuracy(AttributeAccuracySettings())
    metric.add(Drawn([conversations[i] for i in bald], truth[bald], truth[bald]))
    result = metric.result()
    assert "hair_colour" not in result.values
    assert result.values["hair_shape"] == 1.0


def test_without_pictures_it_says_so() -> None:
    metric = AttributeAccuracy(AttributeAccuracySettings())
    with pytest.raises(Failure, match="no picture"):
        metric.result()


def test_another_data_set_is_refused(dataset: Avatars, tmp_path: Path) -> None:
    class Birds:
        attributes = {"wing": ("red", "blue")}  # noqa: RUF012

    def no_slot(*_: object) -> None:
        raise AssertionError

    context = BuildContext(build_slot=no_slot, cache=tmp_path, dataset=Birds())  # pyright: ignore
    with pytest.raises(WrongInput, match="avatars"):
        build(AttributeAccuracySettings(), context)
    context = BuildContext(build_slot=no_slot, cache=tmp_path, dataset=dataset)
    assert build(AttributeAccuracySettings(), context).conversations == 1000


def test_balanced_accuracy_is_the_mean_recall_of_what_occurs() -> None:
    labels = torch.tensor([0, 0, 0, 0, 1, 1, -1])
    seen = torch.tensor([0, 0, 0, 2, 1, 0, 2])
    counts = confusion_of(labels, seen, 3)
    assert balanced_accuracy(counts) == pytest.approx((0.75 + 0.5) / 2)
    assert balanced_accuracy(torch.zeros(3, 3)) is None


def test_the_classifier_that_ships_is_what_it_says(dataset: Avatars, truth: Tensor) -> None:
    assert WEIGHTS.stat().st_size < 1_500_000
    loaded = load_classifier()
    assert set(loaded.accuracy) == set(NAMES)
    assert min(loaded.accuracy.values()) > 0.97
    assert 100_000 < sum(p.numel() for p in loaded.network.parameters()) < 300_000
    for resolution in (32, 128):
        resized = torch.nn.functional.interpolate(truth[:4], size=(resolution, resolution))
        assert loaded.network(resized)["mouth"].shape == (4, 4)


def test_a_broken_classifier_is_a_failure_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "classifier.safetensors"
    with pytest.raises(Failure, match=r"classifier\.safetensors"):
        load_classifier(path)
    path.write_bytes(WEIGHTS.read_bytes()[:1000])
    with pytest.raises(Failure, match="train_classifier"):
        load_classifier(path)
    save_file(load_file(WEIGHTS), path, {"vocabulary": "{}", "balanced_accuracy": "{}"})
    with pytest.raises(Failure, match="other attributes"):
        load_classifier(path)
