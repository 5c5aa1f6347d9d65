"""Weights taken from a run or an exported file: whole, to the bit, and once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from torch import Tensor

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.checkpoints.checkpoint import checkpoint_folders, load_checkpoint
from painterkit.data.prepared import cache_folder
from painterkit.errors import Failure
from painterkit.generation.export import export
from painterkit.generation.load_painter import load_painter
from painterkit.generation.shipped import find_painter
from painterkit.plugins import load_plugins
from painterkit.recipe_file.schema import Recipe
from painterkit.trainable import named_tensors, under
from painterkit.training.launch import Outcome, resume, train
from painterkit.training.taken import find_sources, take_weights

from ..conftest import BOUNDARY, END, Workshop, differences, tensors_of

FIRST_SAVED = "000000024-stage-1"
"""A checkpoint amid the first phase: it has an average."""


def assembled(recipe: Recipe, device: str = "cpu") -> Assembly:
    registry, cache = load_plugins().registry, cache_folder()
    return assemble(recipe, registry, cache, build_dataset(recipe, registry, cache), device)


def tensors(assembly: Assembly) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in named_tensors(assembly.parts).items()}


def below(found: dict[str, Tensor], *names: str) -> dict[str, Tensor]:
    return {n: tensor for n, tensor in found.items() if any(under(n, name) for name in names)}


def cut_to(reference: Path, to: Path, *checkpoints: str) -> Path:
    """Copy a run as if it had come to its `checkpoints` alone."""
    shutil.copytree(reference, to, ignore=shutil.ignore_patterns("0*"))
    for name in checkpoints:
        shutil.copytree(reference / "checkpoints" / name, to / "checkpoints" / name)
    return to


def unfit(recipe: Recipe) -> list[str]:
    """Return what is wrong with the sources, which is the same where nothing is allocated."""
    _, found = find_sources(recipe, assembled(recipe).parts)
    assert find_sources(recipe, assembled(recipe, "meta").parts)[1] == found
    return [str(problem) for problem in found]


def test_what_is_named_is_taken_to_the_bit_and_the_rest_is_as_the_seed_makes_it(
    in_workshop: Workshop, reference: Path
) -> None:
    names = ("dialogue_encoder", "generator.stage1", "discriminators.32.trunk.1")
    sets = {f'weights."{name}"': "reference" for name in names}
    recipe = in_workshop.small(seed="5", **sets)
    assembly = assembled(recipe)
    seeded = tensors(assembly)
    said = take_weights(recipe, assembly.parts)
    assert said == [
        f"weights of '{name}' taken from {Path('reference', 'checkpoints', END)}" for name in names
    ]
    found = tensors(assembly)
    trained = load_checkpoint(reference / "checkpoints" / END).drawing()
    assert differences(below(found, *names), below(trained, *names)) == []
    changed = differences(found, seeded)
    assert {name.split(".")[0] for name in changed} == {name.split(".")[0] for name in names}
    assert set(changed) <= below(found, *names).keys()
    assert "generator.stage1.seed.1.running_mean" in changed, "buffers as well"


def test_the_average_is_taken_where_there_is_one(
    in_workshop: Workshop, reference: Path, tmp_path: Path
) -> None:
    run = cut_to(reference, tmp_path / "young", FIRST_SAVED)
    name = "generator.stage1"
    sets = {'weights."generator.stage1"': f"{run}", "weights.discriminators": f"{run}"}
    recipe = in_workshop.small(**sets)
    assembly = assembled(recipe)
    take_weights(recipe, assembly.parts)
    found, saved = tensors(assembly), load_checkpoint(run / "checkpoints" / FIRST_SAVED)
    assert differences(below(found, name), below(dict(saved.average), name)) == []
    assert differences(below(found, name), below(dict(saved.model), name)) != []
    judges = (below(one, "discriminators") for one in (found, dict(saved.model)))
    assert differences(*judges) == []


def test_a_module_is_taken_from_one_of_another_name(in_workshop: Workshop, reference: Path) -> None:
    here, there = "generator.stage2.conditioner", "generator.stage1.conditioner"
    recipe = in_workshop.small(**{f'weights."{here}"': f"reference#{there}"})
    assembly = assembled(recipe)
    [said] = take_weights(recipe, assembly.parts)
    assert said.endswith(f"{END}, '{there}' there")
    trained = load_checkpoint(reference / "checkpoints" / END).model
    taken = below(tensors(assembly), here)
    assert taken.keys() == {f"{here}.linear.weight", f"{here}.linear.bias"}
    for name, tensor in taken.items():
        assert tensor.equal(trained[name.replace(here, there)])


def test_an_exported_file_gives_what_draws(
    in_workshop: Workshop, reference: Path, tmp_path: Path
) -> None:
    file = export(reference, tmp_path / "painter.safetensors", load_plugins())
    recipe = in_workshop.small(weights__generator=f"{file}")
    assembly = assembled(recipe)
    assert take_weights(recipe, assembly.parts) == [f"weights of 'generator' taken from {file}"]
    trained = load_checkpoint(reference / "checkpoints" / END).model
    found = below(tensors(assembly), "generator")
    assert differences(found, below(dict(trained), "generator")) == []
    shipped = in_workshop.small(weights__generator="demo")
    [from_demo] = find_sources(shipped, assembled(shipped).parts)[0]
    assert from_demo.saved.origin == f"{find_painter('demo')}"
    judge = in_workshop.small(**{'weights."discriminators.32"': f"{file}"})
    assert unfit(judge) == [
        f'weights."discriminators.32" ({file})   no parameter or buffer there is named '
        "'discriminators.32' or stands under it; an exported file has what draws alone: name the "
        "run that it comes from"
    ]


@pytest.mark.usefixtures("reference")
def test_all_that_does_not_fit_is_told_at_once_and_nothing_is_taken(
    in_workshop: Workshop, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    sets = {
        "weights.dialogue_encoder": "reference",
        'weights."generator.stage2.residual"': "reference",
        'weights."generator.stage2.down"': "reference#generator.stage3",
        'weights."generator.stage2.up"': "reference",
        'weights."discriminators.32"': "reference",
        'weights."discriminators.16"': f"{gone}",
        "parts.dialogue_encoder.hidden": "12",
        "parts.generator.residual_blocks": "2",
        "parts.discriminators.32.unconditional": "false",
    }
    recipe = in_workshop.small(**sets)
    end = Path("reference", "checkpoints", END)
    misfit = "{0} ({end})   does not fit '{1}': {2}; give '{1}' the settings that it has there"
    residual, judge = "generator.stage2.residual", "discriminators.32"
    lacks = f"it lacks '{residual}.1.change.0.weight' and 11 more"
    foreign = f"it has the foreign '{judge}.unconditional.bias' and 1 more"
    shapes = "of another shape is 'dialogue_encoder.lstm.weight_ih_l0' and 7 more"
    *told, missing = unfit(recipe)
    assert told == [
        misfit.format("weights.dialogue_encoder", "dialogue_encoder", shapes, end=end),
        misfit.format(f'weights."{residual}"', residual, lacks, end=end),
        f'weights."generator.stage2.down" ({end})   no parameter or buffer there is named '
        "'generator.stage3' or stands under it; did you mean 'generator.stage2'?",
        misfit.format(f'weights."{judge}"', judge, foreign, end=end),
    ]
    assert missing.startswith(f'weights."discriminators.16" ({gone})   there is no such folder; ')
    assembly = assembled(recipe)
    seeded = tensors(assembly)
    with pytest.raises(Failure) as error:
        take_weights(recipe, assembly.parts)
    assert [str(problem) for problem in error.value.problems] == [*told, missing]
    assert differences(tensors(assembly), seeded) == []


def test_a_run_that_is_broken_or_has_saved_nothing(
    in_workshop: Workshop, reference: Path, tmp_path: Path
) -> None:
    empty = cut_to(reference, tmp_path / "empty")
    broken = cut_to(reference, tmp_path / "broken", BOUNDARY)
    (broken / "checkpoints" / BOUNDARY / "model.safetensors").write_bytes(b"")
    alien = tmp_path / "alien.safetensors"
    alien.write_bytes(b"no weights")
    names = ("generator.stage1", "generator.stage2", "dialogue_encoder")
    sources = zip(names, (empty, broken, alien), strict=True)
    recipe = in_workshop.small(**{f'weights."{name}"': f"{path}" for name, path in sources})
    nothing, cut_short, no_file = unfit(recipe)
    assert f"({empty})   has no checkpoint yet; " in nothing
    assert f"({broken / 'checkpoints' / BOUNDARY})   is not a whole checkpoint (" in cut_short
    assert f"({alien})   is no safetensors file, or it is cut short (" in no_file

    shutil.copytree(reference / "checkpoints" / FIRST_SAVED, broken / "checkpoints" / FIRST_SAVED)
    recipe = in_workshop.small(
        weights__generator=f"{broken}", weights__dialogue_encoder=f"{broken}"
    )
    skipped, *taken = take_weights(recipe, assembled(recipe).parts)
    assert skipped.startswith(f"skipped: {broken / 'checkpoints' / BOUNDARY}   is not a whole")
    older = broken / "checkpoints" / FIRST_SAVED
    assert taken == [
        f"weights of '{name}' taken from {older}" for name in ("generator", "dialogue_encoder")
    ]


def test_a_training_starts_with_them_and_a_resumed_one_does_not_take_them_again(
    in_workshop: Workshop, reference: Path, tmp_path: Path
) -> None:
    """The first phase freezes what is taken here: its first checkpoint has it as it was taken."""
    source, plugins = cut_to(reference, tmp_path / "source", END), load_plugins()
    frozen = ("generator.stage2", "discriminators.32")
    sets = {f'weights."{name}"': f"{source}" for name in (*frozen, "dialogue_encoder")}
    recipe = in_workshop.small(**sets)
    whole, stopped, unsaved = (in_workshop.new_run(f"taking-{n}", recipe) for n in range(3))
    train(recipe, plugins, whole, [], lambda: False)
    assert train(recipe, plugins, stopped, [], lambda: True) is Outcome.STOPPED
    first, *_ = checkpoint_folders(stopped / "checkpoints")
    found, trained = (load_checkpoint(path) for path in (first, source / "checkpoints" / END))
    assert found.step == 1
    assert differences(below(dict(found.model), *frozen), below(dict(trained.model), *frozen)) == []

    shutil.rmtree(source)
    assert resume(stopped, plugins, [], lambda: False) is Outcome.FINISHED
    ends = [tensors_of(run / "checkpoints" / END) for run in (whole, stopped)]
    assert differences(*ends) == []
    log_lines = (stopped / "log.jsonl").read_text().splitlines()
    notes = [one["note"] for one in map(json.loads, log_lines) if one["event"] == "note"]
    taken = [
        f"weights of '{name}' taken from {source}/checkpoints/{END}" for name in recipe.weights
    ]
    assert [note for note in notes if note.startswith("weights of")] == taken
    assert load_painter(stopped).draw("a man"), "to draw takes nothing"

    with pytest.raises(Failure, match="there is no such folder"):
        resume(unsaved, plugins, [], lambda: False)
    assert not (unsaved / "checkpoints").exists(), "it would have begun from other weights"
