"""The tutorial on plugins, done as it says: the package is written, installed, changed and used.

pytest alone is left out: `tests/packaging/test_plugin_life.py` runs it in such a package.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import invalidate_caches
from pathlib import Path
from textwrap import indent

import pytest
from PIL import Image

from painterkit.cli.app import main

from .conftest import Done, write_metadata
from .pages import Block, Command, blocks, commands, page

TUTORIAL = "docs/tutorials/first_plugin.md"
PACKAGE = "painterkit_sketchy"
SMALL = ("--set=data.train=64", "--set=data.validation=32", "--set=phases.only.until.steps=2")
"""What makes the plugin's recipe train in a second."""


@pytest.fixture
def do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Command], Done | None]:
    """Return a function that does what a reader types."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAINTERKIT_CACHE", str(tmp_path / "cache"))

    def do_here(command: Command) -> Done | None:
        if command.words[0] == "cd":
            monkeypatch.chdir(command.words[1])
        elif command.words[0] == "pip":
            install(Path(), monkeypatch)
        if not command.is_painterkit:
            return None
        capsys.readouterr()
        code = main([*command.arguments, *(SMALL if command.words[1] == "train" else ())])
        captured = capsys.readouterr()
        assert code == command.code, captured.err
        forget()
        return Done(code, captured.out, captured.err)

    return do_here


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what an editable install does: put the folder on the path, and metadata there."""
    write_metadata(folder)
    monkeypatch.syspath_prepend(str(folder.absolute()))
    # Python would take a file that is changed within a second for the one that it compiled.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


def forget() -> None:
    """Have the plugin imported anew by the next command, as that is a process of its own."""
    for name in [one for one in sys.modules if one.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    invalidate_caches()


def write(block: Block) -> None:
    """Do with a file what the words before a block say."""
    words, _, rest = block.before.partition("`")
    if not rest:
        return
    path = Path(rest.partition("`")[0])
    old = path.read_text() if path.exists() else ""
    if words == "":
        assert block.text == old, f"{path} is not what init plugin writes"
    elif words == "At the end of ":
        path.write_text(f"{old}\n\n{block.text}")
    elif words == "In a new file, ":
        assert not old
        path.write_text(block.text)
    elif words == "Last in the list in ":
        assert old.count("\n    ]\n") == 1
        path.write_text(old.replace("\n    ]\n", f"\n{indent(block.text, ' ' * 8)}    ]\n"))
    else:
        key = block.text.partition(" = ")[0]
        [line] = [one for one in old.splitlines() if one.strip().startswith(f"{key} = ")]
        path.write_text(old.replace(line.strip(), block.text.strip()))


def test_the_tutorial(do: Callable[[Command], Done | None], tmp_path: Path) -> None:
    last: Done | None = None
    for block in blocks(page(TUTORIAL)):
        if block.language == "sh":
            for command in commands(block):
                last = do(command) or last
        elif block.language == "python":
            write(block)
        elif block.language == "text":
            assert last is not None
            said = (last.stdout + last.stderr).splitlines()
            assert [line for line in block.text.splitlines() if line not in said] == []
    package = tmp_path / "painterkit-sketchy"
    assert Image.open(package / "face.png").size == (32, 32)
    log = (package / "runs" / "margin" / "log.jsonl").read_text()
    assert "generator.margin" in log
    [listing] = [b.text for b in blocks(page(TUTORIAL)) if "entry point" in b.text]
    for line in listing.splitlines()[1:]:
        if line.split()[0].endswith(("py", "toml", "md")):
            assert len(list(package.rglob(line.split()[0]))) == 1
