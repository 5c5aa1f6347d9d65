"""docs/reference/ is what the code says."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import pytest
import typer

from painterkit import testing
from painterkit.cli.app import app
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Registry
from painterkit.testing.component import CHECKS, check_component

from .pages import ROOT

SCRIPT = ROOT / "docs" / "generate_reference.py"


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """Give the script as it runs: its folder is where it imports from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPT.parent))
        yield loaded()


def loaded() -> ModuleType:
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
    page = script.joined(script.commands_parts())
    assert "\n## faces\n" in page
    assert "pace" not in page
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
    assert capsys.readouterr().err.count("is out of date") == len(whole) == 4
    assert script.main([]) == 0
    assert {path: path.read_text() for path in tmp_path.iterdir()} == whole
    assert script.main(["--check"]) == 0


def test_a_wrong_argument_writes_nothing(script: ModuleType) -> None:
    assert script.main(["--chek"]) == 2


def test_every_table_of_a_recipe_has_a_heading(script: ModuleType) -> None:
    found = [table.__name__ for table in script.tables_of(Recipe, [])]
    assert found == list(dict.fromkeys(found))
    assert set(found) == set(script.RECIPE_HEADINGS)


def functions_of_the_kit() -> list[FunctionType]:
    modules = [
        import_module(one.name) for one in iter_modules(testing.__path__, "painterkit.testing.")
    ]
    return [
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, FunctionType) and one.__module__ == module.__name__
    ]


def test_every_check_of_the_kit_is_on_the_page(script: ModuleType) -> None:
    """What holds something is listed for a role, for every component or for a plugin."""
    checks = import_module("reference_checks")
    roots = [testing.plugin_checks, check_component, *CHECKS.values()]
    listed = {one for root in roots for one in checks.checks_of(root)}
    verdicts = {*checks.REQUIRES, testing.check_plugin, check_component}
    holding = {one for one in functions_of_the_kit() if checks.holds(one)} - verdicts
    assert {one.__name__ for one in holding ^ listed} == set()
    page = script.pages()[script.REFERENCE / "testing.md"]
    for one in listed:
        assert f"| `{one.__name__}` | {checks.held(one)} |" in page


def test_a_check_says_what_it_holds(script: ModuleType) -> None:
    checks = import_module("reference_checks")
    for root in (testing.plugin_checks, check_component, *CHECKS.values()):
        found = checks.checks_of(root)
        assert found, root
        names = [one.__name__ for one in found]
        assert len(set(names)) == len(names), names
        for one in found:
            assert one.__name__.startswith("check_"), one
            assert (one.__doc__ or "").startswith("Check that "), one


def test_every_public_name_of_the_kit_has_an_entry(script: ModuleType) -> None:
    page = script.pages()[script.REFERENCE / "testing.md"]
    for name in testing.__all__:
        assert page.count(f"\n### `{name}`\n") == 1
        assert inspect.getdoc(getattr(testing, name))


def test_the_failure_is_that_of_the_fault(script: ModuleType, tmp_path: Path) -> None:
    """The plugin of the page has one fault; without it nothing is wrong with it."""
    failure = import_module("reference_failure")
    assert failure.failure().count("error: ") == 1
    source = failure.FAULT.read_text()
    assert source.count("log_variance.exp()") == 1
    names: dict[str, Any] = {}
    exec(source.replace("log_variance.exp()", "(0.5 * log_variance).exp()"), names)
    context = testing.sample_context(Registry([]), tmp_path)
    made = testing.Subject(
        "it", lambda told: names["build"](SimpleNamespace(width=8), told), context
    )
    testing.check_conditioner(made)
