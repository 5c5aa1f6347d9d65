"""The authors' files, in their formats and small."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from painterkit.data import Turn
from painterkit.data.texts import encode
from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit_chatpainter.skip_thought import author_files
from painterkit_chatpainter.skip_thought.author_files import read_dictionary, wrong_file

Build = Callable[..., Any]
Arrays = dict[str, npt.NDArray[Any]]

WORDS = ["the", "UNK", "<eos>", "red", "Red", "is", "?", "n\u2028t", "the", "blue", "."]
"""One word holds a character that str.splitlines cuts at, and one is there twice."""

TEXTS = ["is the red blue?", "Red.", "", "blue", "is the thing Red? the sky is blue.", "the the"]
E_WIDTH, UNI, BI = 5, 6, 4


def numbers(random: np.random.Generator, *shape: int) -> npt.NDArray[np.float32]:
    return random.normal(size=shape).astype(np.float32)


def gru_arrays(random: np.random.Generator, prefix: str, width: int) -> Arrays:
    return {
        f"{prefix}W": numbers(random, E_WIDTH, 2 * width),
        f"{prefix}U": numbers(random, width, 2 * width),
        f"{prefix}b": numbers(random, 2 * width),
        f"{prefix}Wx": numbers(random, E_WIDTH, width),
        f"{prefix}Ux": numbers(random, width, width),
        f"{prefix}bx": numbers(random, width),
    }


def archives() -> dict[str, Arrays]:
    random = np.random.default_rng(0)
    unread = {"Wemb": numbers(random, 3, E_WIDTH), "history_errs": np.zeros(0)}
    return {
        "uni_skip.npz": {**gru_arrays(random, "encoder_", UNI), **unread},
        "bi_skip.npz": {
            **gru_arrays(random, "encoder_", BI),
            **gru_arrays(random, "encoder_r_", BI),
            **unread,
        },
    }


def tables() -> Arrays:
    random = np.random.default_rng(1)
    shape = (len(WORDS), E_WIDTH)
    return {"utable.npy": numbers(random, *shape), "btable.npy": numbers(random, *shape)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dictionary.txt").write_bytes("".join(f"{w}\n" for w in WORDS).encode())
    for name, arrays in archives().items():
        np.savez(tmp_path / name, **arrays)  # pyright: ignore[reportArgumentType]
    for name, table in tables().items():
        np.save(tmp_path / name, table)
    return tmp_path


def built(build: Build, folder: Path, **settings: object) -> Any:
    return build(Role.TEXT_ENCODER, "skip-thought", {"folder": str(folder), **settings})


def sigmoid(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return 1 / (1 + np.exp(-x))


def last_state(arrays: Arrays, prefix: str, vectors: Any, width: int) -> npt.NDArray[np.float32]:
    """Read one sentence as the authors' code does, word by word."""
    state = np.zeros(width, np.float32)
    for x in vectors:
        gates = sigmoid(
            x @ arrays[f"{prefix}W"] + arrays[f"{prefix}b"] + state @ arrays[f"{prefix}U"]
        )
        reset, update = gates[:width], gates[width:]
        inner = x @ arrays[f"{prefix}Wx"] + arrays[f"{prefix}bx"]
        new = np.tanh(inner + reset * (state @ arrays[f"{prefix}Ux"]))
        state = update * state + (1 - update) * new
    return state


def slowly(words: list[str], end: bool = False) -> npt.NDArray[np.float32]:
    """Return the combine-skip vector of one sentence from the arrays, as the authors' code does."""
    rows = {word: row for row, word in enumerate(WORDS)}
    places = [rows.get(word, rows["UNK"]) for word in words] + [rows["<eos>"]] * end
    uni, bi = archives()["uni_skip.npz"], archives()["bi_skip.npz"]
    u, b = tables()["utable.npy"][places], tables()["btable.npy"][places]
    one = last_state(uni, "encoder_", u, UNI)
    ends = [last_state(bi, "encoder_", b, BI), last_state(bi, "encoder_r_", b[::-1], BI)]
    both = np.concatenate(ends)
    return np.concatenate([one / np.linalg.norm(one), both / np.linalg.norm(both)])


