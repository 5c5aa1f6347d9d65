"""check and train --dry-run: what is known of a training before it begins."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from .conftest import Run, Trained

pytestmark = pytest.mark.usefixtures("at_work")

MISFIT = "phases.only.step.resolutions=[64]"
WARNED = (
    "small.toml: nothing is wrong but what is warned of; 'painterkit train' will refuse it until "
    "that is put right"
)
MISFIT_ERROR = {
    "where": "phases.only.step",
    "what": "the generator draws no picture of 64 px; it draws 32",
    "hint": "",
}


def test_a_recipe_that_is_right(run: Run) -> None:
    done = run("check", "small.toml")
    assert (done.code, done.stdout, done.errors) == (0, "", ["small.toml: nothing is wrong"])
    done = run("check", "small.toml", "--json")
    assert json.loads(done.stdout) == {"fits": True, "problems": [], "warnings": []}
    assert done.stderr == ""


def test_a_shipped_recipe_is_checked_by_name(run: Run) -> None:
    assert run("check", "tiny").errors == ["tiny: nothing is wrong"]


def test_all_problems_of_the_keys_at_once_with_their_places(run: Run) -> None:
    Path("wrong.toml").write_text(Path("small.toml").read_text().replace("batch = 8", "bacth = 8"))
    done = run("check", "wrong.toml", "--set", "seed=x")
    assert done.code == 2
    line = Path("wrong.toml").read_text().splitlines().index("bacth = 8") + 1
    assert f"error: wrong.toml line {line}   phases.only.bacth   unknown key; " in done.stderr
    assert "error: --set #1   seed   expected a whole number, got 'x' (text)" in done.errors
    assert all(line.startswith("error: ") for line in done.errors)
    facts = json.loads(run("check", "wrong.toml", "--set", "seed=x", "--json").stdout)
    assert facts["fits"] is False
    assert len(facts["problems"]) == len(done.errors)


def test_parts_that_do_not_fit(run: Run) -> None:
    done = run("check", "small.toml", "--set", MISFIT)
    assert done.code == 2
    assert done.errors[0] == f"error: {MISFIT_ERROR['where']}   {MISFIT_ERROR['what']}"
    done = run("check", "small.toml", "--set", MISFIT, "--json")
    assert done.code == 2
    assert json.loads(done.stdout)["problems"][0] == MISFIT_ERROR


def test_missing_data_is_a_warning_here_and_an_error_in_train(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(distribution: str) -> str:
        raise PackageNotFoundError(distribution)

    # The extra cannot be taken away for a test: what asks whether it is there is told no.
    monkeypatch.setattr("painterkit_avatars.drawing.version", version)
    done = run("check", "small.toml")
    assert (done.code, done.stdout) == (0, "")
    warning, verdict = done.errors
    assert warning.startswith("warning: ")
    assert "painterkit[avatars]" in warning
    assert verdict == WARNED
    assert len(json.loads(run("check", "small.toml", "--json").stdout)["warnings"]) == 1

    done = run("train", "small.toml", "--out", "no-data")
    assert done.code == 1
    assert done.errors == [warning.replace("warning: ", "error: ")]
    assert not Path("no-data").exists()


def test_a_file_of_weights_that_is_missing_is_a_warning_here_and_an_error_in_train(
    run: Run,
) -> None:
    encoder = ("--set", "parts.caption_encoder={use='char-cnn-rnn', file='gone.pth'}")
    done = run("check", "small.toml", *encoder)
    warning, verdict = done.errors
    assert (done.code, verdict) == (0, WARNED)
    assert warning.startswith("warning: gone.pth   there is no such file of weights; ")
    [told] = json.loads(run("check", "small.toml", "--json", *encoder).stdout)["warnings"]
    assert (told["where"], told["what"]) == ("gone.pth", "there is no such file of weights")
    done = run("train", "small.toml", "--out", "no-weights", *encoder)
    assert (done.code, done.errors) == (1, [warning.replace("warning: ", "error: ")])


def test_weights_that_cannot_be_taken_are_a_warning_here_and_an_error_in_train(
    run: Run, trained: Trained
) -> None:
    sets = (
        "--set=weights.generator=runs/gone",
        '--set=weights={"discriminators.32" = "runs/small-0001"}',
        "--set=parts.discriminators.32.channels=4",
    )
    gone, misfit = "weights.generator (runs/gone)", 'weights."discriminators.32" (runs/small-0001'
    done = run("check", "small.toml", *sets)
    *warnings, verdict = done.errors
    assert (done.code, verdict) == (0, WARNED)
    assert [line.partition("   ")[0] for line in warnings] == [
        f"warning: {gone}",
        f"warning: {misfit}/checkpoints/000000320-only)",
    ]
    assert "   there is no such folder; runs here: runs/" in warnings[0]
    assert "   does not fit 'discriminators.32': of another shape is " in warnings[1]
    told = json.loads(run("check", "small.toml", "--json", *sets).stdout)["warnings"]
    assert [one["where"][: len(gone)] for one in told] == [gone, misfit[: len(gone)]]

    done = run("train", "small.toml", "--dry-run", *sets)
    assert (done.code, done.errors) == (0, warnings)
    assert "TAKEN FROM" in done.stdout
    done = run("train", "small.toml", "--out", "no-weights", *sets)
    assert (done.code, done.errors) == (1, [w.replace("warning: ", "error: ") for w in warnings])
    assert not Path("no-weights").exists()


def test_names_that_take_weights_and_are_wrong_are_errors(run: Run) -> None:
    Path("taking.toml").write_text(
        'painterkit = 1\nname = "taking"\nextends = "small"\n\n[weights]\n'
        'generator.seed = "runs/small-0001"\n'
    )
    done = run("check", "taking.toml")
    assert (done.code, done.errors) == (
        2,
        [
            "error: taking.toml line 6   weights.generator   is a table: a name with dots needs "
            'quotes; write weights."generator.seed"'
        ],
    )
    done = run("check", "small.toml", "--set", 'weights={ "generater" = "runs/small-0001" }')
    assert (done.code, done.errors) == (
        2,
        [
            "error: weights.generater   no parameter or buffer is named 'generater' or stands "
            "under it; did you mean 'generator'?"
        ],
    )


def test_a_dry_run_says_what_would_be_trained_and_leaves_nothing(run: Run) -> None:
    before = sorted(Path().rglob("*"))
    done = run("train", "small.toml", "--dry-run", "--set", "phases.only.batch=16")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "small: 64 conversations of avatars to train on, 32 held out, pictures of 32 px.\n"
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["only", "adversarial", "40", "16", "640"] in rows
    assert ["caption_encoder", "hashed-words", "0"] in rows

    plan = json.loads(
        run("train", "small.toml", "--dry-run", "--json", "--set", "phases.only.batch=16").stdout
    )
    [phase] = plan["phases"]
    assert (phase["steps"], phase["images"], phase["batch"]) == (40, 640, 16)
    sizes = {part["name"]: part["parameters"] for part in plan["parts"]}
    assert phase["trained"] + phase["frozen"] == sum(sizes.values())
    assert {"train pictures", "validation pictures"} <= {one["what"] for one in plan["cache"]}
    assert sorted(Path().rglob("*")) == before
