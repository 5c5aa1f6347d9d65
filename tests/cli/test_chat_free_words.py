"""chat with the painter that ships, which reads free words and knows the attributes of its data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Done, Run, Talk, Trained

pytestmark = pytest.mark.usefixtures("at_work")


def texts(done: Done) -> list[str]:
    """Return the lines on stdout without the times."""
    assert done.code == 0, done.stderr
    return [line.rpartition("  (")[0] for line in done.stdout.splitlines()]


def test_what_is_not_known_is_told_and_it_goes_on(talk: Talk) -> None:
    lines = ["hat: yes", "glasses: purple", "glasses: round", "no, blue", "hair colour: pnk"]
    done = talk("demo", "\n".join(lines))
    assert texts(done) == ["1  glasses: round"]
    hat, purple, blue, pink = done.errors
    assert hat.startswith("error: 'hat: yes' there is no attribute 'hat'; the attributes are")
    assert "glasses cannot be 'purple'; glasses can be none, round, sunglasses" in purple
    assert "'blue' could be clothing colour or background; say which" in blue
    assert "hair colour cannot be 'pnk'; did you mean 'pink'?" in pink


def test_a_correction_is_shown_as_typed_and_drawn_as_the_pair(
    talk: Talk, run: Run, tmp_path: Path
) -> None:
    one, other, drawn = (tmp_path / f"{name}.png" for name in ("one", "other", "drawn"))
    done = talk("demo", f"hair colour: pink\nno, black\n/save {one}\n")
    assert texts(done) == ["1  hair colour: pink", "2  no, black"]
    talk("demo", f"hair colour: pink\nhair colour: black\n/save {other}\n")
    run(
        "generate",
        "demo",
        "--turn",
        "hair colour: pink",
        "--turn",
        "no, black",
        "--out",
        str(drawn),
    )
    assert one.read_bytes() == other.read_bytes() == drawn.read_bytes()


def test_json_and_attributes_tell_what_was_understood(talk: Talk) -> None:
    lines = ["hair colour: pink", "No, black!", "he does not wear glasses", "/attributes"]
    done = talk("demo", "\n".join(lines), "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["text"], one["attribute"], one["value"]) for one in found] == [
        ("hair colour: pink", "hair_colour", "pink"),
        ("No, black!", "hair_colour", "black"),
        ("he does not wear glasses", None, None),
    ]
    [row] = [line for line in done.errors if line.startswith("hair colour")]
    assert row.split()[2] == "black"
    assert done.errors[-1].endswith("as one of these: 'he does not wear glasses'")


@pytest.mark.parametrize("text", ["🙂", "x" * 60, "امرأة مبتسمة", "what a lovely day"])
def test_words_of_which_none_is_known_are_drawn_with_a_warning(
    talk: Talk, run: Run, text: str, tmp_path: Path
) -> None:
    done = talk("demo", text)
    assert texts(done) == [f"1  {text}"]
    [warning] = done.errors
    assert warning.startswith("warning: '")
    assert "is drawn as the painter reads it; the attributes are hair shape" in warning
    file = tmp_path / "a.png"
    assert run("generate", "demo", "--turn", text, "--out", str(file)).errors == [warning]


def test_a_line_that_nobody_types_is_refused_at_once(talk: Talk) -> None:
    done = talk("demo", "hair colour: black " * 55_000 + "\nglasses: round\n")
    assert texts(done) == ["1  glasses: round"]
    [error] = done.errors
    assert error.endswith("too many to be understood; say one thing in at most 1,000")


def test_a_sentence_with_a_colon_is_no_pair(talk: Talk) -> None:
    said = ["Does she wear glasses? Yes: round ones", "She has one wish: a beard"]
    done = talk("demo", "\n".join(said))
    assert texts(done) == [f"{number}  {text}" for number, text in enumerate(said, 1)]
    assert done.errors == []


def test_a_painter_of_dialogues_reads_everything_as_it_is(talk: Talk, trained: Trained) -> None:
    said = ["hat: yes", "glasses: purple", "🙂", "no, blue"]
    done = talk(trained.run, "\n".join(said))
    assert texts(done) == [f"{number}  {text}" for number, text in enumerate(said, 1)]
    assert done.errors == []


def test_generate_refuses_as_a_chat_does(run: Run, tmp_path: Path) -> None:
    done = run("generate", "demo", "--turn", "hat: yes", "--out", str(tmp_path / "a.png"))
    assert done.code == 2
    assert "there is no attribute 'hat'" in done.stderr
    assert list(tmp_path.iterdir()) == []
