"""check --plugin: what the conformance kit says of a plugin, as exit codes and as JSON."""

from __future__ import annotations

import json

from .conftest import InstalledPlugins, Run


def test_a_plugin_that_is_right(run: Run) -> None:
    small = [
        "--set=generator.stackgan-pp.channels=8",
        "--set=generator.stackgan-pp.resolutions=[8, 16]",
        "--set=dialogue-encoder.reader.hidden=8",
    ]
    done = run("check", "--plugin", "neural-painter", *small)
    assert (done.code, done.stdout) == (0, "")
    *checked, verdict = done.errors
    assert verdict == "neural-painter: nothing is wrong"
    assert "checking loading" in checked
    assert "checking loss:colour-consistency" in checked


def test_a_plugin_that_is_wrong(run: Run, installed: InstalledPlugins) -> None:
    """The loss of `good-one` is None when it is built; two of its settings have no default."""
    done = run("check", "--plugin", "good-one", "--set", "loss.odd.channels=2")
    assert (done.code, done.stdout) == (1, "")
    [error] = [line for line in done.errors if line.startswith("error: ")]
    assert error.startswith("error: loss 'odd': ")
    done = run("check", "--plugin", "good-one", "--set", "loss.odd.channels=2", "--json")
    assert done.code == 1
    facts = json.loads(done.stdout)
    assert (facts["fits"], facts["warnings"]) == (False, [])
    assert [one["what"] for one in facts["problems"]] == [error.removeprefix("error: ")]


def test_what_cannot_be_checked_as_it_is_is_a_warning(
    run: Run, installed: InstalledPlugins
) -> None:
    done = run("check", "--plugin", "good-one")
    assert done.code == 0
    *_, warning, verdict = done.errors
    assert warning.startswith("warning: loss 'odd': cannot be checked with these settings: channel")
    assert verdict == "good-one: nothing is wrong but what is warned of"
    facts = json.loads(run("check", "--plugin", "good-one", "--json").stdout)
    assert (facts["fits"], facts["problems"], len(facts["warnings"])) == (True, [], 1)


def test_a_component_is_left_out(run: Run, installed: InstalledPlugins) -> None:
    done = run("check", "--plugin", "good-one", "--apart", "loss.odd")
    assert done.code == 0
    assert done.errors[-1] == "good-one: nothing is wrong"
    assert not [line for line in done.errors if "odd" in line]


def test_a_plugin_that_is_not_loaded(run: Run, installed: InstalledPlugins) -> None:
    done = run("check", "--plugin", "broken-one")
    assert done.code == 1
    assert done.errors[-1] == (
        "error: plugin 'broken-one' cannot be loaded: importing broken_plugin failed: "
        "ModuleNotFoundError: No module named 'no_such_module' (broken_plugin.py line 1)"
    )


def test_what_is_no_plugin(run: Run) -> None:
    def refused(*words: str) -> str:
        done = run("check", *words)
        assert (done.code, done.stdout) == (2, "")
        [sentence] = done.errors
        return sentence.removeprefix("error: ")

    assert refused() == "there is nothing to check; give either a recipe or --plugin NAME"
    both = ("tiny", "--plugin", "standard")
    assert refused(*both) == "checks one thing at a time; give either a recipe or --plugin NAME"
    no_plugin = "no plugin 'neural-paniter' is installed; did you mean 'neural-painter'?"
    assert refused("--plugin", "neural-paniter") == no_plugin
    neural = ("--plugin", "neural-painter", "--set")
    assert refused(*neural, "generater.x.channels=8") == (
        "there is no role 'generater'; did you mean 'generator'?"
    )
    assert refused(*neural, "generator.stackgan-p.channels=8") == (
        "the plugin 'neural-painter' offers no generator stackgan-p; "
        "did you mean 'generator stackgan-pp'?"
    )
    assert refused(*neural, "generator.channels=8") == (
        "--set   'generator.channels' names no setting of a component; write role, component and "
        "setting, as in --set generator.mine.channels=8"
    )
    assert refused("--plugin", "neural-painter", "--apart", "stackgan-pp") == (
        "--apart   'stackgan-pp' names no component; write role and component, as in --apart "
        "generator.mine"
    )
    assert refused("--plugin", "neural-painter", "--apart", "generator.stackgan-p") == (
        "the plugin 'neural-painter' offers no generator stackgan-p; "
        "did you mean 'generator stackgan-pp'?"
    )
    assert refused("tiny", "--apart", "generator.stackgan-pp") == (
        "--apart   is of a plugin's components alone; leave it out, or give --plugin NAME in "
        "place of the recipe"
    )
