"""Problems, errors and the nearest name."""

from __future__ import annotations

import pytest

from painterkit.errors import Failure, PainterkitError, Problem, WrongInput, nearest


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Problem("", "is wrong"), "is wrong"),
        (Problem("a.toml line 3", "is wrong"), "a.toml line 3   is wrong"),
        (Problem("a.toml", "is wrong", "do this"), "a.toml   is wrong; do this"),
    ],
)
def test_a_problem_is_one_sentence(problem: Problem, sentence: str) -> None:
    assert str(problem) == sentence


def test_an_error_holds_one_problem_or_several() -> None:
    one, other = Problem("a", "first"), Problem("b", "second")
    assert WrongInput(one).problems == (one,)
    error = WrongInput(iter([one, other]))
    assert error.problems == (one, other)
    assert str(error) == "a   first\nb   second"


def test_exit_codes() -> None:
    assert (WrongInput.exit_code, Failure.exit_code) == (2, 1)
    assert issubclass(WrongInput, PainterkitError)
    assert issubclass(Failure, PainterkitError)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("hing", ["bce", "hinge"], "did you mean 'hinge'?"),
        ("zzz", ["b", "a", "b"], "known: a, b"),
        ("zzz", [], "there are none"),
    ],
)
def test_nearest(name: str, known: list[str], hint: str) -> None:
    assert nearest(name, known) == hint
