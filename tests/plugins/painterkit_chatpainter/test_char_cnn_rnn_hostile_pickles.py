"""A pickle that would run something runs nothing, and is told in one sentence."""

from __future__ import annotations

import os
import pickle
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from painterkit.errors import WrongInput
from painterkit_chatpainter.char_cnn_rnn import inert_pickle
from painterkit_chatpainter.char_cnn_rnn.released_embeddings import read_embeddings, read_names

ARRAY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
FLOATS = (
    b"cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
)
FILL = b"(K\x01K\x00\x85" + FLOATS + b"\x89U\x00tb"


DOUBLED = b")" + b"q\x00h\x00\x86" * 40
"""A tuple of twice the same tuple of twice the same tuple ...: 201 bytes, and a repr of 2^40."""

FOUR_BYTES = b"\x89U\x04abcdtb."
LONG_NUMBER = b"\x8b" + struct.pack("<i", 100_000) + b"\x7f" * 100_000


class Reduces:
    """Pickles as a call."""

    def __init__(self, function: Callable[..., Any], *arguments: Any, state: Any = None) -> None:
        self.reduction = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self) -> Any:
        return self.reduction


def attacks(trace: Path) -> dict[str, bytes]:
    """Each would make the file `trace`, were it read by pickle.load."""
    shell = f"touch {trace}"
    python = f"open({str(trace)!r}, 'w')"
    hostile = np.empty(1, object)
    hostile[0] = Reduces(os.system, shell)
    word = shell.encode()
    return {
        **{
            f"os.system by reduce, protocol {protocol}": pickle.dumps(
                Reduces(os.system, shell), protocol
            )
            for protocol in range(6)
        },
        "builtins.eval": pickle.dumps(Reduces(eval, python), 2),
        "__builtin__.eval of Python 2": b"c__builtin__\neval\n(S"
        + repr(python).encode()
        + b"\ntR.",
        "builtins.exec in a list of names": pickle.dumps(["a", Reduces(exec, python)], 2),
        "INST": b"(S" + repr(shell).encode() + b"\nios\nsystem\n.",
        "OBJ": b"(cos\nsystem\nS" + repr(shell).encode() + b"\no.",
        "NEWOBJ": b"\x80\x02csubprocess\nPopen\n(X"
        + struct.pack("<I", len(word))
        + word
        + b"tN\x88\x87\x81.",
        "getattr of an allowed name": b"cbuiltins\ngetattr\n(cnumpy\nndarray\nS'__class__'\ntR.",
        "a dotted name beneath an allowed module": b"\x80\x04\x8c\x05numpy\x8c\x16"
        b"core.multiarray.os.sys\x93.",
        "an allowed name by a dot": b"\x80\x04\x8c\x05numpy\x8c\x0fndarray.tofile\x93.",
        "an object array": pickle.dumps(hostile, 2),
        "an object array in a list": pickle.dumps([hostile], 4),
        "objects in the state of a float array": ARRAY
        + b"(K\x01K\x01\x85"
        + FLOATS
        + b"\x89]cos\nsystem\n(S"
        + repr(shell).encode()
        + b"\ntRatb.",
        "copyreg's constructor": b"ccopyreg\n_reconstructor\n(cbuiltins\nobject\n"
        b"cbuiltins\nobject\nNtR.",
        "copyreg's extensions": b"ccopyreg\nadd_extension\n(S'os'\nS'system'\nK\x01tR\x82\x01(S"
        + repr(shell).encode()
        + b"\ntR.",
        "an array of a class of its own": b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nmemmap\n"
        b"K\x00\x85U\x01b\x87R.",
        "numpy.load": b"cnumpy\nload\n(S'x'\nI01\ntR.",
        "numpy.core.multiarray.fromfile": b"cnumpy.core.multiarray\nfromfile\n(S'/dev/zero'\ntR.",
        "a state for a name": b"cnumpy\nndarray\n(NNtb.",
        "a state for a name, as attributes": b"cnumpy.core.multiarray\n_reconstruct\n"
        b"N}S'__code__'\nNs\x86b.",
        "a state for a list": b"](NNtb.",
        "a call of a call's result": ARRAY + b")R.",
        "a call of text": b"S'os.system'\n(S" + repr(shell).encode() + b"\ntR.",
        "an array where a name should be": b"cnumpy.core.multiarray\n_reconstruct\n"
        + ARRAY
        + b"K\x00\x85U\x01b\x87R.",
        "a dtype of objects": b"cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R.",
        "a dtype with fields": b"cnumpy\ndtype\n(](S'a'\nS'O'\n\x86atK\x00K\x01\x87R.",
        "a scalar of objects": b"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n(S'O'\ntR"
        b"S'x'\n\x86R.",
        "a codec that runs": b"c_codecs\nencode\n(S'x'\nS'zlib_codec'\ntR.",
        "a persistent id": b"Pnumpy\n.",
        "a persistent object": b"N\x85Q.",
        "an extension": b"\x82\x01.",
    }


