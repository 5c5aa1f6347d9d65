from __future__ import annotations

import pytest

from painterkit_chatpainter.skip_thought.words import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # What NLTK's documentation and its tests give for these texts.
        (
            "Good muffins cost $3.88 (roughly 3,36 euros)",
            "Good muffins cost $ 3.88 ( roughly 3,36 euros )",
        ),
        ("They'll save and invest more.", "They 'll save and invest more ."),
        ("hi, my name can't hello,", "hi , my name ca n't hello ,"),
        (
            '"We beat some pretty good teams to get here," Slocum said.',
            "`` We beat some pretty good teams to get here , '' Slocum said .",
        ),
        (
            'Well, we couldn\'t have this predictable, cliche-ridden, "Touched by an Angel" (a '
            "show creator John Masius worked on) wanna-be if she didn't.",
            "Well , we could n't have this predictable , cliche-ridden , `` Touched by an Angel '' "
            "( a show creator John Masius worked on ) wanna-be if she did n't .",
        ),
        (
            "I cannot cannot work under these conditions!",
            "I can not can not work under these conditions !",
        ),
        (
            'The company spent 40.75% of its income last year; "no more", it said.',
            "The company spent 40.75 % of its income last year ; `` no more '' , it said .",
        ),
        # Turns of dialogues, several sentences each.
        ("is it sunny? the sky isn't visible", "is it sunny ? the sky is n't visible"),
        ("no. she's beside it. what else?", "no . she 's beside it . what else ?"),
        ("no she isn't. why?", "no she is n't . why ?"),
        ("black/white t-shirt, o'clock", "black/white t-shirt , o'clock"),
        ("at 7:30, i guess... or 8:00: no", "at 7:30 , i guess ... or 8:00 : no"),
        ("the dogs' tails", "the dogs ' tails"),
        ("Mr. J. Bell and Dr. Who left.", "Mr. J. Bell and Dr. Who left ."),
        ("IT'S RED, DON'T YOU SEE", "IT 'S RED , DO N'T YOU SEE"),
        ("'tis gonna rain", "'t is gon na rain"),
        ("wait--what?!", "wait -- what ? !"),
        ("  \t\n ", ""),
        ("", ""),
        (".", "."),
        ("...", "..."),
        ("no. 5? i think so.. maybe", "no . 5 ? i think so.. maybe"),
        ('"', "``"),
        ("'", "'"),
    ],
)
def test_texts_are_cut_as_the_treebank_is(text: str, words: str) -> None:
    assert words_of(text) == words.split()


def test_capitals_are_kept() -> None:
    assert words_of("Is it Red?") == ["Is", "it", "Red", "?"]


def test_a_long_text_takes_no_long_time() -> None:
    assert len(words_of("a'" * 50_000)) >= 1
    assert len(words_of("." * 50_000 + "x")) >= 1
    assert len(words_of("x. ' ) " * 50_000)) == 200_000
    assert words_of("x" * 50_000 + ".") == ["x" * 50_000, "."]
