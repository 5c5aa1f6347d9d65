"""train: from a recipe to a run, interrupted and resumed, as a person does it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest

from painterkit.cli.next_command import draw_command

from .conftest import Run, Trained, cache_of, command_line, environment


def test_a_training_says_where_its_run_is_and_what_to_do_next(trained: Trained) -> None:
    run = "runs/small-0001"
    first, *middle, last, hint = trained.said.errors
    assert trained.said.stdout == ""
    assert (first, last) == (f"run: {run}", f"trained: {run}")
    assert hint.startswith(f"draw with it: painterkit generate {run} --caption '")
    assert "preparing pictures  64/64" in middle
    assert any(line.startswith("encoding texts") for line in middle)
    assert "phase only: 40 steps" in middle
    [end] = [line for line in middle if line.startswith("only  step 40/40  320 images")]
    assert " img/s  eta 0:00  discriminator.matching " in end
    assert " generator.kl " in end


def test_a_painter_that_reads_no_caption_is_told_a_turn(turns_run: Path) -> None:
    assert draw_command(Path("face"), turns_run).startswith("painterkit generate face --turn ")


def test_a_run_remembers_how_it_was_made(trained: Trained) -> None:
    facts = json.loads((trained.run / "run.json").read_text())
    assert facts["arguments"] == ["train", "small.toml"]
    assert facts["recipe"] == "small.toml"
    assert {"painterkit", "python", "torch", "platform", "started", "set"} <= set(facts)
    assert "standard" in [plugin["name"] for plugin in facts["plugins"]]
    log = [json.loads(line) for line in (trained.run / "log.jsonl").read_text().splitlines()]
    assert [entry["event"] for entry in log] == ["phase", "tick", "tick", "drawn"]
    assert log[-2]["step"] == log[-2]["steps"] == 40
    drawn = {"event": "drawn", "images": 320, "path": "samples/000000320.png"}
    assert log[-1] == {"time": log[-1]["time"], **drawn}
    assert [entry["time"] for entry in log] == sorted(entry["time"] for entry in log)
    assert (trained.run / log[-1]["path"]).is_file()


def test_a_finished_run_is_not_trained_again(trained: Trained, at_work: Path, run: Run) -> None:
    log = (trained.run / "log.jsonl").read_text()
    done = run("train", "--resume", "runs/small-0001", "--json")
    assert done.code == 0
    assert json.loads(done.stdout) == {"run": "runs/small-0001", "outcome": "already finished"}
    assert "runs/small-0001 is trained already" in done.errors
    assert (trained.run / "log.jsonl").read_text() == log


def test_a_training_says_which_weights_it_took_and_its_run_remembers_them(
    trained: Trained, at_work: Path, run: Run
) -> None:
    took = ["--set=weights.generator=runs/small-0001", "--set=phases.only.until.steps=1"]
    done = run("train", "small.toml", "--out", "taking", *took)
    assert done.code == 0, done.stderr
    from_where = Path("runs/small-0001/checkpoints/000000320-only")
    assert f"weights of 'generator' taken from {from_where}" in done.errors
    recipe = tomllib.loads((at_work / "taking" / "recipe.toml").read_text())
    assert recipe["weights"] == {"generator": "runs/small-0001"}


def interrupted(arguments: list[str], cwd: Path, when: str, number: int) -> tuple[int, list[str]]:
    """Start a training, send it a signal once a line on stderr starts with `when`."""
    process = subprocess.Popen(
        command_line("train", *arguments),
        cwd=cwd,
        env=environment(cache_of(cwd)),
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests may have Ctrl-C ignored, as a shell's background job has.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr is not None
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line.rstrip("\n"))
        if line.startswith(when):
            break
    process.send_signal(number)
    _, rest = process.communicate(timeout=60)
    return process.returncode, [*lines, *rest.splitlines()]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_training_is_interrupted_and_the_printed_command_goes_on(
    trained: Trained, at_work: Path, run: Run
) -> None:
    start = ["small.toml", "--out", "long run", "--set", "phases.only.until.steps=160"]
    go_on = "to go on: painterkit train --resume 'long run'"
    checkpoints = at_work / "long run" / "checkpoints"

    # Before the first step there is nothing to save.
    code, said = interrupted(start, at_work, "run:", signal.SIGTERM)
    assert (code, said) == (
        130,
        [
            "run: long run",
            f"stopped at once; what came after the last checkpoint is lost; {go_on}",
        ],
    )
    assert not checkpoints.exists()

    code, said = interrupted(["--resume", "long run"], at_work, "only  step", signal.SIGINT)
    assert (code, said[-1]) == (130, f"stopped and saved; {go_on}")
    assert said[:2] == ["run: long run", "no checkpoint yet: starting over"]
    assert "stopping after this step and saving; once more stops at once" in said
    [checkpoint] = checkpoints.iterdir()
    saved = json.loads((checkpoint / "state.json").read_text())["step"]
    assert 20 < saved < 160

    done = run("train", "--resume", "long run")
    assert done.code == 0, done.stderr
    assert done.errors[1] == f"going on after {saved * 8:,} images, in phase 'only'"
    assert "trained: long run" in done.errors
    text = (at_work / "long run" / "log.jsonl").read_text()
    log = [json.loads(line) for line in text.splitlines()]
    assert [entry["event"] for entry in log].count("resumed") == 2
    ticks = [entry["step"] for entry in log if entry["event"] == "tick"]
    assert ticks == sorted(set(ticks))
    assert ticks[-1] == 160


SLOW_PLUGIN = """
import sys
import time
from attrs import frozen
from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role

@frozen
class Settings:
    "Take long to build."

def build(settings, context):
    print("building", file=sys.stderr, flush=True)
    time.sleep(60)

@hookimpl
def painterkit_components():
    return [Component(Role.DIALOGUE_ENCODER, "slow", Settings, "slow_plugin:build")]
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_training_is_interrupted_before_there_is_a_run(
    trained: Trained, at_work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_plugin.py").write_text(SLOW_PLUGIN)
    metadata = tmp_path / "slow-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[painterkit.plugins]\nslow = slow_plugin\n")
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    monkeypatch.setenv("PYTHONPATH", path)
    arguments = ["small.toml", "--out", "too-early", "--set", "parts.dialogue_encoder=slow"]
    code, said = interrupted(arguments, at_work, "building", signal.SIGINT)
    assert (code, said) == (130, ["building", "stopped before the training began"])
    assert not (at_work / "too-early").exists()


def test_a_folder_that_holds_a_run_is_not_overwritten(
    trained: Trained, at_work: Path, run: Run
) -> None:
    done = run("train", "small.toml", "--out", "runs/small-0001")
    assert done.code == 2
    assert done.errors == [
        "error: runs/small-0001   holds a run already; go on with it by 'painterkit train "
        "--resume runs/small-0001', or give another folder (--out)"
    ]


def test_a_recipe_that_does_not_fit_leaves_no_run(at_work: Path, run: Run) -> None:
    done = run(
        "train", "small.toml", "--out", "misfit", "--set", "phases.only.step.resolutions=[64]"
    )
    assert done.code == 2
    assert done.errors[0] == (
        "error: phases.only.step   the generator draws no picture of 64 px; it draws 32"
    )
    assert not (at_work / "misfit").exists()


def test_a_resume_of_nothing(at_work: Path, run: Run) -> None:
    done = run("train", "--resume", "runs/gone")
    assert done.code == 2
    assert len(done.errors) == 1
    assert done.errors[0].startswith("error: runs/gone   there is no such folder")
    assert not (at_work / "runs" / "gone").exists()
