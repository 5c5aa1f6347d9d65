"""A path that a person writes may be anything, and is never a fault of painterkit."""

from __future__ import annotations

from pathlib import Path

import pytest

from painterkit.errors import WrongInput
from painterkit.user_paths import expanded, is_file, is_folder, is_there

SENTENCE = Path("a woman with red hair and glasses " * 12)


def test_home_is_expanded_and_nobodys_home_is_told_with_its_place() -> None:
    assert expanded("~/data", "data.folder") == Path.home() / "data"
    assert expanded("data/~x", "data.folder") == Path("data/~x")
    with pytest.raises(WrongInput) as error:
        expanded("~nobody-of-this-name/birds", "data.folder")
    assert str(error.value) == (
        "data.folder   there is no home folder for '~nobody-of-this-name'; write the whole path"
    )


@pytest.mark.parametrize("path", [SENTENCE, SENTENCE / "recipe.toml", Path("a\0b")])
def test_a_sentence_is_no_file(path: Path) -> None:
    assert not is_there(path)
    assert not is_file(path)
    assert not is_folder(path)


def test_what_is_there_is_seen(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert is_there(tmp_path)
    assert is_folder(tmp_path)
    assert not is_file(tmp_path)
    assert is_file(tmp_path / "file")
    assert not is_folder(tmp_path / "file")
