"""Stopped by Ctrl-C and resumed, a training ends in the bits of one that was never stopped."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from painterkit.errors import Failure
from painterkit.interfaces.reporter import Tick
from painterkit.plugins import load_plugins
from painterkit.training.launch import Outcome, resume, train
from painterkit.training.randomness import Randomness

from ..conftest import BOUNDARY, END, Workshop, differences, tensors_of, training, wait_until


class Notes:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.ticks: list[Tick] = []

    def phase(self, name: str, done: int, steps: int) -> None:
        self.sentences.append(f"{name} {done}/{steps}")

    def tick(self, tick: Tick) -> None:
        self.ticks.append(tick)

    def note(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def drawn(self, images: int, path: Path) -> None: ...


def after(steps: int) -> Callable[[], bool]:
    """Return a `stopping` that asks to stop from the given step of this process on."""
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return asked >= steps

    return stopping


def never() -> bool:
    return False


def steps_saved(run: Path) -> list[tuple[str, int]]:
    states = [
        json.loads((path / "state.json").read_text())
        for path in sorted((run / "checkpoints").glob("[0-9]*"))
    ]
    return [(state["phase_name"], state["step"]) for state in states]


def copied(reference: Path, to: Path, checkpoints: Sequence[str]) -> Path:
    """Copy a run as if it had come to its `checkpoints` alone."""
    shutil.copytree(reference, to, ignore=shutil.ignore_patterns("0*"))
    for name in checkpoints:
        shutil.copytree(reference / "checkpoints" / name, to / "checkpoints" / name)
    return to


def test_ctrl_c_in_both_phases_saves_and_the_resumed_run_has_the_same_bits(
    workshop: Workshop, reference: Path
) -> None:
    run = workshop.folder / "interrupted"
    arguments = training("interrupted")
    for phase in ("stage-1", "stage-2"):
        process = workshop.start(*arguments)
        first_steps = f'"event": "tick", "phase": "{phase}"'
        log = run / "log.jsonl"
        wait_until(
            lambda log=log, line=first_steps: log.is_file() and line in log.read_text(),
            process,
            phase,
        )
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "to go on: painterkit train --resume interrupted" in said
        saved, step = steps_saved(run)[-1]
        assert saved == phase
        assert 3 <= step < 16
        arguments = ["train", "--resume", "interrupted"]
    done = workshop.run(*arguments)
    assert done.code == 0, done.stderr
    found, expected = (tensors_of(one / "checkpoints" / END) for one in (run, reference))
    assert differences(found, expected) == []


def test_resuming_a_finished_run_says_so_and_changes_nothing(
    workshop: Workshop, reference: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in reference.rglob("*")}
    done = workshop.run("train", "--resume", "reference")
    assert done.code == 0
    assert "reference is trained already" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in reference.rglob("*")} == before


def test_two_trainings_have_the_same_bits_whatever_ran_before_and_is_drawn_on_the_way(
    in_workshop: Workshop,
) -> None:
    ends: list[Path] = []
    for number, drawn_every in enumerate(("8", "100000")):
        recipe = in_workshop.small(samples__every__images=drawn_every)
        torch.rand(number)  # the program around it uses torch's random numbers, too
        run = in_workshop.new_run(f"twice-{number}", recipe)
        before = torch.get_rng_state()
        assert train(recipe, load_plugins(), run, [], never) is Outcome.FINISHED
        assert torch.equal(torch.get_rng_state(), before), "they were given back"
        ends.append(run / "checkpoints" / END)
    assert differences(*map(tensors_of, ends)) == []


def test_all_random_numbers_go_on_where_they_were() -> None:
    one, other = (Randomness(seed, torch.device("cpu")) for seed in (3, 4))

    def numbers(randomness: Randomness) -> list[float]:
        drawn = [torch.rand(1, generator=g) for g in (randomness.shared, randomness.local, None)]
        return [float(number) for number in drawn]

    with one.lent():
        first, state, second = numbers(one), one.state(), numbers(one)
    assert len({*first, *second}) == 6
    with other.lent():
        assert numbers(other) != first
        other.restore(state, "here")
        assert numbers(other) == second


def test_a_stop_at_a_phases_last_step_ends_the_phase(in_workshop: Workshop) -> None:
    recipe, plugins = in_workshop.small(checkpoints__every__images="100000"), load_plugins()
    run = in_workshop.new_run("stopped at the end of a phase", recipe)
    assert train(recipe, plugins, run, [], after(16)) is Outcome.STOPPED
    assert steps_saved(run) == [("stage-1", 0)]
    notes = Notes()
    assert resume(run, plugins, [notes], after(16)) is Outcome.FINISHED, "there is nothing left"
    assert notes.sentences == ["going on after 128 images, in phase 'stage-2'", "stage-2 0/16"]
    assert [path.name for path in sorted((run / "checkpoints").iterdir())] == [BOUNDARY, END]


@pytest.mark.parametrize("critic_steps", ["1", "3"])
def test_a_training_stopped_after_every_step_ends_in_the_same_bits(
    in_workshop: Workshop, critic_steps: str
) -> None:
    changes = {
        "phases__stage-1__step__critic_steps": critic_steps,
        "phases__stage-1__until__epochs": "1",
        "phases__stage-1__optimizers__generator__decay": "{ factor = 0.9, every = { steps = 1 } }",
        "phases__stage-2__until__epochs": "1",
    }
    recipe, plugins = in_workshop.small(**changes), load_plugins()
    straight = in_workshop.new_run(f"straight, {critic_steps}", recipe)
    train(recipe, plugins, straight, [], never)
    stopped = in_workshop.new_run(f"stopped at every step, {critic_steps}", recipe)
    outcomes = [train(recipe, plugins, stopped, [], after(1))]
    while outcomes[-1] is Outcome.STOPPED:
        outcomes.append(resume(stopped, plugins, [], after(1)))
    assert len(outcomes) == 16
    end = "000000128-stage-2"
    found, expected = (tensors_of(run / "checkpoints" / end) for run in (stopped, straight))
    assert differences(found, expected) == []
    assert sorted(p.name for p in (stopped / "samples").iterdir()) == sorted(
        p.name for p in (straight / "samples").iterdir()
    )


def test_an_optimizer_that_is_kept_goes_on_after_a_resume_at_the_phases_start(
    in_workshop: Workshop,
) -> None:
    table = {
        "phases__stage-2__keep_optimizers": "true",
        "phases__stage-2__optimizers__generator__train": '["generator"]',
    }
    recipe, plugins = in_workshop.small(**table), load_plugins()
    runs = [in_workshop.new_run(f"kept-{number}", recipe) for number in (1, 2)]
    train(recipe, plugins, runs[0], [], never)
    train(recipe, plugins, runs[1], [], after(16))
    resume(runs[1], plugins, [], never)
    ends = [tensors_of(run / "checkpoints" / END) for run in runs]
    assert differences(*ends) == []
    counts = {
        float(tensor)
        for name, tensor in ends[0].items()
        if name.startswith("optimizers/generator/step/generator.stage1.up")
    }
    assert counts == {32.0}, "Stage-I was stepped in both phases"


def test_a_run_begun_on_another_kind_of_device_is_refused(
    in_workshop: Workshop, reference: Path
) -> None:
    run = copied(reference, in_workshop.folder / "from a GPU", [BOUNDARY])
    file = run / "checkpoints" / BOUNDARY / "random.safetensors"
    state = torch.zeros(16, dtype=torch.uint8)
    save_file({name: state.clone() for name in ("shared", "local", "torch", "cuda")}, file)
    with pytest.raises(Failure, match="was not written by a training on the CPU") as error:
        resume(run, load_plugins(), [], never)
    assert str(file.parent) in str(error.value)
