"""The two Inception networks: the right preprocessing, and files that are not theirs."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torchvision.models import inception_v3
from torchvision.transforms.functional import normalize

from painterkit.errors import Failure, WrongInput
from painterkit.interfaces.metric import Drawn
from painterkit.roles import Role
from painterkit.testing import SampleDataset
from painterkit_metrics.classifier import to_pixels
from painterkit_metrics.inception import WHERE, tf_2015_inception, torchvision_inception
from painterkit_metrics.metric import SplitScore
from painterkit_metrics.weights import Weights, read_weights

Build = Callable[..., Any]
NAME = "inception-score"
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def pictures(count: int, resolution: int = 299) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(count, 3, resolution, resolution, generator=generator) * 2 - 1


def read(path: Path) -> Weights:
    return read_weights(path, WHERE)


@torch.no_grad()
def test_torchvisions_network_sees_what_torchvision_shows_it(weights: Path) -> None:
    """ImageNet's mean and deviation, then transform_input, is torchvision's own way to [-1, 1]."""
    pixels = to_pixels(pictures(2))
    own = inception_v3(weights=None, transform_input=True, init_weights=False).eval()
    own.load_state_dict(torch.load(weights))
    expected = own(normalize(pixels.float() / 255, MEAN, DEVIATION))
    seen = torchvision_inception(read(weights)).network(pixels)
    assert seen.shape == (2, 1000)
    torch.testing.assert_close(seen, expected, rtol=1e-3, atol=1e-3 * float(expected.std()))
    assert float((seen[0] - seen[1]).abs().max()) > 0.01 * float(seen.std())


@torch.no_grad()
def test_files_with_and_without_the_auxiliary_head_and_the_counters_are_the_same(
    weights: Path,
) -> None:
    pixels = to_pixels(pictures(1, 64))
    whole = read(weights)
    bare = {
        name: tensor
        for name, tensor in whole.tensors.items()
        if not name.startswith("AuxLogits") and not name.endswith("num_batches_tracked")
    }
    assert len(bare) < len(whole.tensors)
    one, other = (
        torchvision_inception(Weights(weights, tensors, "")).network(pixels)
        for tensors in (whole.tensors, bare)
    )
    assert torch.equal(one, other)


@torch.no_grad()
def test_the_port_is_torch_fidelitys_offline(
    tf_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3")

    def no_network(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    pixels = to_pixels(pictures(2, 64))
    extractor = module.FeatureExtractorInceptionV3(
        "it", ["logits_unbiased", "logits"], feature_extractor_weights_path=str(tf_weights)
    )
    unbiased, biased = extractor(pixels)
    seen = tf_2015_inception(read(tf_weights)).network(pixels)
    assert seen.shape == (2, 1008)
    assert torch.equal(seen, unbiased)
    assert not torch.allclose(seen, biased)


def test_the_port_has_the_keys_that_are_checked(tf_weights: Path) -> None:
    module = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3")
    extractor = module.FeatureExtractorInceptionV3("it", ["2048"], str(tf_weights))
    own = {name: tensor.shape for name, tensor in extractor.state_dict().items()}
    assert own == {name: tensor.shape for name, tensor in read(tf_weights).tensors.items()}


@pytest.mark.parametrize("network", ["torchvision", "tf-2015"])
def test_a_score_is_told_with_all_that_made_it(
    network: str, weights: Path, tf_weights: Path, build: Build
) -> None:
    if network == "tf-2015":
        pytest.importorskip("torch_fidelity")
    file = {"torchvision": weights, "tf-2015": tf_weights}[network]
    table = {"weights": str(file), "network": network, "conversations": 8, "splits": 3}
    metric = build(Role.METRIC, NAME, table, dataset=None)
    images = pictures(8, 32)
    images[4:] = images[0]
    metric.add(Drawn([], images[:5], images[:5]))
    metric.add(Drawn([], images[5:], images[5:]))
    result = metric.result()
    key = f"inception_score_{network.replace('-', '_')}"
    assert set(result.values) == {key, f"{key}_std"}
    assert 1 < result.values[key] < 5.1
    assert result.values[f"{key}_std"] > 0
    protocol = result.protocol
    assert protocol["weights_sha256"] == read(file).sha256
    assert (protocol["conversations"], protocol["resolution"]) == (8, 32)
    assert (protocol["splits"], protocol["per_split"], protocol["seed"]) == (3, 6, 2020)
    assert protocol["protocol"] == "random-splits"
    assert protocol["classes"] == (1008 if network == "tf-2015" else 1000)
    assert protocol["versions"]["torch"] == torch.__version__.partition("+")[0]
    assert {"pixels", "resize", "preprocessing", "logits", "device", "batch"} <= set(protocol)
    [row] = result.rows
    assert row[:5] == [network, "random-splits", 8, 3, 6]


def test_pixels_are_those_of_a_saved_picture() -> None:
    from painterkit.generation.draw import to_pixels as saved

    images = pictures(3, 16)
    assert torch.equal(to_pixels(images).permute(0, 2, 3, 1), saved(images))


def refused(build: Build, **table: object) -> str:
    with pytest.raises(WrongInput) as error:
        build(Role.METRIC, NAME, {"conversations": 8, **table}, dataset=None)
    return str(error.value)


def test_files_that_are_no_weights(build: Build, weights: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pth"
    cut.write_bytes(weights.read_bytes()[: 10**6])
    text = tmp_path / "text.pth"
    text.write_text("weights")
    empty = tmp_path / "empty.pth"
    empty.touch()
    for path in (cut, text, empty):
        said = refused(build, weights=str(path))
        assert said.startswith(f"inception-score.weights   {path} cannot be read as weights (")
        assert "\n" not in said
    gone = tmp_path / "gone.pth"
    assert refused(build, weights=str(gone)) == (
        f"inception-score.weights   there is no file {gone}; give the path of a file that you have"
    )


def test_a_file_that_would_run_code_is_not_opened(build: Build, tmp_path: Path) -> None:
    class Runs:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "runs.pth"
    torch.save({"weight": Runs()}, path)
    assert "cannot be read as weights (UnpicklingError)" in refused(build, weights=str(path))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("held", [[1, 2], {"state_dict": {"a": torch.zeros(1)}}, torch.zeros(2)])
def test_a_file_of_other_things(held: Any, build: Build, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save(held, path)
    said = refused(build, weights=str(path))
    assert f"{path} holds something else than tensors by name" in said


def test_weights_of_another_network_name_the_keys(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "linear.pth"
    torch.save({"fc.bias": torch.zeros(1000), "head.weight": torch.zeros(2)}, path)
    assert refused(build, weights=str(path)) == (
        f"inception-score.weights   {path} holds other weights than the network's: it lacks "
        "Conv2d_1a_3x3.conv.weight, Conv2d_1a_3x3.bn.weight, Conv2d_1a_3x3.bn.bias and 468 more; "
        "it has besides head.weight; give another file"
    )


def test_weights_of_the_other_inception_say_so(
    build: Build, weights: Path, tf_weights: Path, tmp_path: Path
) -> None:
    said = refused(build, weights=str(tf_weights))
    assert "it differs in fc.weight, 1008 x 2048 in place of 1000 x 2048" in said
    assert said.endswith("it looks like a file for network = 'tf-2015'")
    pytest.importorskip("torch_fidelity")
    tensors = {n: t for n, t in read(weights).tensors.items() if not n.startswith("AuxLogits")}
    plain = tmp_path / "plain.pth"
    torch.save(tensors, plain)
    said = refused(build, weights=str(plain), network="tf-2015")
    assert said.endswith("it looks like a file for network = 'torchvision'")


def test_too_few_held_out_conversations(build: Build, weights: Path) -> None:
    table = {"weights": str(weights), "conversations": 25}
    with pytest.raises(WrongInput) as error:
        build(Role.METRIC, NAME, table, dataset=SampleDataset(validation=24))
    assert str(error.value) == (
        "inception-score.conversations   wants 25 pictures, and the data have 24 held-out "
        "conversations, of which each is drawn once; give --set inception-score.conversations=24, "
        "for a score that compares only with those of as many pictures"
    )
    assert isinstance(
        build(Role.METRIC, NAME, table, dataset=SampleDataset(validation=25)), SplitScore
    )


def test_as_many_pictures_as_asked_for(build: Build, weights: Path) -> None:
    metric = build(Role.METRIC, NAME, {"weights": str(weights), "conversations": 3}, dataset=None)
    images = pictures(2, 32)
    metric.add(Drawn([], images, images))
    with pytest.raises(Failure, match=r"was given 2 of the 3 pictures"):
        metric.result()
    with pytest.raises(Failure, match=r"more than the 3 pictures"):
        metric.add(Drawn([], images, images))


def test_numbers_that_are_not_finite(build: Build, weights: Path, tmp_path: Path) -> None:
    tensors = dict(read(weights).tensors)
    tensors["fc.bias"] = torch.full_like(tensors["fc.bias"], float("nan"))
    path = tmp_path / "nan.pth"
    torch.save(tensors, path)
    metric = build(Role.METRIC, NAME, {"weights": str(path), "conversations": 2}, dataset=None)
    images = pictures(2, 32)
    with pytest.raises(Failure, match="not finite"):
        metric.add(Drawn([], images, images))
