"""Texts cut into words as the Penn Treebank is: what skip-thought's dictionary was made of.

The authors' code cuts sentences with NLTK's punkt and words with its word_tokenize, which need a
download. Here regular expressions do what those two do in the cases that matter:

- punctuation is a word of its own; hyphens, slashes and apostrophes inside a word are not, nor
  are colon and comma before a digit: `t-shirt`, `and/or`, `o'clock`, `7:30`;
- a full stop is a word at the end of a sentence, and belongs to its word in an abbreviation:
  `Mr. Bell`, `the U.S. team`; punkt learnt its abbreviations from news, here a short list has them;
- clitics are words, as in `do n't`, `she 's`, and so are the halves of `can not`, `gon na`;
- double quotes become `` before a word and '' after one.

Differences to NLTK remain in rare cases such as sentences that end with an abbreviation.
"""

from __future__ import annotations

import re

_ABBREVIATION = re.compile(
    r"(?:mrs?|ms|dr|prof|rev|hon|gen|col|capt|lt|sgt|gov|sen|rep|st|mt|jr|sr|vs|etc|e\.g|i\.e|cf|al"
    r"|inc|ltd|co|corp|bros|dept|est|fig|vol|approx|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov"
    r"|dec|[ap]\.m|ph\.d|u\.[sk])",
    re.IGNORECASE,
)

_PUNCTUATION = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # Quotes that open stand at the start, after a space or after a bracket.
        (r"(?:^|(?<=[\s(\[{<]))(?:\"|'')", " `` "),
        (r"``|''", r" \g<0> "),
        (r"\"", " '' "),
        (r"[?!;@#$%&()\[\]{}<>]|\.\.\.|--", r" \g<0> "),
        (r"[:,](?!\d)", r" \g<0> "),
        # The last full stop of the text, whatever it ends.
        (r"(?<!\.)\.(?=[\s)\]}>'`]*$)", " . "),
    )
]

_FULL_STOP = re.compile(r"(?<!\S)(\S*[^\s.])\.(?=\s)")
"""A full stop after a word, where the text goes on."""

_CLITICS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # A quote that closes a word, as in `the dogs' tails`.
        (r"(?<=[^\s'])'(?=\s|$)", " ' "),
        (r"(?<=[^\s'])('(?:ll|re|ve|[smd])|n't)(?=\s|$)", r" \1"),
        (r"(?<=[^\s'])('(?:LL|RE|VE|[SMD])|N'T)(?=\s|$)", r" \1"),
        (r"(?i)\b(can)(not)\b", r"\1 \2"),
        (r"(?i)\b(gon)(na)\b", r"\1 \2"),
        (r"(?i)\b(wan)(na)(?=\s|$)", r"\1 \2"),
        (r"(?i)\b(got)(ta)\b", r"\1 \2"),
        (r"(?i)\b(gim|lem)(me)\b", r"\1 \2"),
        (r"(?i)(?<!\S)('t)(is|was)\b", r"\1 \2"),
    )
]


def words_of(text: str) -> list[str]:
    """Return the words of a text, punctuation among them.

    >>> words_of("is she wearing a t-shirt? no, she isn't.")
    ['is', 'she', 'wearing', 'a', 't-shirt', '?', 'no', ',', 'she', 'is', "n't", '.']
    """
    for pattern, replacement in _PUNCTUATION:
        text = pattern.sub(replacement, text)
    text = _FULL_STOP.sub(_cut_full_stop, text)
    for pattern, replacement in _CLITICS:
        text = pattern.sub(replacement, text)
    return text.split()


def _cut_full_stop(match: re.Match[str]) -> str:
    word = match[1]
    initial = len(word) == 1 and word.isupper() and word != "I"
    return match[0] if initial or _ABBREVIATION.fullmatch(word) else f"{word} ."
