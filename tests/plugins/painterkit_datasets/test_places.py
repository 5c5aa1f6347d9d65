"""Names that others wrote stay inside their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from painterkit_datasets.places import OutsideFolder, place_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with pictures, beside a secret."""
    inside = Path(os.path.realpath(tmp_path)) / "pictures"
    (inside / "sub").mkdir(parents=True)
    (inside / "a.jpg").touch()
    (tmp_path / "secret.jpg").touch()
    (tmp_path / "pictures-2").mkdir()
    (tmp_path / "pictures-2" / "b.jpg").touch()
    return inside


@pytest.mark.parametrize("name", ["a.jpg", "sub/b.jpg", "./a.jpg", "gone.jpg", "ö 1.jpg", "..a"])
def test_a_name_inside_is_a_place(folder: Path, name: str) -> None:
    assert place_in(folder, name) == folder / name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../secret.jpg", "climbs out"),
        ("sub/../../secret.jpg", "climbs out"),
        ("sub/../a.jpg", "climbs out"),
        ("..\\secret.jpg", "climbs out"),
        ("/etc/passwd", "absolute"),
        ("C:\\secret.jpg", "absolute"),
        ("C:secret.jpg", "absolute"),
        ("\\secret.jpg", "absolute"),
        ("\\\\server\\secret.jpg", "absolute"),
        ("a\0.jpg", "character that no file name has"),
    ],
)
def test_a_name_that_leads_out_is_refused(folder: Path, name: str, words: str) -> None:
    with pytest.raises(OutsideFolder, match=words):
        place_in(folder, name)


@pytest.mark.parametrize("target", ["../secret.jpg", "../pictures-2/b.jpg"])
def test_a_link_that_leads_out_is_refused(folder: Path, target: str) -> None:
    (folder / "link.jpg").symlink_to(target)
    with pytest.raises(OutsideFolder, match=r"is a link that leads outside, to .*jpg"):
        place_in(folder, "link.jpg")


def test_a_folder_that_is_a_link_outside_is_refused(folder: Path) -> None:
    (folder / "more").symlink_to("../pictures-2")
    with pytest.raises(OutsideFolder, match="leads outside"):
        place_in(folder, "more/b.jpg")


def test_a_link_within_is_allowed(folder: Path) -> None:
    (folder / "sub" / "link.jpg").symlink_to("../a.jpg")
    assert place_in(folder, "sub/link.jpg").is_file()
