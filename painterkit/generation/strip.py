"""The pictures of a conversation side by side, as in Fig. 1 of the Neural Painter paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from attrs import frozen
from PIL import Image, ImageDraw, ImageFont

from painterkit.errors import Problem, WrongInput
from painterkit.reporting.legible import legible

SMALLEST = 128
"""Smaller pictures are enlarged to this height."""

IN_A_ROW = 10
LINES = 6
"""So many lines of words stand beneath a picture at most."""

LONGEST = 400
"""So many characters of a text are looked at: more than fit."""

TRUTH = "ground truth"
INK, GREY = (48, 48, 48), (128, 128, 128)

TYPED = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
"""What people type that the default font lacks."""


def strip(
    pictures: Sequence[Image.Image], words: Sequence[str], truth: Image.Image | None = None
) -> Image.Image:
    """Return the pictures side by side on white, each with its words beneath.

    The truth stands at the far left, if it is given. Small pictures are enlarged, words that are
    too long are cut, and ten pictures make a row. Letters that Pillow's own font lacks are shown as
    boxes. Raises WrongInput for no pictures, or not as many words.
    """
    if not pictures or len(words) != len(pictures):
        what = f"needs pictures and words for each, got {len(pictures)} and {len(words)}"
        raise WrongInput(Problem("strip", what))
    side = max(SMALLEST, *(max(one.size) for one in pictures))
    words_of = _Writer.of_size(side)
    cells = [_Cell(one, words_of.lines(text)) for one, text in zip(pictures, words, strict=True)]
    if truth is not None:
        cells.insert(0, _Cell(truth, [TRUTH], GREY))
    rows = [cells[start : start + IN_A_ROW] for start in range(0, len(cells), IN_A_ROW)]
    return below([_row(row, side, words_of) for row in rows])


@frozen
class _Cell:
    """A picture with the lines beneath it."""

    picture: Image.Image
    lines: Sequence[str]
    colour: tuple[int, int, int] = INK


@frozen
class _Writer:
    """Write words beneath pictures of a size."""

    side: int
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont
    height: int

    @classmethod
    def of_size(cls, side: int) -> _Writer:
        size = side // 10
        return cls(side, ImageFont.load_default(size), size * 4 // 3)

    def lines(self, text: str) -> list[str]:
        """Break a text into lines as wide as a picture, and cut it where there are too many."""
        shown = legible(text, LONGEST).translate(TYPED)
        lines = self._filled(_plain_letters(shown).split(" "))
        if len(lines) <= LINES:
            return lines
        last = lines[LINES - 1]
        while last and not self._fits(f"{last}..."):
            last = last[:-1]
        return [*lines[: LINES - 1], f"{last.rstrip()}..."]

    def write(self, canvas: Image.Image, cell: _Cell, left: int, top: int) -> None:
        """Write the lines of a cell, each in the middle."""
        draw = ImageDraw.Draw(canvas)
        for number, line in enumerate(cell.lines):
            middle = left + (self.side - self.font.getlength(line)) / 2
            draw.text((middle, top + number * self.height), line, fill=cell.colour, font=self.font)

    def _filled(self, words: Sequence[str]) -> list[str]:
        lines = [""]
        for word in words:
            together = f"{lines[-1]} {word}".strip()
            if self._fits(together):
                lines[-1] = together
                continue
            if lines[-1]:
                lines.append("")
            # A word that is wider than a picture is broken anywhere.
            for letter in word:
                if not self._fits(lines[-1] + letter):
                    lines.append("")
                lines[-1] += letter
        return lines

    def _fits(self, line: str) -> bool:
        return self.font.getlength(line) <= self.side


def _row(cells: Sequence[_Cell], side: int, writer: _Writer) -> Image.Image:
    gap = side // 16
    height = side + writer.height * max(len(cell.lines) for cell in cells)
    canvas = Image.new("RGB", (len(cells) * (side + gap) + gap, height + 3 * gap), "white")
    for place, cell in enumerate(cells):
        left = gap + place * (side + gap)
        picture = cell.picture.convert("RGB")
        if picture.size != (side, side):
            picture = picture.resize((side, side), Image.Resampling.BICUBIC)
        canvas.paste(picture, (left, gap))
        writer.write(canvas, cell, left, side + gap + gap // 2)
    return canvas


def below(rows: Sequence[Image.Image]) -> Image.Image:
    """Return pictures one below the other on white."""
    whole = (max(row.width for row in rows), sum(row.height for row in rows))
    canvas, top = Image.new("RGB", whole, "white"), 0
    for row in rows:
        canvas.paste(row, (0, top))
        top += row.height
    return canvas


def _plain_letters(text: str) -> str:
    """Return a text without accents, which the default font lacks.

    >>> _plain_letters("Frisör 東京")
    'Frisor 東京'
    """
    whole = unicodedata.normalize("NFC", text)
    return "".join(_plain_part(letter) or letter for letter in whole)


def _plain_part(letter: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", letter) if one.isascii())
