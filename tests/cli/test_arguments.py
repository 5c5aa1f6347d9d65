"""What is refused before any work begins, and in which words."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .conftest import Run

WORDS = ("--caption", "a smiling woman")
SENTENCE = "a woman with red hair and glasses " * 12


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("train",),
            "there is no recipe to train; give one of 'painterkit recipes', a .toml file, or "
            "--resume RUN",
        ),
        (
            ("train", "tiny", "--resume", "runs/tiny-0001"),
            "--resume   goes on with the run's own recipe, so it is not given with a recipe; "
            "write: painterkit train --resume runs/tiny-0001",
        ),
        (
            ("train", "--resume", "my runs/a", "--out", "b", "--set", "seed=1", "--dry-run"),
            "--resume   goes on with the run's own recipe, so it is not given with --out and "
            "--set and --dry-run; write: painterkit train --resume 'my runs/a'",
        ),
        (
            ("train", "chatpainter_rnm"),
            "no recipe is named 'chatpainter_rnm'; did you mean 'chatpainter_rnn'?",
        ),
        (
            ("train", "mine.toml"),
            "there is no file mine.toml; there is no .toml file in .; 'painterkit recipes' lists "
            "what has a name",
        ),
        (
            ("check", "chatpainter_rnn", "--set", "parts.generator={use='df-gan'"),
            "--set #1   parts.generator   expected a table or an array as TOML writes it, got "
            "\"{use='df-gan'\"; look for a bracket, a comma or a quote that is missing",
        ),
        (("check", ".."), ".. is a folder, not a recipe"),
        (
            ("train", "chatpainter_rnn", "--set", "sed=1"),
            "--set #1   sed   unknown key; did you mean 'seed'?",
        ),
        (
            ("generate", "x", "--turn", "", "--turn", "hair colour: black"),
            "--turn #1   is empty; say something in it, or leave it out",
        ),
        (
            ("generate", "x", "--caption", " ", "--turn", "red", "--turn", " "),
            "--turn #2   is empty; say something in it, or leave it out",
        ),
        (
            ("generate", "x", *WORDS, "--out", "face.gif"),
            "face.gif   ends in '.gif'; give a file that ends in .png or .jpg or .jpeg or .webp",
        ),
        (
            ("generate", "x", *WORDS, "--out", "face"),
            "face   has no suffix; give a file that ends in .png or .jpg or .jpeg or .webp",
        ),
        (
            ("generate", "x", *WORDS, "--out", "a/b/face.png"),
            "a/b/face.png   cannot be written: there is no folder a; make the folder a first, or "
            "give another --out",
        ),
        (
            ("export", "runs/x", "--out", "x.pt"),
            "x.pt   ends in '.pt'; give a file that ends in .safetensors",
        ),
        (
            ("evaluate", "runs/x", "--metric", "atribute-accuracy"),
            "no metric is named 'atribute-accuracy'; did you mean 'attribute-accuracy'?",
        ),
        (
            ("evaluate", "runs/x", "--set", "attribute-accuracy.sead=1"),
            "--set #1   attribute-accuracy.sead   unknown key; did you mean 'seed'?",
        ),
        (
            ("evaluate", "runs/x", "--set", "seed=1"),
            "--set #1   seed   no metric of this name is measured here; known: attribute-accuracy",
        ),
        (
            ("evaluate", "runs/x", "--metric", "inception-score"),
            "inception-score.weights   missing; it has no default: Path of the file of weights, a "
            "state_dict in .pth format. Nothing is downloaded.",
        ),
    ],
)
def test_a_wrong_argument_is_told_at_once(
    arguments: tuple[str, ...], sentence: str, run: Run, here: Path
) -> None:
    done = run(*arguments)
    assert (done.code, done.stdout, done.errors) == (2, "", [f"error: {sentence}"])
    assert list(here.iterdir()) == []


def test_a_run_is_no_recipe(run: Run, here: Path) -> None:
    (here / "runs" / "a").mkdir(parents=True)
    (here / "runs" / "a" / "recipe.toml").write_text("")
    done = run("train", "runs/a")
    assert done.code == 2
    assert done.errors == [
        "error: runs/a   is a run, not a recipe; to go on with it, write: painterkit train "
        "--resume runs/a"
    ]


def test_places_that_cannot_be_written(run: Run, here: Path) -> None:
    (here / "folder.png").mkdir()
    (here / "file").write_text("")
    done = run("generate", "x", *WORDS, "--out", "folder.png")
    assert done.errors == [
        "error: folder.png   is a folder, not a file; give a file in it, such as "
        "folder.png/face.png"
    ]
    done = run("generate", "x", *WORDS, "--out", "file/face.png")
    assert done.errors == [
        "error: file/face.png   cannot be written: file is no folder; give another --out"
    ]
    assert done.code == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(run: Run, here: Path) -> None:
    folder = here / "locked"
    folder.mkdir(mode=0o500)
    done = run("generate", "x", *WORDS, "--out", "locked/face.png")
    assert done.errors == [
        "error: locked/face.png   cannot be written: locked is read-only; give another --out"
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", SENTENCE, *WORDS),
        ("chat", SENTENCE),
        ("evaluate", SENTENCE),
        ("export", SENTENCE),
        ("export", SENTENCE, "--out", "x.safetensors"),
        ("train", SENTENCE),
        ("train", f"{SENTENCE}.toml"),
        ("train", "--resume", SENTENCE),
        ("check", SENTENCE),
        ("data", "check", SENTENCE),
        ("faces", "--out", f"{SENTENCE}/faces.png"),
        ("generate", "x", *WORDS, "--out", f"{SENTENCE}.png"),
        ("generate", "x", *WORDS, "--out", f"{SENTENCE}/face.png"),
    ],
)
def test_a_sentence_is_no_path(arguments: tuple[str, ...], run: Run, here: Path) -> None:
    done = run(*arguments)
    assert (done.code, len(done.errors)) == (2, 1)
    assert "should not have happened" not in done.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("told", "content"),
    [("not valid TOML", b"painterkit = = 1"), ("is not UTF-8 text", b'name = "\xff"')],
)
@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "broken", *WORDS),
        ("export", "broken"),
        ("evaluate", "broken"),
        ("train", "--resume", "broken"),
    ],
)
def test_a_run_whose_recipe_is_broken(
    arguments: tuple[str, ...], told: str, content: bytes, run: Run, here: Path
) -> None:
    (here / "broken").mkdir()
    (here / "broken" / "recipe.toml").write_bytes(content)
    done = run(*arguments)
    [sentence] = done.errors
    assert done.code == 2
    assert sentence.startswith("error: broken/recipe.toml ")
    assert told in sentence


NOBODY = "~nobody-of-this-name"


@pytest.mark.parametrize(
    ("where", "arguments"),
    [
        ("jsonl.folder", ("data", "check", ".", "--as", "jsonl", "--set", f"folder={NOBODY}")),
        ("cub.folder", ("data", "check", ".", "--as", "cub", "--set", f"folder={NOBODY}/x")),
        (
            "coco-visdial.folder",
            ("data", "check", ".", "--as", "coco-visdial", "--set", f"folder={NOBODY}"),
        ),
        (
            f"weights.generator ({NOBODY}/run)",
            ("check", "tiny", "--set", f"weights.generator={NOBODY}/run"),
        ),
        *(
            (
                f"parts.caption_encoder ({name}.{key})",
                (
                    "check",
                    "tiny",
                    "--set",
                    f'parts.caption_encoder={{use="{name}",{key}="{NOBODY}"}}',
                ),
            )
            for name, key in (
                ("sentence-transformer", "model"),
                ("char-cnn-rnn", "file"),
                ("skip-thought", "folder"),
            )
        ),
    ],
)
def test_a_path_in_nobodys_home(
    where: str, arguments: tuple[str, ...], run: Run, here: Path
) -> None:
    done = run(*arguments)
    told = f"{where}   there is no home folder for '{NOBODY}'; write the whole path"
    assert told in done.stderr
    assert "should not have happened" not in done.stderr


def test_a_cache_in_nobodys_home(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAINTERKIT_CACHE", NOBODY)
    told = f"there is no home folder for '{NOBODY}'; write the whole path"
    done = run("check", "tiny")
    assert (done.code, done.errors) == (2, [f"error: PAINTERKIT_CACHE   {told}"])
    done = run("doctor", "--json")
    found = {one["name"]: one for one in json.loads(done.stdout)}
    assert done.code == 1
    assert (found["cache"]["state"], found["cache"]["found"]) == (
        "failed",
        f"PAINTERKIT_CACHE   {told}",
    )


def test_a_wrong_reference_leaves_no_folder_behind(run: Run, here: Path) -> None:
    done = run("generate", "no-such-run", *WORDS, "--out", "new/face.png")
    assert done.code == 2
    assert list(here.iterdir()) == []
    [sentence] = done.errors
    assert sentence.startswith(
        "error: no-such-run   there is no such folder; train one with 'painterkit train RECIPE'"
    )
