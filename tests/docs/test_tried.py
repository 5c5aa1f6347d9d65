"""The commands and the Python of the pages, tried in the order in which a reader does."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from torch import nn

from painterkit.assembly import assemble
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.schema import Phase

from ..small_inception import write_inception
from .conftest import Done, Run
from .pages import ROOT, Block, Command, blocks, commands, page, tables

TUTORIAL = "docs/tutorials/first_painter.md"
SLOW = ("train", "evaluate")
TRIED = {"runs/first", "runs/demo", "runs/shapes", "runs/tiny_dfgan", "runs/dcgan"}
"""The runs that are trained and measured here, as they are small."""


def follow(name: str, run: Run, languages: tuple[str, ...] = ("sh", "python", "text")) -> None:
    """Do what a page says, block by block; a block of `text` is part of the last output."""
    last: Done | None = None
    for block in blocks(page(name)):
        if block.language not in languages:
            continue
        if block.language == "sh":
            for command in commands(block):
                last = do(command, run) or last
        elif block.language == "python":
            execute(block)
        else:
            assert last is not None
            said = [line.rstrip() for line in (last.stdout + last.stderr).splitlines()]
            for line in filter(None, block.text.splitlines()):
                assert line.rstrip() in said


def do(command: Command, run: Run) -> Done | None:
    """Run one command, unless it is not painterkit's or trains for longer than a test may."""
    if not command.is_painterkit:
        return None
    words = command.arguments
    if words[0] in SLOW and not {"tiny", "--dry-run", *TRIED} & set(words):
        return None
    done = run(*words)
    assert done.code == command.code, (words, done.stderr)
    if command.into:
        Path(command.into).write_text(done.stdout)
    return done


def execute(block: Block, names: dict[str, Any] | None = None) -> None:
    """Run a block of Python, by itself or after others with the `names` that these made."""
    names = {} if names is None else names
    names["__name__"] = "tried"
    exec(compile(block.text, f"after {block.before!r}", "exec"), names)


def test_the_tutorial(at_work: Path, run: Run) -> None:
    follow(TUTORIAL, run)
    for name in ("recipe.toml", "run.json", "log.jsonl", "samples", "checkpoints", "evaluation"):
        assert name in page(TUTORIAL)
        assert (at_work / "runs" / "first" / name).exists()
    for name in ("face.png", "men-01.png", "men-02.png", "men-03.png", "man.png"):
        assert name in page(TUTORIAL)
        assert Image.open(at_work / name).size == (32, 32)
    assert (at_work / "first.safetensors").is_file()


def test_the_readme(at_work: Path, trained: Path, run: Run) -> None:
    (at_work / "face.png").unlink(missing_ok=True)
    follow("README.md", run, ("sh",))
    by_command = Image.open(at_work / "face.png").tobytes()
    (at_work / "face.png").unlink()
    [block] = [b for b in blocks(page("README.md")) if "load_painter" in b.text]
    execute(block)
    assert Image.open(at_work / "face.png").tobytes() == by_command


@pytest.mark.parametrize(
    "name",
    ["docs/how-to/swap_a_part.md", "docs/how-to/choose_losses.md", "docs/explanation/recipes.md"],
)
def test_a_page_about_recipes(name: str, run: Run) -> None:
    follow(name, run)


def test_another_base(at_work: Path, run: Run) -> None:
    name = "docs/how-to/swap_the_base.md"
    follow(name, run)
    assert Image.open(at_work / "bald.png").size == (32, 32)
    plugins = load_plugins()
    for cell, generator, judges, before in tables(page(name))[-1][1:]:
        recipe = load_recipe(cell.strip("`"), plugins).recipe
        parts = assemble(recipe, plugins.registry, device="meta").parts
        # One that learns in two phases is named once.
        trained = {one: None for phase in recipe.phases[:-1] for one in encoders_trained(phase)}
        assert generator == f"{size(parts.generator):,}"
        assert judges == f"{size(parts.discriminators):,}"
        assert before == ", ".join(f"`{name}`" for name in trained)


def size(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters())


def encoders_trained(phase: Phase) -> list[str]:
    names = [name for optimizer in phase.optimizers.values() for name in optimizer.train]
    return [name for name in names if name.endswith("_encoder")]


