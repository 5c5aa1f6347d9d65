"""The files of CUB-200-2011: what they are called, where they lie and come from."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from painterkit.errors import Failure, Problem
from painterkit.user_paths import expanded
from painterkit_datasets.settings import CubSettings

PAGE = "CUB-200-2011's page (vision.caltech.edu/datasets/cub_200_2011)"
ARCHIVE = "CUB_200_2011.tgz"
NAME = "CUB_200_2011"
AGAIN = f"unpack {ARCHIVE} again"
TEXT_FOLDERS = ("text", "text_c10")
"""What Reed et al. and StackGAN call the folder of captions."""


@frozen
class CubFiles:
    """Where the files lie that the settings ask for.

    `boxes` is None where pictures are not cut around them, `published` where the split is drawn,
    `class_labels` where the file is not there, `text` where there are no captions.
    """

    images: Path
    pictures: Path
    classes: Path
    class_of_image: Path
    attributes: Path
    labels: Path
    class_labels: Path | None
    boxes: Path | None
    published: Path | None
    text: Path | None


def find_files(settings: CubSettings) -> CubFiles:
    """Find the files. Raises Failure naming all that are missing, WrongInput for no such home."""
    root = _root(expanded(settings.folder, "cub.folder").absolute())
    class_labels = root / "attributes" / "class_attribute_labels_continuous.txt"
    files = CubFiles(
        images=root / "images.txt",
        pictures=root / "images",
        classes=root / "classes.txt",
        class_of_image=root / "image_class_labels.txt",
        attributes=_attributes(root),
        labels=root / "attributes" / "image_attribute_labels.txt",
        class_labels=class_labels if class_labels.is_file() else None,
        boxes=root / "bounding_boxes.txt" if settings.crop == "box" else None,
        published=root / "train_test_split.txt" if settings.split == "published" else None,
        text=_text(root, settings.text),
    )
    missing = [*_missing_files(files, root), *_missing_folders(files, root)]
    if missing:
        raise Failure(missing)
    return files


def _root(folder: Path) -> Path:
    """Return the folder of images.txt: the one that is named, or CUB_200_2011 in it.

    A file stands for the folder it is in.
    """
    folder = folder.parent if folder.is_file() else folder
    inside = folder / NAME
    return inside if inside.is_dir() else folder


def _attributes(root: Path) -> Path:
    """Return the list of attributes: the README puts it elsewhere than the archive does."""
    places = (root / "attributes", root, root.parent)
    found = [place / "attributes.txt" for place in places if (place / "attributes.txt").is_file()]
    return found[0] if found else places[0] / "attributes.txt"


def _text(root: Path, named: str) -> Path | None:
    if named:
        return expanded(named, "cub.text").absolute()
    places = [*(root / name for name in TEXT_FOLDERS), root.parent / TEXT_FOLDERS[-1]]
    return next((place for place in places if place.is_dir()), None)


def _missing_files(files: CubFiles, root: Path) -> list[Problem]:
    wanted = (
        files.images,
        files.classes,
        files.class_of_image,
        files.published,
        files.boxes,
        files.attributes,
        files.labels,
    )
    download = _download(root)
    beside = f"{ARCHIVE} has it beside the folder {NAME}: copy it to {files.attributes.parent}"
    return [
        Problem(str(path), "is missing", beside if path == files.attributes else download)
        for path in wanted
        if path is not None and not path.is_file()
    ]


def _missing_folders(files: CubFiles, root: Path) -> list[Problem]:
    missing: list[Problem] = []
    if not files.pictures.is_dir():
        missing.append(Problem(str(files.pictures), "is missing", _download(root)))
    if files.text is not None and not files.text.is_dir():
        hint = "name the folder that holds a folder of .txt files for each class"
        missing.append(Problem(str(files.text), "is missing", hint))
    return missing


def _download(root: Path) -> str:
    """Say what to download, and where to unpack it: the archive brings a folder of its own."""
    place = root.parent if root.name == NAME else root
    return f"download {ARCHIVE} from {PAGE} and unpack it in {place}"