CUT = [
    ["is", "the", "red", "blue", "?"],
    ["Red", "."],
    [],
    ["blue"],
    ["is", "the", "thing", "Red", "?", "the", "sky", "is", "blue", "."],
    ["the", "the"],
]


@pytest.mark.parametrize("end", [False, True])
def test_vectors_are_those_of_the_authors_code(build: Build, folder: Path, end: bool) -> None:
    encoder = built(build, folder, end_token=end)
    assert encoder.width == UNI + 2 * BI
    vectors = encode(encoder, TEXTS)
    assert vectors.dtype == np.float32
    for text, words, vector in zip(TEXTS, CUT, vectors, strict=True):
        expected = slowly(words, end) if words or end else np.zeros(encoder.width)
        np.testing.assert_allclose(vector, expected, atol=1e-6, err_msg=text)
        np.testing.assert_allclose(encode(encoder, [text])[0], vector, atol=1e-6, err_msg=text)


def test_a_mode_needs_only_its_own_files(build: Build, folder: Path) -> None:
    whole = encode(built(build, folder), TEXTS)
    for name in ("bi_skip.npz", "btable.npy"):
        (folder / name).rename(folder / f"kept-{name}")
    uni = built(build, folder, mode="uni")
    assert uni.width == UNI
    np.testing.assert_array_equal(encode(uni, TEXTS), whole[:, :UNI])
    lacking = [problem.where for problem in built(build, folder).lacks()]
    assert lacking == [str(folder / "bi_skip.npz"), str(folder / "btable.npy")]
    for name, other in (("bi_skip.npz", "uni_skip.npz"), ("btable.npy", "utable.npy")):
        (folder / f"kept-{name}").rename(folder / name)
        (folder / other).unlink()
    bi = built(build, folder, mode="bi")
    np.testing.assert_array_equal(encode(bi, TEXTS), whole[:, UNI:])


def test_scaled_entries_have_a_variance_of_one(build: Build, folder: Path) -> None:
    plain, scaled = (
        encode(built(build, folder), TEXTS),
        encode(built(build, folder, scaled=True), TEXTS),
    )
    np.testing.assert_allclose(scaled[:, :UNI], plain[:, :UNI] * UNI**0.5, rtol=1e-5)
    np.testing.assert_allclose(scaled[:, UNI:], plain[:, UNI:] * (2 * BI) ** 0.5, rtol=1e-5)


def test_capitals_are_small_letters_only_where_that_is_wanted(build: Build, folder: Path) -> None:
    as_written = encode(built(build, folder), ["Red", "red"])
    assert not np.allclose(as_written[0], as_written[1])
    small = encode(built(build, folder, lower_case=True), ["Red", "red"])
    np.testing.assert_allclose(small[0], small[1], atol=1e-6)
    np.testing.assert_allclose(small[0], as_written[1], atol=1e-6)


