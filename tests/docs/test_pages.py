"""What a page says about the repository is so: links, blocks, and nothing left to measure."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from .pages import NAMES, ROOT, anchors, blocks, page, prose

LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
LANGUAGES = {"sh", "python", "toml", "json", "text", ""}


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    lost: list[str] = []
    for link in LINK.findall(prose(page(name))):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        exists = target.exists()
        known = anchors(target.read_text(encoding="utf-8")) if anchor and exists else set[str]()
        if not exists or (anchor and anchor not in known):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_to_measure(name: str) -> None:
    assert re.findall(r"TO MEASURE:? ?[\w-]*", page(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_blocks_are_what_they_say(name: str) -> None:
    for block in blocks(page(name)):
        assert block.language in LANGUAGES, block.before
        if block.language == "python":
            compile(block.text, f"{name}, after {block.before!r}", "exec")
        elif block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "json":
            json.loads(block.text)


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[str](), ["README.md"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        for link in LINK.findall(prose(page(name))):
            target = ((ROOT / name).parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file():
                found = str(target.relative_to(ROOT))
                if found not in reached:
                    waiting.append(found)
    assert set(NAMES) - reached == set()
