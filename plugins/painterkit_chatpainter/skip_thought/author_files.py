"""The files that the authors of skip-thought published, read without pickle and only where needed.

    dictionary.txt              UTF-8, one word a line, "UNK" and "<eos>" among them
    utable.npy, btable.npy      float32 [words, E]: a row for each line; 2.3 GB each
    uni_skip.npz, bi_skip.npz   encoder_{W,U,b,Wx,Ux,bx}; bi also encoder_r_{...}, from the end

Source: skipthoughts.py of github.com/ryankiros/skip-thoughts. The .pkl files beside them hold
options that the shapes tell, and are not read.
"""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import torch
from attrs import field, frozen

from painterkit.errors import PainterkitError, Problem, WrongInput
from painterkit_chatpainter.skip_thought.network import Model, SentenceReader

MD5: Mapping[str, str] = {
    "dictionary.txt": "26d8a3e6458500013723b380a4b4b55e",
    "uni_skip.npz": "8eb7c6948001740c3111d71a2fa446c1",
    "bi_skip.npz": "9a15429d694a0e035f9ee1efcb1406f3",
    "btable.npy": "022b5b15f53a84c785e3153a2c383df6",
}
"""The MD5 sums of the authors' files, as far as they were published."""

HELP = "docs/how-to/author_files.md tells where the files come from"

HASHED_BYTES = 1 << 30
"""A wrong file is hashed for the message up to this size."""

DIRECTIONS: Mapping[Model, tuple[str, ...]] = {
    "uni": ("encoder_",),
    "bi": ("encoder_", "encoder_r_"),
}
"""What the names of the arrays of each GRU begin with, forwards first."""

ARRAYS = ("W", "U", "b", "Wx", "Ux", "bx")
"""What is kept of each GRU: of both gates side by side, then of the candidate."""

UNKNOWN = "UNK"
END = "<eos>"
"""The lines of the unknown word and of the end of a text."""

SAMPLED_ROWS = 64
"""How many rows of a table are looked at for its digest."""


def wrong_file(path: Path, what: str, hint: str = "") -> WrongInput:
    """Return the error of a file that is not what it should be, with its MD5 where that helps."""
    known = MD5.get(path.name)
    if known and path.is_file() and path.stat().st_size <= HASHED_BYTES:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "md5").hexdigest()
        if found != known:
            what += f" (its MD5 is {found}, that of the authors' file {known})"
    return WrongInput(Problem(str(path), what, hint or f"fetch the authors' {path.name} again"))


def missing_file(path: Path) -> Problem:
    """Return the problem of a file that is not there."""
    return Problem(str(path), "there is no such file of skip-thought", HELP)


def weights_name(model: Model) -> str:
    """Return the name of a model's file of weights."""
    return f"{model}_skip.npz"


def table_name(model: Model) -> str:
    """Return the name of a model's table of word vectors."""
    return f"{model[0]}table.npy"


@frozen(eq=False)
class Dictionary:
    """The row of each word in the tables, and how many lines, so rows, there are."""

    rows: Mapping[str, int] = field(repr=False)
    lines: int
    digest: str