def test_of_a_table_only_the_used_rows_are_read(build: Build, folder: Path) -> None:
    encoder = built(build, folder)
    for model in encoder._models:
        assert isinstance(model.words, np.memmap)
    asked: list[npt.NDArray[Any]] = []

    class Watched:
        def __getitem__(self, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
            asked.append(rows)
            return tables()["utable.npy"][rows]

    encode(encoder, ["blue"])  # the weights are loaded before the table is watched
    object.__setattr__(encoder._models[0], "words", Watched())
    encoder.forward(encoder.prepare([Turn("red red sky"), Turn("red blue")]))
    assert asked[0].tolist() == [1, 3, 9]


def test_it_is_no_module_and_learns_nothing(build: Build, folder: Path) -> None:
    encoder = built(build, folder)
    assert not isinstance(encoder, nn.Module)
    assert not hasattr(encoder, "fit_texts")
    sentence = encoder.forward(encoder.prepare([Turn("red")])).sentence
    assert not sentence.requires_grad


def test_it_is_built_without_reading_weights_also_on_meta(build: Build, folder: Path) -> None:
    expected = encode(built(build, folder), TEXTS)
    with torch.device("meta"):
        encoder = built(build, folder)
    np.testing.assert_array_equal(encode(encoder, TEXTS), expected)


def test_words_with_odd_characters_keep_their_lines(folder: Path) -> None:
    dictionary = read_dictionary(folder / "dictionary.txt")
    assert dictionary.lines == len(WORDS)
    assert dictionary.rows["n\u2028t"] == 7
    assert dictionary.rows["the"] == 8, "of two lines the last counts, as in the authors' code"
    text = (folder / "dictionary.txt").read_bytes()
    (folder / "dictionary.txt").write_bytes(text.removesuffix(b"\n"))
    assert read_dictionary(folder / "dictionary.txt").lines == len(WORDS)


def test_older_and_other_layouts_of_numpy_are_read(build: Build, folder: Path) -> None:
    expected = encode(built(build, folder), TEXTS)
    rewrite(
        folder,
        "uni_skip.npz",
        {k: np.asfortranarray(v) for k, v in archives()["uni_skip.npz"].items()},
    )
    np.savez_compressed(folder / "bi_skip.npz", **archives()["bi_skip.npz"])  # pyright: ignore[reportArgumentType]
    table = tables()["utable.npy"]
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(WORDS)}L, {E_WIDTH}L), }}"
    padded = header.ljust(117) + "\n"  # what NumPy wrote on Python 2
    (folder / "utable.npy").write_bytes(
        b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode() + table.tobytes()
    )
    np.testing.assert_array_equal(encode(built(build, folder), TEXTS), expected)


def rewrite(folder: Path, name: str, arrays: Mapping[str, Any]) -> None:
    np.savez(folder / name, **arrays)


def refused(build: Build, folder: Path, **settings: object) -> str:
    with pytest.raises(WrongInput) as raised:
        encode(built(build, folder, **settings), TEXTS)
    assert len(raised.value.problems) == 1
    assert raised.value.problems[0].hint
    return str(raised.value)


@pytest.mark.parametrize("name", ["dictionary.txt", "utable.npy", "btable.npy", "uni_skip.npz"])
def test_a_missing_file_is_named(build: Build, folder: Path, name: str) -> None:
    assert built(build, folder).lacks() == []
    (folder / name).unlink()
    sentence = (
        f"{folder / name}   there is no such file of skip-thought; "
        "docs/how-to/author_files.md tells where the files come from"
    )
    assert [str(problem) for problem in built(build, folder).lacks()] == [sentence]
    assert refused(build, folder) == sentence


def test_without_its_files_it_can_be_planned_and_reads_nothing(
    build: Build, tmp_path: Path
) -> None:
    encoder = built(build, tmp_path / "nowhere")
    assert encoder.width == 4800
    assert len(encoder.lacks()) == 5
    with pytest.raises(WrongInput) as raised:
        encoder.prepare([Turn("red")])
    assert list(raised.value.problems) == encoder.lacks()
    with pytest.raises(WrongInput):
        _ = encoder.fingerprint


@pytest.mark.parametrize("name", ["utable.npy", "btable.npy", "uni_skip.npz", "bi_skip.npz"])
@pytest.mark.parametrize("kept", [0, 0.05, 0.5, 0.99])
def test_a_truncated_file_is_named(build: Build, folder: Path, name: str, kept: float) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(kept * len(content))])
    assert refused(build, folder).startswith(f"{folder / name}   cannot be read as a NumPy ar")


