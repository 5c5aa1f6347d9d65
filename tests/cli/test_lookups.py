"""list, info, recipes, plugins: facts about what is installed."""

from __future__ import annotations

import json
from importlib import invalidate_caches
from pathlib import Path

import pytest

from painterkit.plugins import BLOCK_VARIABLE

from .conftest import InstalledPlugins, Run

FAILED = (
    "importing broken_plugin failed: ModuleNotFoundError: No module named 'no_such_module' "
    "(broken_plugin.py line 1)"
)


def test_list_is_one_whole_row_a_component_in_a_pipe(run: Run) -> None:
    done = run("list", "text-encoder")
    assert done.code == 0
    head, *rows = done.stdout.splitlines()
    assert head.split()[:3] == ["ROLE", "NAME", "PLUGIN"]
    listed = [row.split()[:3] for row in rows]
    assert listed == sorted(listed)
    assert ["text-encoder", "sentence-transformer", "standard"] in listed
    summary = "Read texts as a bag of hashed words and word pairs, without any weights"
    [hashed] = [row for row in rows if row.split()[1] == "hashed-words"]
    assert hashed.endswith(summary)


def test_list_as_json(run: Run) -> None:
    done = run("list", "metric", "attribute-*", "--json")
    [found] = json.loads(done.stdout)
    assert found.pop("version") is not None
    assert found == {
        "role": "metric",
        "name": "attribute-accuracy",
        "qualified_name": "avatars:attribute-accuracy",
        "summary": "Tell how often a classifier sees in drawn faces the attributes that were told",
        "plugin": "avatars",
    }


def test_a_glob_alone_is_for_all_roles(run: Run) -> None:
    found = json.loads(run("list", "*ckgan", "--json").stdout)
    assert {(one["role"], one["name"]) for one in found} == {
        ("discriminator", "stackgan"),
        ("generator", "stackgan"),
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("list", "generators"), "error: there is no role 'generators'; did you mean 'generator'?"),
        (
            ("list", "generator", "*gam"),
            "error: no generator is named like '*gam'; "
            "known: attngan, df-gan, gan-cls, stackgan, stackgan-pp",
        ),
        (
            ("list", "bilstn*"),
            "error: no component is named like 'bilstn*'; did you mean 'bilstm'?",
        ),
        (
            ("info", "generator", "stackgam"),
            "error: no generator is named 'stackgam'; did you mean 'stackgan'?",
        ),
        (
            ("info", "generator", "bilstm"),
            "error: no generator is named 'bilstm'; 'bilstm' is a dialogue-encoder",
        ),
        (
            ("recipes", "chatpainter_rn"),
            "error: no recipe is named 'chatpainter_rn'; did you mean 'chatpainter_rnn'?",
        ),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(
    arguments: tuple[str, ...], sentence: str, run: Run
) -> None:
    done = run(*arguments)
    assert (done.code, done.stdout, done.errors) == (2, "", [sentence])


def test_info_as_json(run: Run, installed: InstalledPlugins) -> None:
    done = run("info", "loss", "odd", "--json")
    assert done.code == 0
    found = json.loads(done.stdout)
    settings = {row.pop("name"): row for row in found.pop("settings")}
    assert found == {
        "role": "loss",
        "name": "odd",
        "qualified_name": "good-one:odd",
        "description": "Do something odd. It has many settings.\n\nA second paragraph.",
        "plugin": "good-one",
        "distribution": "odd-things",
        "version": "2.5",
        "build": "odd_plugin_build:make",
        "file": str(installed.folder / "odd_plugin_build.py"),
        "line": 4,
    }
    assert settings["channels"] == {
        "type": "whole number, at least 1",
        "default": "required",
        "required": True,
        "unit": "",
        "help": "Channels.",
    }
    assert {name: (row["type"], row["default"], row["unit"]) for name, row in settings.items()} == {
        "channels": ("whole number, at least 1", "required", ""),
        "rate": ("number, above 0, below 1", "0.5", ""),
        "norm": ('"batch" or "none"', '"batch"', ""),
        "sizes": ("[whole number, ...]", "[32, 64]", "px"),
        "inner": ("loss component", "", ""),
        "window": ("table", "{ width = 8 }", ""),
        "window.width": ("whole number, at least 1, at most 64", "8", "px"),
        "windows": ("[table, ...]", "[]", ""),
        "windows[].width": ("whole number, at least 1, at most 64", "8", "px"),
        "by_size": ("{ key = number, ... }", "{}", ""),
        "words": ("true or false", "false", ""),
    }


