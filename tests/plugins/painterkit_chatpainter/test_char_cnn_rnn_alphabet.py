from __future__ import annotations

import numpy as np

from painterkit_chatpainter.char_cnn_rnn.alphabet import ALPHABET, LENGTH, numbers, rows


def test_the_alphabet_has_70_slots_for_69_characters() -> None:
    assert len(ALPHABET) == 70
    assert len(set(ALPHABET)) == 69
    assert ALPHABET.count("-") == 2


def test_each_character_has_its_last_slot() -> None:
    for character in ALPHABET:
        [number] = numbers(character, "zero", lower_case=False)
        assert number - 1 == ALPHABET.rindex(character)
    assert list(numbers("-", "zero", lower_case=False)) == [60], "not 37, where '-' stands first"


def test_lua_gives_nothing_to_what_it_does_not_know_and_the_port_a_space() -> None:
    [a, space] = numbers("a ", "zero", lower_case=False)
    assert (a, space) == (1, 70)
    assert list(numbers("aA\n", "zero", lower_case=False)) == [a, 0, 0]
    assert list(numbers("aA\n", "space", lower_case=False)) == [a, space, space]
    assert list(numbers("aA\n", "space", lower_case=True)) == [a, a, space]


def test_lua_reads_bytes_and_the_port_characters() -> None:
    assert list(numbers("é€!", "zero", lower_case=True)) == [0, 0, 0, 0, 0, 41]
    assert list(numbers("é€!", "space", lower_case=True)) == [70, 70, 41]


def test_half_characters_are_unknown_ones() -> None:
    assert list(numbers("a\udcff", "zero", lower_case=True)) == [1, 0, 0, 0]
    assert list(numbers("a\udcff", "space", lower_case=True)) == [1, 70]


def test_long_texts_are_cut_and_short_ones_padded() -> None:
    table = rows(["ab", "", "z" * 300], "zero", lower_case=True)
    assert table.shape == (3, LENGTH)
    assert table.dtype == np.uint8
    assert table[0, :2].tolist() == [1, 2]
    assert not table[0, 2:].any()
    assert not table[1].any()
    assert (table[2] == 26).all()
    assert rows([], "zero", lower_case=True).shape == (0, LENGTH)
