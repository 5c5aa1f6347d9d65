"""What a painter is made from: a run's newest checkpoint, or an exported file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen
from safetensors import SafetensorError, safe_open
from torch import Tensor

from painterkit.checkpoints.checkpoint import newest_checkpoint
from painterkit.checkpoints.run_folder import RECIPE, RunFolder, open_run
from painterkit.errors import Failure, Problem, WrongInput

RECIPE_KEY = "painterkit.recipe"
"""The key of an exported file's metadata that holds the recipe."""

RESOLUTION_KEY = "painterkit.resolution"
"""The key of the height of the finest picture that its training had reached, if not them all."""

SEER = "image_encoder"

UNDRAWN = ("discriminators", SEER)
"""The parts that no picture is drawn with: an exported file has none of them."""


@frozen
class SavedPainter:
    """What a painter is made from.

    `run` and `phase` are of a run: its folder, and the phase that its training goes on in, past the
    last one where it is finished. `reached` is the phase whose pictures it draws, `resolution` what
    a file says of it.
    """

    recipe_text: str
    recipe_origin: str
    tensors: dict[str, Tensor]
    origin: str
    reached: int | None = None
    resolution: str = ""
    skipped: Sequence[Problem] = ()
    run: RunFolder | None = None
    phase: int | None = None


@frozen
class UsedCheckpoint:
    """What a painter draws with: its run, the checkpoint's name, whether its training is over."""

    run: RunFolder
    name: str
    trained: bool


def read_painter(path: Path) -> SavedPainter:
    """Read a run, or a file that `export` wrote; raises as `read_run` and `read_file` do."""
    return read_file(path) if path.is_file() else read_run(open_run(path))


def read_run(run: RunFolder) -> SavedPainter:
    """Read the newest whole checkpoint of a run.

    Raises WrongInput where there is none yet, Failure where all are broken.
    """
    checkpoint, problems = newest_checkpoint(run.checkpoints)
    if checkpoint is None:
        if problems:
            raise Failure(problems)
        raise WrongInput(
            Problem(
                str(run.path),
                "has no checkpoint yet",
                f"train it with 'painterkit train --resume {run.path}'",
            )
        )
    return SavedPainter(
        recipe_text=run.recipe_text,
        recipe_origin=str(run.path / RECIPE),
        tensors=checkpoint.drawing(),
        origin=checkpoint.origin,
        # At step 0 of a phase nothing of it is trained yet: it draws what the phase before did.
        reached=checkpoint.phase if checkpoint.step > 0 else checkpoint.phase - 1,
        skipped=problems,
        run=run,
        phase=checkpoint.phase,
    )


def read_file(path: Path) -> SavedPainter:
    """Read a file that `export` wrote; raises WrongInput where it is none."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if RECIPE_KEY not in metadata:
                raise WrongInput(
                    Problem(
                        str(path),
                        "holds weights, but no recipe of painterkit",
                        "export one with 'painterkit export RUN'",
                    )
                )
            return SavedPainter(
                recipe_text=metadata[RECIPE_KEY],
                recipe_origin=str(path),
                tensors={name: file.get_tensor(name) for name in file.keys()},  # noqa: SIM118
                origin=str(path),
                resolution=metadata.get(RESOLUTION_KEY, ""),
            )
    except (OSError, SafetensorError) as error:
        raise WrongInput(
            Problem(
                str(path),
                f"is no safetensors file, or it is cut short ({error})",
                "export it again with 'painterkit export RUN'",
            )
        ) from error
