from __future__ import annotations

from painterkit.data.vocabulary import (
    SLOT,
    WordNumbers,
    empty_slots,
    most_frequent,
    read_slots,
    write_slots,
)


def test_words_survive_their_slots() -> None:
    words = ["naïve", "x" * SLOT, "日本", "\ud800", "a"]
    slots = empty_slots(7)
    assert read_slots(slots.numpy().tobytes(), 2) == {}
    write_slots(slots, words)
    assert slots.shape == (7, SLOT)
    assert read_slots(slots.numpy().tobytes(), 2) == {word: n for n, word in enumerate(words, 2)}
    write_slots(slots, ["b"])
    assert read_slots(slots.numpy().tobytes(), 1) == {"b": 1}


def test_words_that_fit_no_slot_are_not_learnt() -> None:
    words = ["x" * (SLOT + 1)] * 9 + ["日" * 11] * 8 + ["a\0b"] * 7 + ["b", "a"]
    assert most_frequent(words, 5) == ["a", "b"]
    assert most_frequent(words, 1) == ["a"]


def test_numbers_follow_what_is_written_in_the_slots() -> None:
    slots, numbers = empty_slots(3), WordNumbers(2)
    assert numbers.of(slots) == {}
    write_slots(slots, ["red", "blue"])
    assert numbers.of(slots) == {"red": 2, "blue": 3}
    assert numbers.of(slots) is numbers.of(slots.clone()), "the same words are not read again"
    slots.zero_()
    assert numbers.of(slots) == {}