def test_a_truncated_dictionary_no_longer_fits_its_tables(build: Build, folder: Path) -> None:
    content = (folder / "dictionary.txt").read_bytes()
    (folder / "dictionary.txt").write_bytes(content[: content.index(b"blue")])
    assert refused(build, folder).startswith(
        f"{folder / 'utable.npy'}   has 11 rows, but dictionary.txt has 9 lines; take both from"
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"UNK\n\xff\xfe\n<eos>\n", "is not UTF-8 at byte 4"),
        (b"a\n<eos>\n", "has no line 'UNK'"),
        (b"a\nUNK\n", "has no line '<eos>'"),
        (b"", "has no line 'UNK'"),
    ],
)
def test_a_wrong_dictionary_is_told(build: Build, folder: Path, content: bytes, what: str) -> None:
    (folder / "dictionary.txt").write_bytes(content)
    assert refused(build, folder).startswith(f"{folder / 'dictionary.txt'}   {what} (its MD5 is")


def test_a_missing_array_is_named(build: Build, folder: Path) -> None:
    arrays = archives()["bi_skip.npz"]
    del arrays["encoder_r_Ux"]
    rewrite(folder, "bi_skip.npz", arrays)
    assert refused(build, folder).startswith(
        f"{folder / 'bi_skip.npz'}   holds no array 'encoder_r_Ux' (its MD5 is "
    )


@pytest.mark.parametrize(
    ("name", "array", "what"),
    [
        ("encoder_U", np.zeros((6, 13), np.float32), "has the shape [6, 13] instead of [6, 12]"),
        ("encoder_W", np.zeros((4, 12), np.float32), "has the shape [4, 12] instead of [5, 12]"),
        ("encoder_Ux", np.zeros((6,), np.float32), "has the shape [6] instead of [6, 6]"),
        ("encoder_Ux", np.zeros((), np.float32), "has the shape [] instead of [0, 0]"),
        ("encoder_b", np.zeros(12, np.int64), "holds int64 instead of floating-point numbers"),
        ("encoder_b", np.array([{}] * 12), "holds object instead of floating-point numbers"),
    ],
)
def test_an_array_of_another_kind_is_named(
    build: Build, folder: Path, name: str, array: npt.NDArray[Any], what: str
) -> None:
    rewrite(folder, "uni_skip.npz", {**archives()["uni_skip.npz"], name: array})
    said = refused(build, folder)
    assert said.startswith(f"{folder / 'uni_skip.npz'}   ")
    assert f"'{name}' {what}" in said


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (np.zeros((11, 5), np.int64), "holds no table [words, E] of floating-point numbers"),
        (np.zeros(55, np.float32), "holds no table [words, E] of floating-point numbers"),
        (np.zeros((12, 5), np.float32), "has 12 rows, but dictionary.txt has 11 lines"),
        (np.array([[{}] * 5] * 11), "cannot be read as a NumPy array: "),
    ],
)
def test_a_wrong_table_is_told(
    build: Build, folder: Path, table: npt.NDArray[Any], what: str
) -> None:
    np.save(folder / "btable.npy", table)
    assert refused(build, folder).startswith(f"{folder / 'btable.npy'}   {what}")


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (11, 5), ",  # tokenize.TokenError
        b"{'descr': (), 'fortran_order': False, 'shape': (11, 5), }",  # IndexError
        b"{[]: 1}",  # TypeError
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (11, 10000000000000000000000), }",
    ],
)
def test_a_broken_header_is_told(build: Build, folder: Path, header: bytes) -> None:
    header = header.ljust(117) + b"\n"
    start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    (folder / "utable.npy").write_bytes(start + header + tables()["utable.npy"].tobytes())
    assert refused(build, folder).startswith(
        f"{folder / 'utable.npy'}   cannot be read as a NumPy array: "
    )


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [(8, 1, "is encrypted"), (10, 99, "compression method is not supported")],
)
def test_an_archive_that_cannot_be_opened_is_told(
    build: Build, folder: Path, place: int, value: int, said: str
) -> None:
    path = folder / "uni_skip.npz"
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")  # the first in the archive's own list, which is W's
    content[entry + place] = value
    path.write_bytes(content)
    sentence = refused(build, folder)
    assert sentence.startswith(f"{path}   cannot be read as a NumPy archive: ")
    assert said in sentence


