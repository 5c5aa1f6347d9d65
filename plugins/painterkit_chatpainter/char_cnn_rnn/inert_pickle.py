"""Read an author's pickle without running anything of it: lists, arrays, text and numbers.

A pickle is a program: it may call whatever it names, so painterkit writes none, and this module is
the only one that reads any, because StackGAN's released embeddings exist in no other form. Nothing
that a file names is ever imported or called here. A name becomes an inert `Name`; the few calls
that build an array are recognised by their names and carried out by the functions below, and every
instruction of the format that these files do not need is refused.
"""

from __future__ import annotations

import mmap
import pickle
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from attrs import frozen

from painterkit.errors import Problem, WrongInput

INSTRUCTIONS = (
    *(pickle.PROTO, pickle.FRAME, pickle.STOP, pickle.MARK, pickle.POP, pickle.POP_MARK),
    *(pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.FLOAT, pickle.BINFLOAT, pickle.INT),
    *(pickle.BININT, pickle.BININT1, pickle.BININT2, pickle.LONG, pickle.LONG1, pickle.LONG4),
    *(pickle.STRING, pickle.BINSTRING, pickle.SHORT_BINSTRING, pickle.UNICODE, pickle.BINUNICODE),
    *(pickle.SHORT_BINUNICODE, pickle.BINUNICODE8, pickle.BINBYTES, pickle.SHORT_BINBYTES),
    *(pickle.BINBYTES8, pickle.EMPTY_LIST, pickle.LIST, pickle.APPEND, pickle.APPENDS),
    *(pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3),
    *(pickle.GET, pickle.BINGET, pickle.LONG_BINGET, pickle.PUT, pickle.BINPUT),
    *(pickle.LONG_BINPUT, pickle.MEMOIZE, pickle.GLOBAL, pickle.STACK_GLOBAL),
)
"""The instructions that Python's own reader carries out; REDUCE and BUILD are replaced below."""

NUMBER = re.compile(r"b1|[iu][1248]|f[248]")

LONGEST_SHOWN = 80
"""A message shows text of a file up to so many characters."""

MOST_DIMENSIONS = 32
LONGEST_SIDE = 1 << 63
"""No array has more dimensions or a longer side; a file may claim sides of a million digits."""


class Refused(Exception):
    """The file asks for something that is not read; the text is a sentence's end."""


@frozen
class Name:
    """What stands for a function or class that a file names: text, and nothing that can be run."""

    text: str


def _shown(value: object) -> str:
    """Return how a message tells a value: short text in quotes, of anything else the type.

    The repr of a value can be longer than the file by any factor: a tuple of twice the same tuple
    of twice the same tuple takes five bytes a level, and doubles the repr.
    """
    text = value.text if isinstance(value, Name) else value
    if isinstance(text, str) and len(text) <= LONGEST_SHOWN:
        return repr(text)
    return f"something of the type {type(value).__name__}"


class StoredNumbers:
    """A kind of number under construction: what a file says of a numpy dtype."""

    def __init__(self, code: object) -> None:
        if not isinstance(code, str) or not NUMBER.fullmatch(code):
            raise Refused(f"holds entries of the kind {_shown(code)}, which are no numbers")
        self.dtype = np.dtype(code)

    def fill(self, state: object) -> None:
        """Take over the order of bytes."""
        order = state[1] if isinstance(state, tuple) and len(state) > 1 else None
        if order not in ("<", ">", "|", "="):
            raise Refused("holds a damaged description of numbers")
        self.dtype = self.dtype.newbyteorder(cast("Any", order))


class StoredArray:
    """An array under construction; `array` is there once the file has filled it."""

    array: npt.NDArray[Any]

    def __init__(self) -> None:
        self.array = np.empty(0)

    def fill(self, state: object) -> None:
        """Take over shape, numbers, order and contents, if they agree."""
        if not isinstance(state, tuple) or len(state) not in (4, 5):
            raise Refused("holds a damaged array")
        shape, numbers, fortran, raw = state[-4:]
        if isinstance(raw, list):
            raise Refused("holds an array of objects, and only arrays of numbers are read")
        if (
            not isinstance(numbers, StoredNumbers)
            or not isinstance(shape, tuple)
            or len(shape) > MOST_DIMENSIONS
            or not all(type(length) is int and 0 <= length < LONGEST_SIDE for length in shape)
        ):
            raise Refused("holds a damaged array")
        contents = _bytes(raw)
        # Compared before anything is made: a few bytes may claim any shape.
        claimed = numbers.dtype.itemsize
        for length in shape:
            claimed *= length
        if claimed != len(contents):
            raise Refused(f"holds an array of {claimed} bytes with {len(contents)} in it")
        flat = np.frombuffer(contents, numbers.dtype)
        self.array = flat.reshape(shape, order="F" if fortran else "C")


