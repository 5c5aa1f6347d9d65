"""Checkpoints on disk: safetensors and JSON, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from painterkit.checkpoints.weights import save_tensors
from painterkit.errors import Failure, PainterkitError, Problem

FORMAT = 1
TENSOR_FILES = ("model", "average", "optimizers", "random")


@frozen
class Checkpoint:
    """Everything that a training needs to go on exactly where it was.

    `phase` and `step` are what comes next: at a phase's end that is step 0 of the phase after,
    and past the last phase the training is finished. `model` holds the parts and the step's own
    modules, `average` the moving average where it has not become the part, `optimizers` entries
    such as `generator/exp_avg/generator.stage1.seed.0.weight`, `random` the states of the random
    generators.
    """

    phase: int
    phase_name: str
    step: int
    images: int
    model: Mapping[str, Tensor]
    average: Mapping[str, Tensor]
    optimizers: Mapping[str, Tensor]
    random: Mapping[str, Tensor]
    origin: str = "checkpoint"
    """Its folder, where it was read from one; problems with it name it."""

    def drawing(self) -> dict[str, Tensor]:
        """Return the tensors to draw with: the average's where there is one."""
        # The average follows all buffers, those too that are no part of the state.
        return {name: self.average.get(name, tensor) for name, tensor in self.model.items()}


def save_checkpoint(folder: Path, checkpoint: Checkpoint, keep: int) -> Path:
    """Write a checkpoint under `folder`; of what was there, keep the `keep` - 1 before it.

    It gets its name when it is whole and on the disk. Newer ones stay: the training could not
    read them, or it would have gone on from there, and writes them again when it comes by.
    Raises Failure if it cannot be written; what was there before stays then.
    """
    name = f"{checkpoint.images:09d}-{checkpoint.phase_name}"
    final, partial = folder / name, folder / f".{name}.{os.getpid()}.partial"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for file in TENSOR_FILES:
            save_tensors(getattr(checkpoint, file), partial / f"{file}.safetensors")
        position = {
            "painterkit": FORMAT,
            "phase": checkpoint.phase,
            "phase_name": checkpoint.phase_name,
            "step": checkpoint.step,
            "images": checkpoint.images,
        }
        (partial / "state.json").write_text(json.dumps(position, indent=2) + "\n", encoding="utf-8")
        for path in partial.iterdir():
            _flush(path)
        _flush(partial)
        if final.exists():
            _remove(final)
        partial.rename(final)
        _flush(folder)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise Failure(_cannot_save(folder, name, error)) from error
    newest_first = checkpoint_folders(folder)
    for old in newest_first[newest_first.index(final) + keep :]:
        _remove(old)
    return final


def remove_partial(folder: Path) -> None:
    """Remove what a training left that was killed while it wrote or removed a checkpoint."""
    for left in (*folder.glob(".*.partial"), *folder.glob(".*.removed")):
        shutil.rmtree(left, ignore_errors=True)


def _remove(path: Path) -> None:
    """Remove a checkpoint; first its name, so that what has one is always whole."""
    removed = path.with_name(f".{path.name}.{os.getpid()}.removed")
    try:
        path.rename(removed)
    except OSError:
        removed = path
    shutil.rmtree(removed, ignore_errors=True)


def checkpoint_folders(folder: Path) -> list[Path]:
    """Return the checkpoints under a folder, newest first; what was cut short is not among them."""
    found = [path for path in folder.glob("[0-9]*-*") if path.is_dir()]
    return sorted(found, key=_position_in_training, reverse=True)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read one checkpoint.

    Raises Failure where it is cut short or not one of painterkit's.
    """
    try:
        position = json.loads((path / "state.json").read_text(encoding="utf-8"))
        if position["painterkit"] != FORMAT:
            raise Failure(
                Problem(
                    str(path),
                    f"has format {position['painterkit']}, this painterkit reads {FORMAT}",
                    "use the painterkit that wrote it",
                )
            )
        tensors = {file: load_file(path / f"{file}.safetensors") for file in TENSOR_FILES}
        return Checkpoint(
            phase=int(position["phase"]),
            phase_name=str(position["phase_name"]),
            step=int(position["step"]),
            images=int(position["images"]),
            origin=str(path),
            **tensors,
        )
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise Failure(
            Problem(
                str(path),
                f"is not a whole checkpoint ({error})",
                "remove it; the one before it is used then",
            )
        ) from error


def newest_checkpoint(folder: Path) -> tuple[Checkpoint | None, list[Problem]]:
    """Return the newest checkpoint that is whole, or None, and what was wrong with newer ones."""
    problems: list[Problem] = []
    for path in checkpoint_folders(folder):
        try:
            return load_checkpoint(path), problems
        except PainterkitError as error:
            problems.extend(error.problems)
    return None, problems


def check_same(live: Mapping[str, Tensor], saved: Mapping[str, Tensor], origin: str) -> None:
    """Raise Failure unless `saved`, read from `origin`, has the very tensors of the parts."""
    told = differences(live, saved)
    if told:
        raise Failure(
            Problem(
                origin,
                f"does not belong to this recipe: {told}",
                "use it with the recipe and the plugins that made it",
            )
        )


def differences(live: Mapping[str, Tensor], saved: Mapping[str, Tensor]) -> str:
    """Say which tensors `saved` lacks, which are foreign or of another shape; "" if none."""
    found = (
        ("it lacks", sorted(live.keys() - saved.keys())),
        ("it has the foreign", sorted(saved.keys() - live.keys())),
        (
            "of another shape is",
            [name for name in live if name in saved and live[name].shape != saved[name].shape],
        ),
    )
    return "; ".join(
        f"{what} '{names[0]}'" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        for what, names in found
        if names
    )


def _position_in_training(path: Path) -> tuple[int, int]:
    images, _, _ = path.name.partition("-")
    try:
        phase = int(json.loads((path / "state.json").read_text(encoding="utf-8"))["phase"])
    except (OSError, ValueError, KeyError, TypeError):
        phase = -1
    return int(images) if images.isdigit() else -1, phase


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_save(folder: Path, name: str, error: Exception) -> Problem:
    before = checkpoint_folders(folder)
    kept = f"the last good checkpoint is {before[0]}" if before else "nothing was saved before it"
    return Problem(
        str(folder / name), f"cannot be written ({error})", f"{kept}; make room and resume"
    )
