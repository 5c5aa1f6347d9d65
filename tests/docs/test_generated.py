"""docs/reference/ is what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import typer

from painterkit.cli.app import app
from painterkit.recipe_file.schema import Recipe

from .pages import ROOT

SCRIPT = ROOT / "docs" / "generate_reference.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_reference", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_up_to_date(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    code = script.main(["--check"])
    assert (code, capsys.readouterr().err) == (0, "")


def test_other_peoples_commands_are_not_for_the_page(script: ModuleType, plugin: Path) -> None:
    assert "\n## faces\n" in script.commands_page()
    assert "pace" not in script.commands_page()
    group = typer.main.get_command(app)
    assert group.get_command(typer.Context(group), "pace") is not None  # pyright: ignore


def test_a_stale_page_is_told_and_written_anew(
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(script, "REFERENCE", tmp_path)
    whole = script.pages()
    (tmp_path / "recipe.md").write_text("old")
    assert script.main(["--check"]) == 1
    assert capsys.readouterr().err.count("is out of date") == len(whole) == 3
    assert script.main([]) == 0
    assert {path: path.read_text() for path in tmp_path.iterdir()} == whole
    assert script.main(["--check"]) == 0


def test_a_wrong_argument_writes_nothing(script: ModuleType) -> None:
    assert script.main(["--chek"]) == 2


def test_every_table_of_a_recipe_has_a_heading(script: ModuleType) -> None:
    found = [table.__name__ for table in script.tables_of(Recipe, [])]
    assert found == list(dict.fromkeys(found))
    assert set(found) == set(script.RECIPE_HEADINGS)
