"""Check a plugin with pytest, in a test for each of its components and recipes.

A package switches this on in its pyproject.toml,

    [tool.pytest.ini_options]
    addopts = "-p painterkit.testing.pytest_plugin"

and asks for `plugin_check` in a test that is marked with what `check_plugin` would be given:

    import pytest


    @pytest.mark.painterkit_plugin("mine")
    def test_the_plugin_keeps_its_promises(plugin_check):
        plugin_check()

The test is run once for each check of `plugin_checks`, with that check as `plugin_check`, a
function without arguments. The check's name stands in brackets behind the test's, so that
`pytest -k generator:mine` runs one of them.
"""

from __future__ import annotations

import pytest

from painterkit.errors import WrongInput
from painterkit.testing.plugin import plugin_checks

MARK = "painterkit_plugin"
ARGUMENT = "plugin_check"


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    words = f"{MARK}(name, settings, apart): the plugin that the test's {ARGUMENT} checks"
    config.addinivalue_line("markers", words)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for it one check after the other."""
    if ARGUMENT not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker(MARK)
    if mark is None:
        test, example = metafunc.function.__name__, f"@pytest.mark.{MARK}('my-plugin')"
        raise pytest.Collector.CollectError(f"{test} asks for {ARGUMENT}: write {example} above it")
    try:
        checks = plugin_checks(*mark.args, **mark.kwargs)
    except WrongInput as error:
        raise pytest.Collector.CollectError(str(error)) from error
    metafunc.parametrize(ARGUMENT, list(checks.values()), ids=list(checks))
