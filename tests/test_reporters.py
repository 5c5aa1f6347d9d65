"""Reporters by name: who can hear of a training, and what a recipe asks for in vain."""

from __future__ import annotations

import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from painterkit.errors import Failure, WrongInput
from painterkit.reporters import ReporterOffer, Reporters

ON_OFFER = Reporters(
    [
        ReporterOffer("lines", "pk_lines:build", "one"),
        ReporterOffer("lines", "pk_lines:build", "two"),
        ReporterOffer("board", "pk_board:build", "two"),
    ],
    plugins=["one", "two", "three"],
)


def test_a_reporter_is_found_by_either_name() -> None:
    assert ON_OFFER.find("board") is ON_OFFER.find("two:board")
    assert ON_OFFER.find("one:lines").plugin == "one"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bord", "no reporter is named 'bord'; did you mean 'board'?"),
        (
            "lines",
            "'lines' is offered by the plugins 'one' and 'two'; write 'one:lines' or 'two:lines'",
        ),
        ("two:bord", "no reporter is named 'two:bord'; did you mean 'two:board'?"),
        ("tow:board", "no reporter is named 'tow:board'; no plugin 'tow' is loaded: did you mean"),
        ("three:board", "no reporter is named 'three:board'; did you mean 'two:board'?"),
    ],
)
def test_a_name_that_nobody_has_or_several(name: str, sentence: str) -> None:
    with pytest.raises(WrongInput) as caught:
        ON_OFFER.find(name)
    assert str(caught.value).startswith(sentence)
    assert [str(problem) for problem in ON_OFFER.faults([name])] == [str(caught.value)]


def test_a_plugin_that_is_not_loaded_is_named() -> None:
    with pytest.raises(WrongInput) as caught:
        Reporters(unloaded=["broken"]).find("board")
    assert str(caught.value) == (
        "no reporter is named 'board'; there are none "
        "(not loaded: 'broken'; run 'painterkit plugins' to see why)"
    )


def test_one_reporter_is_not_asked_for_twice() -> None:
    assert ON_OFFER.faults(["board", "one:lines", "two:lines"]) == []
    assert [str(one) for one in ON_OFFER.faults(["board", "one:lines", "two:board"])] == [
        "'two:board' is asked for twice; once is enough"
    ]


def test_what_keeps_a_reporter_from_being_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pk_board.py").write_text("import no_such_board\n")
    (tmp_path / "pk_lines.py").write_text("def build(run):\n    return 'built', run\n")
    metadata = tmp_path / "board_dist-1.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    # The extra that brings the least besides is named, not the first.
    metadata.write_text(
        "Metadata-Version: 2.1\nName: board-dist\nVersion: 1.0\n"
        "Requires-Dist: no-such-board; extra == 'all'\n"
        "Requires-Dist: pytest; extra == 'all'\n"
        "Requires-Dist: no-such-board>=2; extra == 'board'\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    invalidate_caches()
    on_offer = Reporters(
        [
            ReporterOffer("board", "pk_board:build", "mine", "board-dist"),
            ReporterOffer("lines", "pk_lines:build", "mine"),
            ReporterOffer("lost", "pk_lines:biuld", "mine"),
        ]
    )
    assert on_offer.build_function("lines")(Path("run")) == ("built", Path("run"))
    assert [str(one) for one in on_offer.lacking(["board", "lines", "lost"])] == [
        "reporter 'board' of plugin 'mine'   needs no_such_board, which is not installed; "
        "run: pip install 'board-dist[board]'",
        "reporter 'lost' of plugin 'mine'   its module pk_lines has no function biuld; "
        "did you mean 'build'?",
    ]
    with pytest.raises(Failure, match="needs no_such_board"):
        on_offer.build_function("mine:board")
