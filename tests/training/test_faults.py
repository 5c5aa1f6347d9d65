"""What becomes of a training that diverges, or whose disk is full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from painterkit.checkpoints.checkpoint import load_checkpoint, newest_checkpoint
from painterkit.data.texts import TextCache
from painterkit.errors import Failure
from painterkit.generation.load_painter import load_painter
from painterkit.plugins import load_plugins
from painterkit.training.finite import Sums, check_losses
from painterkit.training.launch import train
from painterkit_standard.hashed_words import HashedWords

from ..conftest import COMMAND, Done, Workshop, training

WHAT_TO_DO = (
    "what was saved before is whole; lower the learning rate, give the optimizer a clip, or set "
    "precision to fp32, and train again"
)


def names(run: Path) -> list[str]:
    return sorted(path.name for path in (run / "checkpoints").glob("*"))


def all_finite(run: Path) -> bool:
    checkpoint, problems = newest_checkpoint(run / "checkpoints")
    assert checkpoint is not None
    assert problems == []
    tensors = [*checkpoint.model.values(), *checkpoint.average.values()]
    return all(bool(torch.isfinite(t).all()) for t in tensors if t.is_floating_point())


def test_a_loss_that_is_not_finite_ends_the_command_with_one_sentence(workshop: Workshop) -> None:
    changes = {"phases__stage-2__optimizers__generator__learning_rate": "1e30"}
    done = workshop.run(*training("diverged", checkpoints__every__images="1000", **changes))
    assert done.code == 1
    *_, error = done.stderr.splitlines()
    assert error.startswith(
        "error: phase 'stage-2', step 2   the loss is no longer a finite number"
    )
    assert error.endswith(WHAT_TO_DO)
    assert "Traceback" not in done.stderr
    run = workshop.folder / "diverged"
    assert names(run) == ["000000128-stage-1"]
    assert all_finite(run)


LOSS, WEIGHTS = "the loss is no longer a finite number (", "the weights are no longer finite num"


@pytest.mark.parametrize(
    ("side", "rate", "step", "what"),
    [
        ("generator", "1e30", 2, LOSS),
        ("generator", "1e39", 1, WEIGHTS),
        ("discriminator", "1e30", 1, LOSS),  # it judges the generator's pictures in the same step
    ],
)
def test_diverged_weights_never_take_the_place_of_a_good_checkpoint(
    in_workshop: Workshop, side: str, rate: str, step: int, what: str
) -> None:
    """Saved after every step, of which one may leave weights that are infinite already."""
    recipe = in_workshop.small(
        **{f"phases__stage-2__optimizers__{side}__learning_rate": rate},
        checkpoints__every__images="8",
        checkpoints__keep="1",
    )
    run = in_workshop.new_run(f"diverged {side} {rate}", recipe)
    with pytest.raises(Failure) as error:
        train(recipe, load_plugins(), run, [], lambda: False)
    [problem] = error.value.problems
    assert problem.where == f"phase 'stage-2', step {step}"
    assert problem.what.startswith(what)
    assert problem.hint == WHAT_TO_DO
    assert all_finite(run)
    assert load_painter(run).draw("a face")


def test_the_step_is_the_first_one_whose_loss_broke() -> None:
    sums = Sums()
    for loss in (1.0, 2.0, float("nan"), 3.0, float("inf")):
        sums.add(torch.tensor(1.0), {"fine": torch.tensor(1.0)})
        sums.add(torch.tensor(loss), {"loss": torch.tensor(loss)})
        sums.end_step()
    with pytest.raises(Failure) as error:
        check_losses(sums, "stage-1", step=45)
    [problem] = error.value.problems
    assert problem.where == "phase 'stage-1', step 43"
    assert problem.what == "the loss is no longer a finite number (loss)"
    assert sums.means()["fine"] == 1.0


def test_a_metric_is_averaged_over_the_times_that_it_was_told() -> None:
    """A critic's is told several times a step, and some are looked at in few steps alone."""
    sums = Sums()
    for step in range(4):
        for value in (1.0, 2.0, 3.0):
            sums.add(torch.tensor(0.0), {"critic": torch.tensor(value)})
        if step == 2:
            sums.add(torch.tensor(0.0), {"seldom": torch.tensor(0.5)})
        sums.end_step()
    assert sums.means() == {"critic": 2.0, "seldom": 0.5}


