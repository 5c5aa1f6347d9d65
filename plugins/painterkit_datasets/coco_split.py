"""One split of COCO with VisDial: its words, its pictures, and what is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from attrs import frozen

from painterkit.data.conversation import Conversation
from painterkit.errors import Failure, Problem
from painterkit.interfaces.dataset import Split
from painterkit_datasets.coco_layout import Folders, PictureFolder, folders_of, layout_of
from painterkit_datasets.coco_words import ANYWHERE, SplitWords, Words, read_words
from painterkit_datasets.places import leads_inside
from painterkit_datasets.prepare import ListedPicture
from painterkit_datasets.settings import CocoVisDialSettings
from painterkit_datasets.visdial_file import place


@frozen
class Listing:
    """A folder, where it is in truth, and the names in it: True for symbolic links."""

    folder: Path
    real: Path
    links: Mapping[str, bool]


@frozen
class FoundPictures:
    """The pictures of a split in order, and what is wrong with those that are not among them."""

    pictures: tuple[ListedPicture, ...]
    problems: tuple[Problem, ...]


class CocoSplit:
    """Read what a split needs, each thing once, when it is asked for."""

    def __init__(self, settings: CocoVisDialSettings, cache: Path, split: Split) -> None:
        self.settings = settings
        self.cache = cache
        self.layout = layout_of(settings, split)
        self.limit = settings.train if split == "train" else settings.validation

    @cached_property
    def folders(self) -> Folders:
        """The folders that the settings name; a painter draws without them."""
        return folders_of(self.settings)

    @cached_property
    def words(self) -> SplitWords | tuple[Problem, ...]:
        """What is said about the pictures, or what keeps it from being read."""
        dialogs = self.folders.dialog_file(self.layout)
        captions = [self._caption_file(folder) for folder in self.layout.folders]
        missing = [one for one in (dialogs, *captions) if isinstance(one, Problem)]
        if missing or isinstance(dialogs, Problem):
            return tuple(missing)
        files = [one if isinstance(one, Path) else None for one in captions]
        try:
            return read_words(self.cache, dialogs, files, self.limit)
        except Failure as error:
            return error.problems

    @cached_property
    def found(self) -> FoundPictures:
        """The pictures that the words are about. There are none where the words are missing."""
        missing = tuple(one for one in self._places if isinstance(one, Problem))
        if missing or isinstance(self.words, tuple):
            return FoundPictures((), missing)
        pictures: list[ListedPicture] = []
        problems: list[Problem] = []
        for words in self.words.words:
            picture = self._picture(words)
            if isinstance(picture, Problem):
                problems.append(picture)
            else:
                pictures.append(picture)
        return FoundPictures(tuple(pictures), tuple(problems))

    def conversations(self) -> tuple[Conversation, ...]:
        """Make the conversations, one a picture. Raises Failure where words are missing."""
        words, most = self.right_words(), self.settings.most_captions
        return tuple(
            Conversation(self._id(one), one.captions[:most], words.turns(one), row)
            for row, one in enumerate(words.words)
        )

    def _id(self, words: Words) -> str:
        """Return the name of the picture's file without its suffix."""
        file = self.layout.folders[self._folder(words)].file(words.image_id)
        return file.removesuffix(".jpg")

    def right_words(self) -> SplitWords:
        """Return the words. Raises Failure where they are missing or broken."""
        if isinstance(self.words, tuple):
            raise Failure(self.words)
        return self.words

    def problems(self) -> tuple[Problem, ...]:
        """Return what is missing, but for pictures that are there and broken."""
        words = self.words if isinstance(self.words, tuple) else ()
        return (*words, *self.found.problems)

    @cached_property
    def _places(self) -> list[Listing | Problem]:
        """What is in each folder of pictures."""
        places = [self.folders.picture_folder(folder) for folder in self.layout.folders]
        return [one if isinstance(one, Problem) else _listing(one) for one in places]

    def _caption_file(self, folder: PictureFolder) -> Path | Problem | None:
        """Return None where the captions are those of the dialogues."""
        if self.settings.captions == "visdial" or not folder.captions:
            return None
        return self.folders.caption_file(folder)

    def _folder(self, words: Words) -> int:
        """Return the number of a picture's folder; the first where none holds it."""
        if words.folder != ANYWHERE:
            return words.folder
        for number, place_of in enumerate(self._places):
            file = self.layout.folders[number].file(words.image_id)
            if isinstance(place_of, Listing) and file in place_of.links:
                return number
        return 0

    def _picture(self, words: Words) -> ListedPicture | Problem:
        number = self._folder(words)
        folder, listing = self.layout.folders[number], self._places[number]
        assert isinstance(listing, Listing), "pictures are looked for where all folders are"
        file = folder.file(words.image_id)
        name, where = f"{folder.name}/{file}", place(self.layout.dialogs, words.number)
        if file not in listing.links:
            hint = folder.download.hint(listing.folder.parent)
            return Problem(where, f"'{name}' is missing", hint)
        path = os.path.join(listing.folder, file)
        if listing.links[file]:
            real = os.path.realpath(path)
            if not leads_inside(listing.real, real):
                what = f"'{name}' is a link that leads outside, to {real}"
                return Problem(where, what, f"copy the picture into {listing.folder}")
        return ListedPicture(name, path, where, words.number)


def _listing(folder: Path) -> Listing:
    with os.scandir(folder) as entries:
        links = {entry.name: entry.is_symlink() for entry in entries}
    return Listing(folder, Path(os.path.realpath(folder)), links)
