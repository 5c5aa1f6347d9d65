"""The files of COCO 2014 and of VisDial: what they are called, where they lie and come from."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from painterkit.errors import Problem
from painterkit.interfaces.dataset import Split
from painterkit.user_paths import expanded
from painterkit_datasets.settings import CocoVisDialSettings

COCO_PAGE = "COCO's download page (cocodataset.org/#download)"
VISDIAL_PAGE = "VisDial's data page (visualdialog.org/data)"


@frozen
class Download:
    """The archive that holds a file or a folder, and the page that has it."""

    archive: str
    page: str

    def hint(self, folder: Path) -> str:
        """Say what to download and where to put it."""
        return f"download {self.archive} from {self.page} and unpack it in {folder}"


@frozen
class PictureFolder:
    """A folder of pictures: its name, and those of its files by image id."""

    name: str
    pattern: str
    captions: str
    """The file of COCO's captions of these pictures; empty where COCO has none."""

    download: Download

    def file(self, image_id: int) -> str:
        """Return the name of a picture's file."""
        return self.pattern.format(image_id)


@frozen
class SplitLayout:
    """What a split is made of: a file of dialogues, and folders that hold its pictures."""

    version: str
    dialogs: str
    download: Download
    folders: tuple[PictureFolder, ...]


VERSIONS = ("0.9", "1.0")
ANNOTATIONS = Download("annotations_trainval2014.zip", COCO_PAGE)


def _coco(part: str) -> PictureFolder:
    return PictureFolder(
        f"{part}2014",
        f"COCO_{part}2014_{{:012d}}.jpg",
        f"captions_{part}2014.json",
        Download(f"{part}2014.zip", COCO_PAGE),
    )


def _flickr(part: str) -> PictureFolder:
    return PictureFolder(
        f"VisualDialog_{part}2018",
        f"VisualDialog_{part}2018_{{:012d}}.jpg",
        "",
        Download(f"VisualDialog_{part}2018.zip", VISDIAL_PAGE),
    )


COCO_TRAIN, COCO_VAL = _coco("train"), _coco("val")


def layout_of(settings: CocoVisDialSettings, split: Split) -> SplitLayout:
    """Return what a split is made of in a version of VisDial.

    1.0 trains on the dialogues of 0.9's train and val together; what it holds out is about other
    pictures.
    """
    part = "train" if split == "train" else settings.held_out
    name = f"visdial_{settings.version}_{part}"
    if settings.version == "0.9":
        folders = (COCO_TRAIN,) if split == "train" else (COCO_VAL,)
    else:
        folders = (COCO_TRAIN, COCO_VAL) if split == "train" else (_flickr(part),)
    return SplitLayout(
        settings.version, f"{name}.json", Download(f"{name}.zip", VISDIAL_PAGE), folders
    )


@frozen
class Folders:
    """The folders that a person named."""

    coco: Path
    dialogs: Path

    def dialog_file(self, layout: SplitLayout) -> Path | Problem:
        """Find the file of dialogues."""
        path = self.dialogs / layout.dialogs
        if path.is_file():
            return path
        for other in VERSIONS:
            if other != layout.version and list(self.dialogs.glob(f"visdial_{other}_*.json")):
                hint = f'the files of VisDial {other} are there: read them with version = "{other}"'
                return Problem(str(path), "is missing", hint)
        return _missing(path, layout.download)

    def caption_file(self, folder: PictureFolder) -> Path | Problem:
        """Find the file of captions, in the folder itself or in annotations/."""
        places = (self.coco / "annotations" / folder.captions, self.coco / folder.captions)
        found = next((path for path in places if path.is_file()), None)
        return found or _missing(places[0], ANNOTATIONS, self.coco)

    def picture_folder(self, folder: PictureFolder) -> Path | Problem:
        """Find a folder of pictures; those that are not COCO's may lie beside the dialogues."""
        places = (self.coco / folder.name, self.dialogs / folder.name)
        found = next((path for path in places if path.is_dir()), None)
        return found or _missing(places[0], folder.download)


def folders_of(settings: CocoVisDialSettings) -> Folders:
    """Return the folders that the settings name. Raises WrongInput for one in no user's home."""
    coco = expanded(settings.folder, "coco-visdial.folder").absolute()
    if not settings.dialogs:
        return Folders(coco, coco)
    return Folders(coco, expanded(settings.dialogs, "coco-visdial.dialogs").absolute())


def _missing(path: Path, download: Download, folder: Path | None = None) -> Problem:
    return Problem(str(path), "is missing", download.hint(folder or path.parent))
