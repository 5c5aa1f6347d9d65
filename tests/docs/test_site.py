"""The site that `make docs` builds: its navigation, its links, and that it loads nothing remote."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from .pages import ROOT

DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
"""Code to read and run, whose pages are its own."""

SECTIONS = ["Home", "Tutorials", "How-to", "Explanation", "Papers", "Reference"]
LOADED = re.compile(r"<(?:link|script|img|iframe)\b[^>]*\b(?:href|src)=\"?(https?:|//)")

NAVIGATION: list[dict[str, Any]] = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
NAMED = [page for section in NAVIGATION[1:] for pages in section.values() for page in pages]


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("site_hooks", DOCS / "site_hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a checkout as `make docs` does; skips where mkdocs is not installed."""
    for module in ("mkdocs", "material"):
        pytest.importorskip(module, reason="mkdocs is not installed; `make docs` installs it")
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_navigation_names_every_page_and_no_other() -> None:
    pages = [path for path in DOCS.rglob("*.md") if not path.is_relative_to(EXAMPLES)]
    assert NAVIGATION[0] == {"Home": "index.md"}
    assert sorted(NAMED) == sorted(path.relative_to(DOCS).as_posix() for path in pages)


def test_a_section_has_the_pages_of_its_folder() -> None:
    assert [name for section in NAVIGATION for name in section] == SECTIONS
    for section in NAVIGATION[1:]:
        [(name, pages)] = section.items()
        assert {page.partition("/")[0] for page in pages} == {name.lower()}


@pytest.mark.parametrize(
    ("source", "text", "wanted"),
    [
        ("README.md", "[a](docs/how-to/a.md#b)", "[a](how-to/a.md#b)"),
        ("README.md", "![a](docs/papers/a.png)", "![a](papers/a.png)"),
        ("README.md", "see [LICENSE](LICENSE)", 'see <code title="LICENSE">LICENSE</code>'),
        ("README.md", "the [rules](CONTRIBUTING.md)", "the rules (`CONTRIBUTING.md`)"),
        ("docs/how-to/a.md", "[`x`](../../README.md#y)", "[`x`](../index.md#y)"),
        ("docs/how-to/a.md", "[a](../papers/a.png) [b](#b)", "[a](../papers/a.png) [b](#b)"),
        (
            "docs/how-to/a.md",
            "| `f` in [`nn/init.py`](../../painterkit/nn/init.py) | |",
            '| `f` in <code title="painterkit/nn/init.py">nn/init.py</code> | |',
        ),
        (
            "docs/how-to/a.md",
            "[`painterkit/nn/`](../../painterkit/nn/)",
            '<code title="painterkit/nn">painterkit/nn/</code>',
        ),
        ("docs/how-to/a.md", "[x](../../painterkit/x.py)", "[x](../../painterkit/x.py)"),
        ("docs/how-to/a.md", "[x](https://x.org/y.py)", "[x](https://x.org/y.py)"),
        ("docs/how-to/a.md", "`[x](../../LICENSE)`", "`[x](../../LICENSE)`"),
        ("docs/how-to/a.md", "```\n[x](../../LICENSE)\n```", "```\n[x](../../LICENSE)\n```"),
        ("docs/how-to/a.md", "<!-- by hand -->\n\n# A\n", "# A\n"),
    ],
)
def test_a_page_for_the_site(source: str, text: str, wanted: str, hooks: ModuleType) -> None:
    site = {"index.md", "how-to/a.md", "papers/a.png"}
    assert hooks.for_site(text, ROOT / source, site, None) == wanted


def test_files_are_linked_where_the_repository_has_an_address(
    hooks: ModuleType, tmp_path: Path
) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "x"\n')
    assert hooks.repository(tmp_path) is None
    project.write_text('[project.urls]\nRepository = "https://x.org/y/"\n')
    text = hooks.for_site(
        "[a](../NOTICE#b)", DOCS / "a.md", {"index.md"}, hooks.repository(tmp_path)
    )
    assert text == "[a](https://x.org/y/blob/HEAD/NOTICE#b)"


def test_the_site_is_built_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    done = build(ROOT, tmp_path)
    assert done.returncode == 0, done.stderr
    built = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*.html")}
    pages = {page.removesuffix(".md") + ".html" for page in NAMED}
    assert set(built) == pages | {"index.html", "404.html"}
    assert [name for name, path in built.items() if LOADED.search(path.read_text())] == []
    assert list(tmp_path.rglob("*.py")) == []


def test_a_broken_link_and_an_orphan_fail(tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("examples"))
    for path in ROOT.iterdir():
        if path.name != "docs":
            (folder / path.name).symlink_to(path)
    (folder / "docs" / "how-to" / "orphan.md").write_text(
        "# Orphan\n\n[lost](../../painterkit/lost.py) [there](../papers/dfgan.md#lost)\n"
    )
    done = build(folder, tmp_path / "site")
    assert done.returncode == 1
    for told in ("how-to/orphan.md", "painterkit/lost.py", "#lost"):
        assert told in done.stderr
