"""Tensors in a safetensors file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor


def save_tensors(
    tensors: Mapping[str, Tensor], file: Path, metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors to a file, contiguous and cut from the graph.

    Raises OSError if it cannot be written.
    """
    file.touch()
    mode = file.stat().st_mode
    plain = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    try:
        save_file(plain, file, dict(metadata) if metadata is not None else None)
    except SafetensorError as error:
        raise OSError(str(error)) from error
    # safetensors makes a file that its owner alone may read.
    file.chmod(mode)
