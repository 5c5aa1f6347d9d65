"""A file of weights of Inception-v3 for tests: right in keys and shapes, random in values."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torchvision.models import inception_v3


def random_inception(classes: int = 1000, auxiliary: bool = False) -> dict[str, Tensor]:
    """Return the state of torchvision's network, the same on every call.

    The port of TensorFlow's network has the same names, 1008 classes and no auxiliary head.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = inception_v3(
            weights=None, num_classes=classes, aux_logits=auxiliary, init_weights=False
        )
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                # Torch's own initialisation lets a picture fade away before the last layer.
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return network.state_dict()


def write_inception(path: Path, classes: int = 1000, auxiliary: bool = False) -> Path:
    """Write such a state as torch.save does; in half precision, it takes 50 MB."""
    state = random_inception(classes, auxiliary)
    halves = {n: t.half() if t.is_floating_point() else t for n, t in state.items()}
    torch.save(halves, path)
    return path
