"""A painter as one file: weights, with the recipe in the metadata."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from torch import Tensor

from painterkit.checkpoints.run_folder import open_run
from painterkit.checkpoints.weights import save_tensors
from painterkit.errors import Failure, Problem
from painterkit.generation.load_painter import drawing_tensors, load_painter
from painterkit.generation.saved import RECIPE_KEY, RESOLUTION_KEY
from painterkit.plugins import LoadedPlugins


def export(run: Path, file: Path, plugins: LoadedPlugins, half: bool = False) -> Path:
    """Write the painter of a run to one safetensors file, averaged weights, and return its path.

    With `half`, fractions are rounded to 16 bits; they are computed with in 32 bits all the same.
    Raises Failure where it cannot be written; a file that stood there before stays then.
    """
    painter = load_painter(run, plugins)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    metadata = {RECIPE_KEY: open_run(run).recipe_text}
    if painter.resolution < max(painter.assembly.parts.generator.resolutions):
        # One key where one is enough: safetensors writes several in any order, and the same
        # painter is to be the same bytes.
        metadata[RESOLUTION_KEY] = str(painter.resolution)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        tensors = drawing_tensors(painter.assembly)
        if half:
            tensors = {name: _rounded(tensor) for name, tensor in tensors.items()}
        save_tensors(tensors, partial, metadata)
        partial.replace(file)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise Failure(
            Problem(str(file), f"cannot be written ({error})", "give another file (--out)")
        ) from error
    return file


def _rounded(tensor: Tensor) -> Tensor:
    return tensor.half() if tensor.is_floating_point() else tensor
