"""Files of random weights, made once; they take 50 MB each."""

from __future__ import annotations

from pathlib import Path

import pytest

from ...small_inception import write_inception


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file as torchvision publishes it, with the auxiliary head."""
    return write_inception(tmp_path_factory.mktemp("weights") / "torchvision.pth", auxiliary=True)


@pytest.fixture(scope="session")
def tf_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file as torch-fidelity and pytorch-fid publish it."""
    return write_inception(tmp_path_factory.mktemp("weights") / "tf.pth", classes=1008)