def _bytes(raw: object) -> bytes:
    """Return the contents of an array: bytes, or Python 2's text, read as latin1."""
    if isinstance(raw, str):
        return raw.encode("latin1")
    if not isinstance(raw, bytes):
        raise Refused("holds an array whose contents are no bytes")
    return raw


def _empty_array(kind: object, *_: object) -> StoredArray:
    if kind != Name("numpy.ndarray"):
        raise Refused(f"holds an array of a kind of its own, {_shown(kind)}")
    return StoredArray()


def _numbers(code: object = None, *_: object) -> StoredNumbers:
    return StoredNumbers(code)


def _encoded(text: object = None, encoding: object = None) -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise Refused("holds damaged bytes")
    return text.encode("latin1")


CALLS: Mapping[Name, Callable[..., Any]] = {
    Name("numpy.core.multiarray._reconstruct"): _empty_array,
    Name("numpy._core.multiarray._reconstruct"): _empty_array,
    Name("numpy.dtype"): _numbers,
    Name("_codecs.encode"): _encoded,  # how Python 3 writes bytes in protocol 2
}
"""Every call that a file may make, and what is done instead."""


# Python's reader in Python, not the one in C: that one makes its memo as large as a number in the
# file says, so five bytes could claim all of the memory.
class _Reader(pickle._Unpickler):
    """Carry out INSTRUCTIONS, and build what CALLS allows."""

    stack: list[Any]

    def find_class(self, module: str, name: str) -> Name:  # pyright: ignore
        """Import nothing: return the name."""
        found = Name(f"{module}.{name}")
        if found not in CALLS and found != Name("numpy.ndarray"):
            raise Refused(f"asks for {_shown(found)}, which these files have no need of")
        return found

    def reduce(self) -> None:
        """Build what a call stands for."""
        arguments, name = self.stack.pop(), self.stack.pop()
        call = CALLS.get(name) if isinstance(name, Name) else None
        if call is None or not isinstance(arguments, tuple):
            raise Refused(f"calls {_shown(name)}, which is not allowed")
        self.stack.append(call(*arguments))

    def build(self) -> None:
        """Fill an array or a kind of number; nothing else has a state."""
        state = self.stack.pop()
        if not isinstance(self.stack[-1], StoredArray | StoredNumbers):
            raise Refused("gives a state to something that has none")
        self.stack[-1].fill(state)

    dispatch = {  # noqa: RUF012
        **{code[0]: pickle._Unpickler.dispatch[code[0]] for code in INSTRUCTIONS},  # pyright: ignore
        pickle.REDUCE[0]: reduce,
        pickle.BUILD[0]: build,
    }


def read_pickle(path: Path) -> Any:
    """Return what a pickle holds: lists, tuples, StoredArrays, text, bytes, numbers and None.

    Text of Python 2 is read as latin1. Raises WrongInput where the file cannot be read, is damaged,
    or holds anything else; nothing of it was run then.
    """
    try:
        # A map, because its read(n) never takes more memory than the file has bytes.
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(cast("Any", data), encoding="latin1").load()
    except OSError as error:
        raise WrongInput(Problem(str(path), f"cannot be read: {error.strerror}")) from error
    except Refused as error:
        raise _refusal(path, str(error)) from error
    except KeyError as error:
        code = error.args[0] if error.args else None
        if type(code) is int and bytes([code & 255]) not in INSTRUCTIONS and code < 256:
            raise _refusal(
                path, f"uses the instruction {code:#04x}, which these files have no need of"
            ) from error
        raise _refusal(path, "is damaged, or no pickle") from error
    except Exception as error:  # a damaged program fails in any way
        raise _refusal(path, "is damaged, or no pickle") from error


def _refusal(path: Path, what: str) -> WrongInput:
    return WrongInput(
        Problem(str(path), what, "download it again; only arrays, text and numbers are read")
    )