def can_mount() -> bool:
    test = "mount -t tmpfs -o size=1m tmpfs /mnt"
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", test]
    try:
        return subprocess.run(command, capture_output=True, timeout=20).returncode == 0
    except OSError:
        return False


def run_on_a_small_disk(workshop: Workshop, folder: Path, size: str, *script: str) -> Done:
    """Run a shell script with a file system of `size` mounted at a folder, for it alone."""
    folder.mkdir(exist_ok=True)
    mount = f'mount -t tmpfs -o size={size} tmpfs "$0" && {"; ".join(script)}'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(folder)],
        cwd=workshop.folder,
        env=dict(workshop.environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(not can_mount(), reason="a file system of one's own needs user namespaces")
def test_a_full_disk_leaves_the_checkpoint_before_and_says_so(
    workshop: Workshop, reference: Path
) -> None:
    """The disk takes one checkpoint, not two; what is looked at is copied off it in the end."""
    size = sum(
        f.stat().st_size for f in (reference / "checkpoints" / "000000024-stage-1").iterdir()
    )
    folder, out = workshop.folder / "small disk", workshop.folder / "off the small disk"
    command = [sys.executable, "-c", COMMAND, *training("small disk/run")]
    quoted = " ".join(f"'{word}'" for word in command)
    done = run_on_a_small_disk(
        workshop,
        folder,
        f"{int(size * 1.7)}",
        f"{quoted}; code=$?",
        f"cp -r '{folder}/run' '{out}'",
        "exit $code",
    )
    assert done.code == 1, done.stderr
    *_, error = done.stderr.splitlines()
    assert "cannot be written" in error
    assert "No space left on device" in error
    assert "Traceback" not in done.stderr
    assert names(out) == ["000000024-stage-1"], "no partial one is left"
    assert f"the last good checkpoint is small disk/run/checkpoints/{names(out)[0]}" in error
    assert error.endswith("make room and resume")
    checkpoint, problems = newest_checkpoint(out / "checkpoints")
    assert checkpoint is not None
    assert problems == []
    assert checkpoint.step == 3


LIMITED = """\
import resource, sys
from painterkit.cli.app import main
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.exit(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_file_that_may_not_grow_leaves_the_checkpoint_before(
    workshop: Workshop, reference: Path
) -> None:
    """The limit lies between the files of the first phase and those of the second, which hold
    the average of a larger stage."""
    sizes = {
        name: max(f.stat().st_size for f in (reference / "checkpoints" / name).iterdir())
        for name in ("000000120-stage-1", "000000152-stage-2")
    }
    first, second = sizes.values()
    assert first < second
    limit = (first + second) // 2
    process = subprocess.run(
        [sys.executable, "-c", LIMITED.format(limit=limit), *training("limited")],
        cwd=workshop.folder,
        env=dict(workshop.environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert process.returncode == 1, process.stderr
    error = process.stderr.splitlines()[-1]
    assert "000000152-stage-2   cannot be written" in error
    assert "the last good checkpoint is limited/checkpoints/000000128-stage-1" in error
    assert names(workshop.folder / "limited") == ["000000120-stage-1", "000000128-stage-1"]
    assert load_checkpoint(workshop.folder / "limited/checkpoints/000000128-stage-1").phase == 1
    done = workshop.run("train", "--resume", "limited")
    assert done.code == 0, done.stderr


def test_texts_whose_list_cannot_be_written_are_a_failure(tmp_path: Path) -> None:
    encoder = HashedWords(8)
    TextCache(tmp_path, encoder).add(["a face"])
    [index] = (tmp_path / "texts").glob("*.json")
    index.unlink()
    index.mkdir()
    with pytest.raises(Failure, match=f"cannot hold {index.name}.*PAINTERKIT_CACHE"):
        TextCache(tmp_path, encoder).add(["a face"])
    assert not list(tmp_path.rglob("*.partial"))
    index.rmdir()
    again = TextCache(tmp_path, encoder)
    again.add(["a face"])
    assert again.missing(["a face"]) == []
