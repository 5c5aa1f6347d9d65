from __future__ import annotations

from painterkit.data.vocabulary import SLOT, empty_slots, most_frequent, read_slots, write_slots


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
