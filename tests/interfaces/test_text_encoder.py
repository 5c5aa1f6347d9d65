"""What an encoder can do is asked without looking at what it is."""

from __future__ import annotations

from painterkit.interfaces.text_encoder import GivesWords


class Readable:
    """An encoder without words, whose files are missing."""

    width = 8

    @property
    def fingerprint(self) -> str:
        raise AssertionError("nobody asked for it")


class Wordy(Readable):
    word_width = 4
    most_words = 3


def test_whether_an_encoder_gives_words_is_asked_without_reading_its_files() -> None:
    assert isinstance(Wordy(), GivesWords)
    assert not isinstance(Readable(), GivesWords)
