"""generate, export, evaluate: what is done with a trained run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from .conftest import Run, Trained

RUN = "runs/small-0001"
WORDS = ("--caption", "a man with red hair", "--turn", "Does he smile? Yes.")

pytestmark = pytest.mark.usefixtures("at_work")


def test_one_picture(trained: Trained, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "new" / "face.png"
    done = run("generate", RUN, *WORDS, "--out", str(file))
    assert (done.code, done.stdout, done.stderr) == (0, f"{file}\n", "")
    with Image.open(file) as picture:
        assert (picture.size, picture.mode) == ((32, 32), "RGB")


def test_without_words_an_example_is_given(trained: Trained, run: Run, tmp_path: Path) -> None:
    done = run("generate", RUN)
    assert (done.code, done.errors) == (
        2,
        [
            "error: there are no words to draw from: no --caption and no --turn; as in: painterkit "
            f"generate {RUN} --caption 'a smiling woman with red hair'"
        ],
    )


def test_several_pictures_have_numbers_and_seeds(
    trained: Trained, run: Run, tmp_path: Path
) -> None:
    done = run(
        "generate", RUN, *WORDS, "--count", "3", "--seed", "7", "--json",
        "--out", str(tmp_path / "face.png"),
    )  # fmt: skip
    assert done.code == 0
    assert done.errors == ["drawing  1/3", "drawing  3/3"]
    files = [tmp_path / f"face-0{number}.png" for number in (1, 2, 3)]
    assert json.loads(done.stdout) == [
        {"path": str(file), "seed": seed} for file, seed in zip(files, (7, 8, 9), strict=True)
    ]
    assert sorted(tmp_path.iterdir()) == files
    assert len({file.read_bytes() for file in files}) == 3
    # A picture depends on its own seed alone.
    alone = tmp_path / "alone.png"
    run("generate", RUN, *WORDS, "--seed", "9", "--out", str(alone))
    assert alone.read_bytes() == files[2].read_bytes()


def test_an_export_draws_what_its_run_draws(trained: Trained, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "small.safetensors"
    done = run("export", RUN, "--out", str(file))
    assert (done.code, done.stdout) == (0, f"{file}\n")
    [hint] = done.errors
    assert f"draw with it: painterkit generate {file} --caption " in hint
    facts = json.loads(run("export", RUN, "--out", str(file), "--json").stdout)
    assert facts == {"path": str(file), "bytes": file.stat().st_size}

    pictures = (tmp_path / "a.png", tmp_path / "b.png")
    for reference, picture in zip((RUN, str(file)), pictures, strict=True):
        assert run("generate", reference, *WORDS, "--out", str(picture)).code == 0
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_an_export_is_named_after_its_run(
    trained: Trained, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("export", str(trained.run))
    assert done.stdout == "small-0001.safetensors\n"
    assert (tmp_path / "small-0001.safetensors").is_file()


def test_what_is_no_painter_is_refused(trained: Trained, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "picture.safetensors"
    file.write_bytes(b"not a painter at all")
    done = run("generate", str(file), *WORDS, "--out", str(tmp_path / "face.png"))
    assert done.code == 2
    assert done.errors[0].startswith(f"error: {file}   is no safetensors file")
    assert not (tmp_path / "face.png").exists()


def test_evaluate(trained: Trained, run: Run) -> None:
    done = run("evaluate", RUN, "--conversations", "16")
    assert done.code == 0, done.stderr
    name, _, head, *rows = done.stdout.splitlines()
    assert name == "attribute-accuracy"
    assert head.split()[0].isupper()
    table = rows[: rows.index("")]
    assert len(table) == 10
    values = dict(line.split() for line in rows[rows.index("") + 1 :])
    assert 0 <= float(values["mean"]) <= 1
    file = "attribute-accuracy-conversations=16.json"
    assert done.errors[-1] == f"written to {RUN}/evaluation/{file}"

    done = run("evaluate", RUN, "--conversations", "16", "--json")
    [(name, result)] = json.loads(done.stdout).items()
    assert name == "attribute-accuracy"
    assert f"{result['values']['mean']:.3f}" == values["mean"]
    assert result["protocol"]["conversations"] == 16
    written = json.loads((trained.run / "evaluation" / file).read_text())
    assert written["values"] == result["values"]


def test_evaluate_takes_settings(trained: Trained, run: Run) -> None:
    name = "attribute-accuracy"
    done = run("evaluate", RUN, "--set", f"{name}.conversations=12", "--set", f"{name}.seed=3")
    assert done.code == 0, done.stderr
    file = trained.run / "evaluation" / f"{name}-conversations=12-seed=3.json"
    written = json.loads(file.read_text())
    assert (written["protocol"]["conversations"], written["protocol"]["seed"]) == (12, 3)


def test_another_metric_is_named_where_the_usual_one_does_not_fit(
    trained: Trained, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dots").mkdir()
    for number in range(40):
        Image.new("RGB", (32, 32), (6 * number, 0, 0)).save(tmp_path / f"dots/{number}.png")
    lines = [json.dumps({"image": f"{n}.png", "caption": f"red {n}"}) for n in range(40)]
    (tmp_path / "dots" / "dots.jsonl").write_text("\n".join(lines))
    sets = ("data.use=jsonl", "data.folder=dots", "data.resolution=32", "phases.only.until.steps=1")
    options = [word for text in sets for word in ("--set", text)]
    shutil.copy(Path(os.environ["PAINTERKIT_CACHE"]).parent / "small.toml", "dots.toml")
    assert run("train", "dots.toml", "--out", "dots-run", *options).code == 0
    done = run("evaluate", "dots-run")
    assert (done.code, done.stdout) == (2, "")
    [sentence] = done.errors
    assert sentence.startswith(
        "error: --metric   attribute-accuracy, which is measured if none is named, does not fit "
        "these data; these do: classifier-score, "
    )
    assert sentence.endswith(
        "as in: painterkit evaluate dots-run --metric classifier-score --conversations 4"
    )
    assert run(*sentence.partition("as in: painterkit ")[2].split()).code == 0


def test_a_broken_checkpoint_is_told_and_an_older_one_draws(
    trained: Trained, run: Run, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(trained.run, tmp_path / "broken"))
    newest = max((copy / "checkpoints").iterdir())
    shutil.copytree(newest, newest.with_name("000000001-only"))
    weights = next(newest.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:100])
    done = run("generate", str(copy), *WORDS, "--out", str(tmp_path / "face.png"))
    assert (done.code, done.stdout) == (0, f"{tmp_path / 'face.png'}\n")
    [warning] = done.errors
    assert warning.startswith(f"warning: skipped: {newest}")
    done = run("evaluate", str(copy), "--conversations", "16")
    assert done.code == 0
    assert warning in done.errors