@pytest.mark.parametrize("name", ["utable.npy", "uni_skip.npz"])
def test_any_changed_byte_is_read_or_told(build: Build, folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    random = np.random.default_rng(0)
    places = random.choice(min(len(whole), 4000), 200)
    refusals = 0
    for place in places if name == "uni_skip.npz" else range(128):
        changed = bytearray(whole)
        changed[place] = random.choice(list(b"\x00(){}[]',9L\n\xff"))
        (folder / name).write_bytes(changed)
        try:
            encode(built(build, folder), TEXTS[:1])
        except WrongInput:
            refusals += 1
    assert refusals > 50


def test_an_archive_in_place_of_a_table_is_told(build: Build, folder: Path) -> None:
    (folder / "utable.npy").write_bytes((folder / "uni_skip.npz").read_bytes())
    assert "utable.npy   holds no table [words, E]" in refused(build, folder)


@pytest.mark.parametrize("when", ["before it is built", "after"])
def test_changed_content_is_found(build: Build, folder: Path, when: str) -> None:
    path = folder / "uni_skip.npz"
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("encoder_U.npy").header_offset + 200
    content = bytearray(path.read_bytes())
    content[place] ^= 255
    encoder = built(build, folder) if when == "after" else None
    path.write_bytes(content)
    with pytest.raises(WrongInput, match=r"uni_skip\.npz +cannot be read.*: Bad CRC-32"):
        encode(encoder or built(build, folder), TEXTS)


def test_the_md5_of_the_authors_file_is_told_where_it_is_another(tmp_path: Path) -> None:
    (tmp_path / "uni_skip.npz").write_bytes(b"abc")
    assert str(wrong_file(tmp_path / "uni_skip.npz", "is wrong")) == (
        f"{tmp_path / 'uni_skip.npz'}   is wrong (its MD5 is 900150983cd24fb0d6963f7d28e17f72, "
        "that of the authors' file 8eb7c6948001740c3111d71a2fa446c1); fetch the authors' "
        "uni_skip.npz again"
    )


def test_large_files_are_not_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "btable.npy").write_bytes(b"abc")
    monkeypatch.setattr(author_files, "HASHED_BYTES", 2)
    assert "MD5" not in str(wrong_file(tmp_path / "btable.npy", "is wrong"))


def changed_table(folder: Path) -> None:
    table = tables()["utable.npy"]
    table[0] += 1
    np.save(folder / "utable.npy", table)


def changed_weights(folder: Path) -> None:
    arrays = archives()["bi_skip.npz"]
    arrays["encoder_r_bx"][0] += 1
    rewrite(folder, "bi_skip.npz", arrays)


def changed_words(folder: Path) -> None:
    path = folder / "dictionary.txt"
    path.write_bytes(path.read_bytes().replace(b"blue", b"grey"))


@pytest.mark.parametrize("change", [changed_table, changed_weights, changed_words])
def test_the_fingerprint_follows_the_files(
    build: Build, folder: Path, change: Callable[[Path], None]
) -> None:
    before = built(build, folder).fingerprint
    assert built(build, folder).fingerprint == before
    change(folder)
    assert built(build, folder).fingerprint != before


def test_the_fingerprint_follows_the_settings(build: Build, folder: Path) -> None:
    settings: list[dict[str, object]] = [
        {},
        {"mode": "uni"},
        {"mode": "bi"},
        {"end_token": True},
        {"scaled": True},
        {"lower_case": True},
    ]
    prints = {built(build, folder, **one).fingerprint for one in settings}
    assert len(prints) == len(settings)
    assert built(build, folder, half=True).fingerprint in prints, "the same vectors"
