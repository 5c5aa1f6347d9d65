"""What mkdocs needs to be told beyond mkdocs.yml: the home page, links that leave docs/, anchors.

The pages are written to be read in the repository. Here README.md becomes the home page, and a link
to a file that is no page leads to the repository's address if pyproject.toml has one; else it is
rendered as code, with the file's path in the repository as its title. A link that leads nowhere is
left as it is, so that the strict build refuses it.
"""

from __future__ import annotations

import html
import os
import posixpath
import re
import tomllib
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HOME = {ROOT / "README.md": "index.md"}
"""A page of the site whose source is not under docs/, with its path in the site."""

PIECES = re.compile(
    r"(?P<fence>^```.*?^```$)"
    r"|(?P<comment><!--.*?-->\n*)"
    r"|(?P<code>`(?:[^`\n]|\n(?!\n))+`)"
    r"|(?P<image>!?)\[(?P<words>(?:`[^`]*`|[^\[\]`])*)\]\((?P<target>[^)\s]+)\)",
    re.MULTILINE | re.DOTALL,
)
"""What a link may be mistaken for, and a link."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Make the anchors of headings those that GitHub makes, which the pages' links use."""
    from pymdownx.slugs import slugify

    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the home page."""
    from mkdocs.structure.files import File

    for source, page in HOME.items():
        files.append(File.generated(config, page, abs_src_path=str(source)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return a page as the site shows it."""
    assert page.file.abs_src_path is not None
    site = {file.src_uri for file in files if file.inclusion.is_included()}
    return for_site(markdown, Path(page.file.abs_src_path), site, repository(ROOT))


def repository(root: Path) -> str | None:
    """Return the address of the repository that pyproject.toml tells, if it does."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    urls = project.get("urls", {})
    address = urls.get("Repository") or urls.get("Source")
    return address.rstrip("/") if address else None


def for_site(markdown: str, source: Path, site: Set[str], address: str | None) -> str:
    """Return a page without its comments, and with links that are right in the site.

    `source` is the page's file, `site` the paths in the site of all that it holds, and `address`
    that of the repository.
    """

    def piece_for_site(piece: re.Match[str]) -> str:
        if piece["comment"] is not None:
            return ""
        if piece["target"] is None or ":" in piece["target"]:
            return piece[0]
        path, *anchor = piece["target"].partition("#")
        target = Path(os.path.normpath(source.parent / path)) if path else source
        in_site = site_path(target)
        if in_site is not None and in_site in site:
            folder = posixpath.dirname(site_path(source) or "")
            link = posixpath.relpath(in_site, folder or ".") if path else ""
            return f"{piece['image']}[{piece['words']}]({''.join([link, *anchor])})"
        if piece["image"] or not (target.exists() and target.is_relative_to(ROOT)):
            return piece[0]
        in_repository = target.relative_to(ROOT).as_posix()
        if address is None:
            return as_code(piece["words"], in_repository)
        link = f"{address}/blob/HEAD/{in_repository}"
        return f"[{piece['words']}]({''.join([link, *anchor])})"

    return PIECES.sub(piece_for_site, markdown)


def site_path(source: Path) -> str | None:
    """Return where a file stands in the site, if it is the home page or under docs/."""
    if source in HOME:
        return HOME[source]
    return source.relative_to(DOCS).as_posix() if source.is_relative_to(DOCS) else None


def as_code(words: str, path: str) -> str:
    """Return a file as code: in the words of a link where they are its name, else after them."""
    name = words.strip("`")
    if f"/{path}".endswith(f"/{name.rstrip('/')}"):
        return f'<code title="{html.escape(path)}">{html.escape(name)}</code>'
    return f"{words} (`{path}`)"