FORBIDDEN = ("pickle.find_class", "os.system", "subprocess.Popen", "compile", "exec")
heard: list[str] | None = None
"""What Python did of FORBIDDEN, while a test listens: an audit hook cannot be taken off again."""


def listen(event: str, _: tuple[Any, ...]) -> None:
    if heard is not None and event in FORBIDDEN:
        heard.append(event)


sys.addaudithook(listen)


@pytest.fixture
def audit() -> Iterator[list[str]]:
    global heard
    heard = events = []
    yield events
    heard = None


@pytest.mark.parametrize("name", list(attacks(Path("trace"))))
@pytest.mark.parametrize("read", [read_names, read_embeddings])
def test_nothing_is_run(
    tmp_path: Path, name: str, read: Callable[[Path], Any], audit: list[str]
) -> None:
    trace, path = tmp_path / "trace", tmp_path / "filenames.pickle"
    path.write_bytes(attacks(trace)[name])
    with pytest.raises(WrongInput) as raised:
        read(path)
    assert audit == []
    assert not trace.exists()
    [problem] = raised.value.problems
    assert problem.where == str(path)
    assert problem.what
    assert "\n" not in str(problem)


def test_the_attacks_are_real(tmp_path: Path, audit: list[str]) -> None:
    trace = tmp_path / "trace"
    for name, content in attacks(trace).items():
        if name.startswith(("os.system", "builtins", "an object array", "INST", "OBJ")):
            pickle.loads(content)
            assert trace.exists(), name
            trace.unlink()
    assert {"pickle.find_class", "os.system", "exec"} <= set(audit)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"cos\nsystem\n.", "asks for 'os.system', which these files have no need of"),
        (
            b"cos\n" + b"s" * 1_000_000 + b"\n.",
            "asks for something of the type Name, which these files have no need of",
        ),
        (b"S'os.system'\n)R.", "calls 'os.system', which is not allowed"),
        (b"cnumpy\ndtype\n]R.", "calls 'numpy.dtype', which is not allowed"),
        (b"])R.", "calls something of the type list, which is not allowed"),
        (
            b"cnumpy.core.multiarray\n_reconstruct\nN\x85R.",
            "an array of a kind of its own, something of the type NoneType",
        ),
        (b"\x82\x01.", "uses the instruction 0x82, which these files have no need of"),
        (ARRAY + b"(K\x01K\x09\x85" + FLOATS + b"\x89U\x04abcdtb.", "an array of 36 bytes with 4"),
        (
            b"cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R.",
            "entries of the kind 'O8', which are no numbers",
        ),
        (b"](NNtb.", "gives a state to something that has none"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "filenames.pickle"
    path.write_bytes(content)
    with pytest.raises(WrongInput) as raised:
        read_names(path)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [
        b"]r\xf0\xff\xff\xff.",  # a place in the memo: 64 GiB in the reader in C
        b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b"x.",  # bytes
        b"\x80\x05\x96" + struct.pack("<Q", 2**40) + b"x.",  # a bytearray
        b"\x80\x04\x95" + struct.pack("<Q", 2**40) + b"].",  # a frame
        b"\x80\x04\x8d" + struct.pack("<Q", 2**40) + b"x.",  # text
        b"T\xff\xff\xff\x7fx.",  # a string of Python 2
        b"\x8b\xff\xff\xff\x7f\x01.",  # a number
        ARRAY + b"(K\x01(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft" + FLOATS + b"\x89U\x04abcdtb.",
        b"(" + FLOATS + b"J\xff\xff\xff\x7f\x85.",
        # The repr of what is called, of an array's class, of a kind of number.
        DOUBLED + b")R.",
        b"cnumpy.core.multiarray\n_reconstruct\n" + DOUBLED + b"\x85R.",
        b"cnumpy\ndtype\n" + DOUBLED + b"\x85R.",
        # The product of a shape: a number of ten million bytes.
        ARRAY + b"(K\x01(" + LONG_NUMBER + b"q\x01" + b"h\x01" * 100 + b"t" + FLOATS + FOUR_BYTES,
        ARRAY + b"(K\x01(" + b"K\x02" * 40 + b"t" + FLOATS + FOUR_BYTES,
        # One array of a thousand numbers, a million times.
        b"](" + ARRAY + FILL + b"q\x01" + b"h\x01" * 1_000_000 + b"e.",
    ],
)
def test_claims_of_memory_are_not_believed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "char-CNN-RNN-embeddings.pickle"
    path.write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(WrongInput) as raised:
        read_embeddings(path)
    assert len(str(raised.value)) < len(str(path)) + 200
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000, "kilobytes"


def test_one_array_named_many_times_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "char-CNN-RNN-embeddings.pickle"
    vectors = np.zeros((10, 100), np.float32)
    path.write_bytes(pickle.dumps([vectors] * 1000, 2))
    with pytest.raises(WrongInput, match="holds the same vectors again and again"):
        read_embeddings(path)


def test_a_name_is_nothing_but_text() -> None:
    name = inert_pickle.Name("numpy.ndarray")
    assert not callable(name)
    assert [
        call for call in inert_pickle.CALLS if not call.text.startswith(("numpy", "_codecs"))
    ] == []
