"""A training that is killed, at any moment, ends in the very bits of one that never was."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from ..conftest import BOUNDARY, END, Workshop, differences, tensors_of, training, wait_until

Kill = Callable[[subprocess.Popen[str], Path], None]


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def checkpoints(run: Path) -> set[str]:
    return {path.name for path in (run / "checkpoints").glob("[0-9]*")}


def partial(run: Path) -> list[Path]:
    return list((run / "checkpoints").glob(".*.partial"))


def while_pictures_are_prepared(process: subprocess.Popen[str], run: Path) -> None:
    cache = run.parent / "cache of the killed"
    wait_until(lambda: any(cache.glob(".*.tmp")), process, "its pictures")
    kill(process)
    assert not checkpoints(run)


def before_any_checkpoint(process: subprocess.Popen[str], run: Path) -> None:
    log = run / "log.jsonl"
    wait_until(lambda: log.is_file() and b'"phase"' in log.read_bytes(), process, "its first phase")
    kill(process)


def in_a_write(phase: str) -> Kill:
    """Kill it when a checkpoint of a phase is half written: stopped first, to be sure of it."""

    def wait_and_kill(process: subprocess.Popen[str], run: Path) -> None:
        done = checkpoints(run)
        while True:
            wait_until(lambda: bool(partial(run)), process, f"a write in {phase}")
            process.send_signal(signal.SIGSTOP)
            [*left] = partial(run)
            if left and phase in left[0].name and checkpoints(run) != done:
                kill(process)
                assert partial(run) == left, "it was whole when it was killed"
                return
            process.send_signal(signal.SIGCONT)

    return wait_and_kill


def when_there_is(name: str) -> Kill:
    def wait_and_kill(process: subprocess.Popen[str], run: Path) -> None:
        wait_until(lambda: name in checkpoints(run), process, name)
        kill(process)

    return wait_and_kill


def between_checkpoints(process: subprocess.Popen[str], run: Path) -> None:
    """Kill it some steps after a checkpoint of the second phase."""
    wait_until(lambda: any("stage-2" in name for name in checkpoints(run)), process, "stage-2")
    seen = checkpoints(run)
    wait_until(lambda: checkpoints(run) != seen and not partial(run), process, "another")
    kill(process)


MOMENTS: list[Kill] = [
    while_pictures_are_prepared,
    before_any_checkpoint,
    in_a_write("stage-1"),
    when_there_is(BOUNDARY),
    in_a_write("stage-2"),
    between_checkpoints,
]


def test_a_training_killed_again_and_again_ends_in_the_same_bits(
    workshop: Workshop, reference: Path
) -> None:
    """It is resumed after each kill, and each checkpoint on the way has the bits of the run that
    was never killed. It has a cache of its own, as it is first killed while that is made."""
    run, cache = workshop.folder / "killed", workshop.folder / "cache of the killed"
    arguments = training("killed")
    for moment in MOMENTS:
        process = workshop.start(*arguments, cache=cache)
        moment(process, run)
        for name in checkpoints(run):
            found = tensors_of(run / "checkpoints" / name)
            assert differences(found, tensors_of(reference / "checkpoints" / name)) == [], name
        arguments = ["train", "--resume", "killed"]
    done = workshop.run(*arguments, cache=cache)
    assert done.code == 0, done.stderr
    found, expected = (tensors_of(one / "checkpoints" / END) for one in (run, reference))
    assert len(found) > 100
    assert differences(found, expected) == []
    assert partial(run) == [], "what was half written is removed"
    assert len(checkpoints(run)) == 2
    for grid in (reference / "samples").iterdir():
        assert (run / "samples" / grid.name).read_bytes() == grid.read_bytes(), grid.name


def test_a_run_that_is_being_trained_is_left_alone(workshop: Workshop) -> None:
    run = workshop.folder / "busy"
    process = workshop.start(*training("busy"))
    wait_until(lambda: (run / "log.jsonl").is_file(), process, "its log")
    process.send_signal(signal.SIGSTOP)
    done = workshop.run("train", "--resume", "busy")
    process.send_signal(signal.SIGCONT)
    assert done.code == 1
    assert "error: busy   is being trained by another process" in done.stderr
    kill(process)
    assert workshop.run("train", "--resume", "busy").code == 0