def test_a_painter_without_a_recipe(
    at_work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One program: every block has the names of those before it."""
    monkeypatch.syspath_prepend(str(at_work))
    names: dict[str, Any] = {}
    for block in blocks(page("docs/how-to/assemble_in_python.md")):
        file = re.search(r"`(\w+\.py)`:$", block.before)
        if file is not None:
            (at_work / file[1]).write_text(block.text)
        elif block.language == "python":
            execute(block, names)
        else:
            assert block.text in capsys.readouterr().out
    assert Image.open(at_work / "blots.png").size == names["picture"].size == (16, 16)
    assert all(value.isfinite() for value in names["update"].metrics.values())
    assert all(one.grad is not None for one in names["parts"].generator.seed.parameters())


def test_weights_of_another_run(at_work: Path, run: Run) -> None:
    follow("docs/how-to/take_weights.md", run)
    for name in ("second", "third", "fourth"):
        assert "[weights]" in (at_work / "runs" / name / "recipe.toml").read_text()


@pytest.mark.parametrize("recipe", ["faces", "tiny_minilm", "tiny_dfgan"])
def test_a_recipe_that_is_shown_fits(recipe: str, at_work: Path, run: Run) -> None:
    done = run("check", f"{recipe}.toml")
    assert done.code == 0, done.stderr


def test_the_inception_score(trained: Path, at_work: Path, run: Run) -> None:
    """On fewer pictures than the page has, and with random weights under the names it gives."""
    for module in ("torch_fidelity", "efficientnet_lite_pytorch"):
        pytest.importorskip(module)
    name = "docs/how-to/inception_score.md"
    write_inception(at_work / "inception_v3_google-0cc3c7bd.pth", auxiliary=True)
    write_inception(at_work / "weights-inception-2015-12-05-6726825d.pth", classes=1008)
    for block in blocks(page(name)):
        if block.language == "python":
            execute(block)
        for command in commands(block) if block.language == "sh" else ():
            if command.is_painterkit:
                done = run(*command.arguments, "--conversations", "20")
                assert done.code == 0, done.stderr
    for metric, network in (("inception-score", "tf-2015"), ("classifier-score", "lite0")):
        files = (trained / "evaluation").glob(f"{metric}-*.json")
        results = [json.loads(file.read_text()) for file in files]
        [result] = [one for one in results if network in one["rows"][0][0]]
        assert {"weights_sha256", "splits", "seed", "noise_seed"} <= set(result["protocol"])


def test_talk_with_a_painter(at_work: Path, run: Run) -> None:
    follow("docs/how-to/talk_with_a_painter.md", run)
    sizes = {Image.open(at_work / name).size for name in ("face-01.png", "face.png")}
    assert len(sizes) == 1
    assert (at_work / "face-strip.png").is_file()


def test_own_pictures(at_work: Path, run: Run) -> None:
    """With some of easy-VQA's pictures where the page has them all."""
    pytest.importorskip("easy_vqa")
    names = runpy.run_path(str(ROOT / "docs" / "examples" / "easy_vqa_to_visdial.py"))
    names["main"](at_work / "data" / "easy-vqa", 40)
    follow("docs/how-to/own_pictures.md", run)
    for name in ("circle-01.png", "circle-04.png", "square.png"):
        assert Image.open(at_work / name).size == (32, 32)
    assert len(list((at_work / "runs" / "shapes" / "evaluation").iterdir())) == 1


def test_the_base(base: Path, at_work: Path, run: Run) -> None:
    follow("docs/how-to/write_a_base.md", run, ("sh",))
    assert Image.open(at_work / "dcgan.png").size == (32, 32)


def test_the_plugin(plugin: Path, at_work: Path, run: Run) -> None:
    follow("docs/how-to/write_a_plugin.md", run, ("sh",))
    for block in blocks(page("docs/how-to/write_a_plugin.md")):
        if block.language == "python":
            execute(block)
    [block] = [
        b for b in blocks(page("docs/how-to/write_a_plugin.md")) if "check_component" in b.text
    ]
    names: dict[str, object] = {}
    exec(block.text, names)
    test = names["test_mean_conforms"]
    assert callable(test)
    test()
    heard = (at_work / "runs" / "told" / "metrics.csv").read_text().splitlines()
    assert any(line.startswith("stage-2,") and ",spread," in line for line in heard)
    assert float(run("pace", "runs/told").stdout) > 0
    assert run("pace", "nowhere").stderr == (
        "error: nowhere   has no log.jsonl; give the folder of a run\n"
    )
