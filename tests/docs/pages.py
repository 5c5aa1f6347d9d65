"""The pages of the documentation, taken apart."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@frozen
class Block:
    """A fenced block: its language, its text, and the last line of words before it."""

    language: str
    text: str
    before: str

    @property
    def file(self) -> str:
        """The last file of Python or TOML that the line before it names, or nothing."""
        named = self.before.split("`")[1::2]
        return named[-1] if named and named[-1].endswith((".py", ".toml")) else ""


@frozen
class Command:
    """A line typed in a shell: its words, where its output goes, and the exit code it ends with."""

    words: tuple[str, ...]
    into: str = ""
    code: int = 0

    @property
    def is_painterkit(self) -> bool:
        return self.words[0].removeprefix(".venv/bin/") == "painterkit"

    @property
    def arguments(self) -> list[str]:
        return list(self.words[1:])


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    found: list[Block] = []
    for match in FENCED.finditer(text):
        before = text[: match.start()].rstrip().rpartition("\n")[2]
        found.append(Block(match[1], match[2], before))
    return found


def prose(text: str) -> str:
    """Return a page without its blocks and comments."""
    return COMMENT.sub("", FENCED.sub("", text))


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a block of shell; `# exits 2` at a line's end is its exit code."""
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        code = re.search(r"# exits (\d+)$", line)
        into = ""
        if ">" in words:
            words, into = words[: words.index(">")], words[words.index(">") + 1]
        yield Command(tuple(words), into, int(code[1]) if code else 0)


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def sections(text: str) -> dict[str, str]:
    """Return the text of each section of a page by its heading."""
    pieces = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a text, rows of cells, the head first."""
    found: list[list[list[str]]] = []
    for lines in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()
        ]
        found.append([rows[0], *rows[2:]])
    return found
