"""The `inception-score` metric: Inception-v3 with weights that a user has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import torch
from attrs import evolve
from torch import Tensor, nn
from torchvision.models import inception_v3

from painterkit.interfaces.context import BuildContext
from painterkit.user_paths import expanded
from painterkit_metrics.classifier import ROUNDING, Classifier, Resized
from painterkit_metrics.extra import require_packages
from painterkit_metrics.metric import SplitScore, require_pictures
from painterkit_metrics.settings import InceptionScoreSettings
from painterkit_metrics.splits import splits_of
from painterkit_metrics.weights import Weights, check_fit, load_into, read_weights

NAME = "inception-score"
WHERE = f"{NAME}.weights"
CLASSES = {"torchvision": 1000, "tf-2015": 1008}
"""Classes of each network: ImageNet's, and in TensorFlow's eight more that mean nothing."""

AUXILIARY = "AuxLogits."
"""Weights of a head that torchvision's network has for its training alone."""


def build(settings: InceptionScoreSettings, context: BuildContext) -> SplitScore:
    """Return the metric, its weights read.

    Raises WrongInput where the weights do not fit, a package lacks, or the data are too few.
    """
    splits = splits_of(NAME, settings)
    require_pictures(NAME, splits, context.dataset)
    make = CLASSIFIERS[settings.network]
    classifier = make(read_weights(expanded(settings.weights, WHERE), WHERE))
    value = f"inception_score_{settings.network.replace('-', '_')}"
    return SplitScore(NAME, value, classifier, splits)


def torchvision_inception(weights: Weights) -> Classifier:
    """Return torchvision's inception_v3, which sees pictures in [-1, 1].

    That is the range that the weights were trained in. torchvision's own way there is ImageNet's
    mean and deviation and then `transform_input`, which comes to the same. One of the two
    without the other does not, and is a known cause of wrong scores.
    """
    weights = without_auxiliary(weights)
    network = layers("torchvision")
    _check("torchvision", network, weights)
    seeing = Resized(load_into(network, weights), side=299, mean=127.5, deviation=127.5)
    facts = {
        "network": "torchvision inception_v3, transform_input false",
        "weights_sha256": weights.sha256,
        "logits": "with the bias",
        **seeing.facts(),
    }
    return Classifier("torchvision", seeing, CLASSES["torchvision"], facts)


def tf_2015_inception(weights: Weights) -> Classifier:
    """Return torch-fidelity's port of TensorFlow's Inception of 2015-12-05, without the bias."""
    require_packages(f"{NAME}.network", "the network 'tf-2015'", "torch_fidelity")
    _check("tf-2015", layers("tf-2015"), weights)
    facts = {
        "network": "Inception of TensorFlow, 2015-12-05, as ported by torch-fidelity",
        "weights_sha256": weights.sha256,
        "logits": "without the bias, as in improved-gan",
        "pixels": ROUNDING,
        "resize": "bilinear to 299 x 299 px as in TensorFlow 1, align_corners false",
        "preprocessing": "(x - 128) / 128, x from 0 to 255",
    }
    return Classifier("tf-2015", FidelityInception(weights.tensors), CLASSES["tf-2015"], facts)


class FidelityInception(nn.Module):
    """torch-fidelity's extractor as a network from pixels to logits."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

        # It unpickles what it is given, so it is never given a stranger's file: these bytes are
        # written here, from tensors that were read safely.
        file = BytesIO()
        torch.save(dict(tensors), file)
        file.seek(0)
        with torch.random.fork_rng(devices=[]):
            self.extractor: Any = FeatureExtractorInceptionV3(
                "inception-v3-compat", ["logits_unbiased"], feature_extractor_weights_path=file
            )

    def forward(self, pixels: Tensor) -> Tensor:
        """Return logits [B, 1008] of pixels, uint8 [B, 3, R, R]."""
        [logits] = self.extractor(pixels)
        return logits


CLASSIFIERS: Mapping[str, Callable[[Weights], Classifier]] = {
    "torchvision": torchvision_inception,
    "tf-2015": tf_2015_inception,
}


def without_auxiliary(weights: Weights) -> Weights:
    """Return weights of torchvision's network without those of a head for its training alone."""
    tensors = {name: t for name, t in weights.tensors.items() if not name.startswith(AUXILIARY)}
    return evolve(weights, tensors=tensors)


def layers(name: str) -> nn.Module:
    """Return torchvision's layers without weights. Those of the port have the same names."""
    with torch.device("meta"):
        return inception_v3(
            weights=None,
            num_classes=CLASSES[name],
            aux_logits=False,
            transform_input=False,
            init_weights=False,
        )


def _check(name: str, network: nn.Module, weights: Weights) -> None:
    last = weights.tensors.get("fc.weight", torch.empty(0))
    likely = next((o for o in CLASSES if o != name and len(last) == CLASSES[o]), None)
    hint = f"it looks like a file for network = '{likely}'" if likely else "give another file"
    check_fit(network.state_dict(), weights, WHERE, hint)
