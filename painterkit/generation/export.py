"""A painter as one file: weights, with the recipe in the metadata."""

from __future__ import annotations

import os
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file

from painterkit.checkpoints.run_folder import open_run
from painterkit.errors import Failure, Problem
from painterkit.generation.painter import (
    RECIPE_KEY,
    RESOLUTION_KEY,
    drawing_tensors,
    load_painter,
)
from painterkit.plugins import LoadedPlugins


def export(run: Path, file: Path, plugins: LoadedPlugins) -> Path:
    """Write the painter of a run to one safetensors file, averaged weights, and return its path.

    Raises Failure where it cannot be written; a file that stood there before stays then.
    """
    painter = load_painter(run, plugins)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    metadata = {
        RECIPE_KEY: open_run(run).recipe_text,
        RESOLUTION_KEY: str(painter.resolution),
    }
    tensors = {k: t.contiguous() for k, t in drawing_tensors(painter.assembly).items()}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        save_file(tensors, partial, metadata=metadata)
        partial.replace(file)
    except (OSError, SafetensorError) as error:
        partial.unlink(missing_ok=True)
        raise Failure(
            Problem(str(file), f"cannot be written ({error})", "give another --out")
        ) from error
    return file
