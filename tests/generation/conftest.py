"""A run whose pictures differ from each other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from ..conftest import Workshop


@pytest.fixture(scope="session")
def vivid(workshop: Workshop, reference: Path) -> Path:
    """Return a copy of the reference run with random weights, as large as those of a long training.

    After its few steps the reference draws grey: tests that compare pictures would see nothing.
    """
    run = workshop.folder / "vivid"
    shutil.copytree(reference, run)
    for file in sorted(run.glob("checkpoints/*/[am][vo]*.safetensors")):
        tensors = load_file(file)
        generator = torch.Generator().manual_seed(0)
        for name, tensor in tensors.items():
            if name.startswith("generator.") and tensor.dim() > 1:
                scale = 2.0 / tensor[0].numel() ** 0.5
                tensor.copy_(scale * torch.randn(tensor.shape, generator=generator))
            elif name.endswith("running_var"):
                tensor.fill_(1.0)
        save_file(tensors, file)
    return run