def test_info_for_people(run: Run, installed: InstalledPlugins) -> None:
    done = run("info", "loss", "good-one:odd")
    lines = done.stdout.splitlines()
    assert lines[:6] == [
        "loss odd",
        "plugin  good-one 2.5",
        f"code    {installed.folder / 'odd_plugin_build.py'}:4",
        "",
        "Do something odd. It has many settings.",
        "",
    ]
    [row] = [line for line in lines if line.startswith("sizes ")]
    assert row.split("  ")[-1] == "Sizes."


def test_every_component_has_info(run: Run) -> None:
    for offer in json.loads(run("list", "--json").stdout):
        done = run("info", offer["role"], offer["qualified_name"], "--json")
        assert done.code == 0
        found = json.loads(done.stdout)
        assert Path(found["file"]).is_file()
        assert found["description"]
        assert all(row["help"] for row in found["settings"]), found["name"]


def test_recipes(run: Run) -> None:
    found = {one["name"]: one for one in json.loads(run("recipes", "--json").stdout)}
    assert found["chatpainter_rnn"]["plugin"] == "painterkit"
    assert all(one["description"] for one in found.values())
    listed = run("recipes").stdout.splitlines()[1:]
    assert {line.split()[0] for line in listed} >= set(found)


def test_a_recipe_is_printed_as_it_is(run: Run) -> None:
    facts = json.loads(run("recipes", "chatpainter_rnn", "--json").stdout)
    text = Path(facts["path"]).read_text()
    assert run("recipes", "chatpainter_rnn").stdout == facts["text"] == text


def test_a_broken_plugin_is_reported_and_harmless(run: Run, installed: InstalledPlugins) -> None:
    done = run("plugins", "--json")
    assert done.code == 0
    found = {one["name"]: one for one in json.loads(done.stdout)}
    assert found["standard"]["state"] == "ok"
    assert found["good-one"]["components"] == [{"role": "loss", "name": "odd"}]
    assert (found["broken-one"]["state"], found["broken-one"]["reason"]) == ("failed", FAILED)
    [row] = [line for line in run("plugins").stdout.splitlines() if line.startswith("broken-one")]
    assert row.endswith(FAILED)

    done = run("list", "loss")
    assert done.code == 0
    assert "odd" in done.stdout
    assert done.errors == ["warning: not loaded: 'broken-one'; run 'painterkit plugins' to see why"]


def test_a_plugin_that_does_less_than_its_author_thinks(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quiet_plugin.py").write_text("def painterkit_components():\n    return []\n")
    metadata = tmp_path / "quiet-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: quiet\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[painterkit.plugins]\nquiet = quiet_plugin\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    invalidate_caches()
    warning = "its function painterkit_components is not called: write @hookimpl above it"
    found = {one["name"]: one for one in json.loads(run("plugins", "--json").stdout)}
    assert (found["quiet"]["state"], found["quiet"]["warnings"]) == ("ok", [warning])
    [row] = [line for line in run("plugins").stdout.splitlines() if line.startswith("quiet")]
    assert row.endswith(warning)
    findings = {one["name"]: one for one in json.loads(run("doctor", "--json").stdout)}
    quiet = findings["plugin quiet"]
    assert (quiet["state"], quiet["found"]) == ("warning", f"0 components; {warning}")


def test_a_blocked_plugin(
    run: Run, installed: InstalledPlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BLOCK_VARIABLE, "good-one,broken-one")
    found = {one["name"]: one for one in json.loads(run("plugins", "--json").stdout)}
    assert found["good-one"]["state"] == found["broken-one"]["state"] == "blocked"
    assert found["good-one"]["reason"] == "PAINTERKIT_BLOCK_PLUGINS names it"
    assert run("list").stderr == ""