def read_dictionary(path: Path) -> Dictionary:
    """Read dictionary.txt; a word on two lines has the last one's row, as in the authors' code.

    Raises WrongInput where the file is not UTF-8 or lacks UNK or <eos>.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise wrong_file(path, f"is not UTF-8 at byte {error.start}") from error
    # Lines end at newlines alone: some words hold other characters that Python splits lines at.
    lines = text.removesuffix("\n").split("\n")
    rows = {line.strip(): row for row, line in enumerate(lines)}
    for word in (UNKNOWN, END):
        if word not in rows:
            raise wrong_file(path, f"has no line '{word}'")
    return Dictionary(rows, len(lines), hashlib.sha256(content).hexdigest())


@frozen(eq=False)
class ModelFiles:
    """The files of the uni-skip or of the bi-skip model, their shapes checked."""

    weights: Path
    arrays: Mapping[str, zipfile.ZipInfo] = field(repr=False)
    prefixes: tuple[str, ...]
    """Of the arrays of each direction."""

    words: npt.NDArray[Any] = field(repr=False)
    """[words, E], memory-mapped."""

    width: int
    """Width of all directions together."""

    def digest(self) -> str:
        """Return what names the weights and the word vectors, without reading them all.

        The archive keeps a checksum of each array; of the table, its shape and some rows count.
        """
        digest = hashlib.sha256()
        for name, info in sorted(self.arrays.items()):
            digest.update(f"{name} {info.file_size} {info.CRC};".encode())
        digest.update(f"{self.words.shape} {self.words.dtype};".encode())
        places = np.linspace(0, len(self.words) - 1, SAMPLED_ROWS).astype(np.int64)
        digest.update(np.ascontiguousarray(self.words[places]).tobytes())
        return digest.hexdigest()


def open_model(folder: Path, model: Model, dictionary: Dictionary) -> ModelFiles:
    """Check the files of a model against each other and the dictionary.

    Raises WrongInput naming the file that is broken or of another shape.
    """
    weights, table = folder / weights_name(model), folder / table_name(model)
    words = _open_table(table)
    if len(words) != dictionary.lines:
        what = f"has {len(words)} rows, but dictionary.txt has {dictionary.lines} lines"
        raise wrong_file(table, what, "take both from one download")
    prefixes = DIRECTIONS[model]
    arrays, shapes = _open_archive(weights, [p + name for p in prefixes for name in ARRAYS])
    for prefix in prefixes:
        _check_shapes(weights, prefix, shapes, words.shape[1])
    width = sum(shapes[f"{prefix}Ux"][0] for prefix in prefixes)
    return ModelFiles(weights, arrays, prefixes, words, width)


def load_reader(files: ModelFiles) -> SentenceReader:
    """Load the weights of a model, on the CPU and frozen.

    Raises WrongInput where the archive's content is broken.
    """
    both_ways, device = len(files.prefixes) == 2, torch.device("cpu")
    reader = SentenceReader(files.words.shape[1], files.width, both_ways, device)
    reader.requires_grad_(False)
    path = files.weights
    with _reading(path, "cannot be read"), np.load(path, allow_pickle=False) as archive:
        for prefix, gru in zip(files.prefixes, reader.directions(), strict=True):
            own = {name: torch.from_numpy(archive[prefix + name]) for name in ARRAYS}
            gru.word.weight.copy_(torch.cat([own["W"], own["Wx"]], dim=1).T)
            gru.word.bias.copy_(torch.cat([own["b"], own["bx"]]))
            gru.state.weight.copy_(torch.cat([own["U"], own["Ux"]], dim=1).T)
    return reader


def _open_table(path: Path) -> npt.NDArray[Any]:
    with _reading(path, "cannot be read as a NumPy array"):
        table = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(table, np.ndarray) or table.ndim != 2 or table.dtype.kind != "f":
        raise wrong_file(path, "holds no table [words, E] of floating-point numbers")
    return table


def _open_archive(
    path: Path, wanted: Sequence[str]
) -> tuple[dict[str, zipfile.ZipInfo], dict[str, tuple[int, ...]]]:
    """Return the entries and the shapes of the arrays of an archive; their content is not read."""
    arrays: dict[str, zipfile.ZipInfo] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    with _reading(path, "cannot be read as a NumPy archive"), zipfile.ZipFile(path) as archive:
        there = set(archive.namelist())
        for name in wanted:
            if f"{name}.npy" not in there:
                raise wrong_file(path, f"holds no array '{name}'")
            arrays[name] = archive.getinfo(f"{name}.npy")
            with archive.open(arrays[name]) as file:
                shapes[name] = _shape(name, file)
    return arrays, shapes


def _shape(name: str, file: IO[bytes]) -> tuple[int, ...]:
    """Return the shape in the header of an array. Raises ValueError unless it holds floats."""
    first = np.lib.format.read_magic(file) == (1, 0)
    header = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(file)
    if dtype.kind != "f":
        raise ValueError(f"'{name}' holds {dtype} instead of floating-point numbers")
    return shape


def _check_shapes(
    path: Path, prefix: str, shapes: Mapping[str, tuple[int, ...]], word_width: int
) -> None:
    """Check the arrays of one direction. Raises WrongInput naming the first that does not fit."""
    width = shapes[f"{prefix}Ux"][0] if shapes[f"{prefix}Ux"] else 0
    wanted = {
        "Ux": (width, width),
        "U": (width, 2 * width),
        "bx": (width,),
        "b": (2 * width,),
        "Wx": (word_width, width),
        "W": (word_width, 2 * width),
    }
    for name, shape in wanted.items():
        found = shapes[prefix + name]
        if found != shape:
            raise wrong_file(
                path,
                f"'{prefix}{name}' has the shape {list(found)} instead of {list(shape)}, for words "
                f"of {word_width} numbers and a state of {width}",
            )


@contextmanager
def _reading(path: Path, what: str) -> Generator[None]:
    """Raise the WrongInput of a wrong file, `what` in its words, whatever reading it raises.

    NumPy's advice to write again what Python 2 wrote is not passed on.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Reading `.npy` or `.npz` file", UserWarning)
            yield
    except (PainterkitError, MemoryError):
        raise
    except Exception as error:  # headers are parsed as Python, so a broken one fails in any way
        raise wrong_file(path, f"{what}: {error}") from error
