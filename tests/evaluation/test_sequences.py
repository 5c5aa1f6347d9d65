"""Held-out conversations are drawn turn by turn beside their truth, and the command does so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from PIL import Image

from painterkit.cli.app import main
from painterkit.evaluation.sequences import draw_sequences, random_rows, write_sequences
from painterkit.generation.painter import Painter
from painterkit.generation.splits import PreparedSplit
from painterkit.generation.strip import strip

from ..conftest import Workshop
from .turn_painter import TABLE, R, turn_painter


@pytest.fixture(scope="module")
def painter(tmp_path_factory: pytest.TempPathFactory) -> Painter:
    return turn_painter(tmp_path_factory.mktemp("cache"))


def test_a_row_is_the_truth_and_every_turn_with_its_words(painter: Painter) -> None:
    prepared = PreparedSplit(painter.assembly, "validation", painter.device)
    split = prepared.with_vectors()
    [row] = random_rows(split, seed=3, count=1)
    conversation = split.conversations[row]
    drawn = draw_sequences(painter, split, seed=3, count=1)
    said = [turn.text for turn in conversation.turns]
    session = painter.start(seed=3 + int(row), caption=conversation.captions[0])
    pictures = [session.say(text) for text in said]
    truth = Image.fromarray(np.array(prepared.images[conversation.image]))
    expected = strip(pictures, said, truth)
    assert drawn.size == expected.size
    off = np.asarray(drawn).astype(int) - np.asarray(expected).astype(int)
    assert np.abs(off).max() <= 1, "a batch may round otherwise than a session"


def test_the_conversations_are_random_and_the_seed_chooses_them(
    painter: Painter, tmp_path: Path
) -> None:
    split = PreparedSplit(painter.assembly, "validation", painter.device).with_vectors()
    assert len(set(random_rows(split, 0, 8))) == 8
    assert sorted(random_rows(split, 0, 100)) == list(range(12))
    assert list(random_rows(split, 0, 8)) != list(random_rows(split, 1, 8))
    file = write_sequences(painter, split, tmp_path / "new" / "sequences.png", seed=1)
    first = file.read_bytes()
    assert write_sequences(painter, split, file, seed=1).read_bytes() == first
    assert write_sequences(painter, split, file, seed=2).read_bytes() != first


def test_the_command_measures_turns_and_gates_and_draws_them(
    in_workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code, said = main(arguments), capsys.readouterr()
        return code, said.out, said.err

    Path("turns.toml").write_text(tomli_w.dumps(TABLE))
    assert run("train", "turns.toml", "--out", "turns")[0] == 0
    folder = Path("turns") / "evaluation"

    code, stdout, stderr = run("evaluate", "turns", "--gates", "--conversations", "3")
    assert code == 0, stderr
    written = {file.name for file in folder.iterdir()}
    assert written == {"gates-conversations=3.json", "gates.png"}
    facts = json.loads((folder / "gates-conversations=3.json").read_text())
    assert set(facts["values"]) == {
        f"memory.{size}{of}" for size in (8, R) for of in ("", ".others")
    }
    assert facts["settings"] == {"conversations": 3}
    assert stdout.startswith("gates\n\nATTRIBUTE ")
    assert f"written to {folder / 'gates.png'}" in stderr

    code, stdout, stderr = run("evaluate", "turns", "--metric", "turn-accuracy", "--json")
    assert code == 0, stderr
    assert list(json.loads(stdout)) == ["turn-accuracy"]
    assert {file.name for file in folder.iterdir()} - written == {
        "sequences.png",
        "turn-accuracy.json",
    }
    pictures = {name: (folder / name).read_bytes() for name in ("sequences.png", "gates.png")}

    # A picture that cannot be written costs nothing of what was measured; that of another seed
    # takes the place of none.
    (folder / "sequences-noise_seed=1.png").mkdir()
    (folder / "gates-noise_seed=2.png").mkdir()
    words = ("--metric", "turn-accuracy", "--conversations", "3")
    prepared: list[str] = []
    made = PreparedSplit._encoded
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PreparedSplit, "_encoded", lambda self: (prepared.append(""), made(self))[1])
        code, stdout, stderr = run("evaluate", "turns", *words, "--gates", "--seed", "1")
    assert len(prepared) == 1, "the split is prepared once"
    assert (code, stdout) == (1, "")
    assert "sequences-noise_seed=1.png   cannot be written" in stderr
    ending = "conversations=3-noise_seed=1.json"
    for name in ("turn-accuracy", "gates"):
        assert json.loads((folder / f"{name}-{ending}").read_text())["values"]
    code, _, stderr = run("evaluate", "turns", *words, "--seed", "2")
    assert code == 0, stderr
    assert (folder / "sequences-noise_seed=2.png").is_file()
    assert pictures == {name: (folder / name).read_bytes() for name in pictures}
    assert not list(folder.glob(".*"))

    code, _, stderr = run("evaluate", "turns", "--gates", "--set", "variety.seed=1")
    assert code == 2
    assert "there is none to measure" in stderr
