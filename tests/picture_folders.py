"""Folders of pictures with their lists, in the layouts that the data sets read.

The pictures are drawn faces, saved as JPEG in several sizes and colour modes; what is said about
them comes from their attributes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from painterkit.data.conversation import Conversation
from painterkit_avatars.drawing import draw
from painterkit_avatars.faces import faces
from painterkit_avatars.language.conversation import converse

SIZES = ((640, 480), (64, 64), (100, 150), (200, 120), (96, 97))
MODES = ("RGB", "RGB", "L", "RGB", "CMYK")
OPTIONS = 100
"""Candidate answers of a round of VisDial."""

Dialog = tuple[int, str, Sequence[tuple[str, str | None]]]
"""An image id, a caption, and rounds of a question and its answer, if it has one."""


def write_picture(path: Path, face: Mapping[str, str | None], number: int) -> None:
    """Draw a face and save it; its size and its colours depend on the number."""
    width, height = SIZES[number % len(SIZES)]
    side = min(width, height)
    picture = Image.new("RGB", (width, height), "black")
    picture.paste(Image.fromarray(draw(face, side)), ((width - side) // 2, (height - side) // 2))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.convert(MODES[number % len(MODES)]).save(path, quality=92)


def write_lines(path: Path, lines: Sequence[Any]) -> Path:
    """Write a JSON-lines file of objects, or of lines as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def write_jsonl_folder(folder: Path, count: int = 12, turns: str = "dialogue") -> Path:
    """Write pictures and faces.jsonl into a folder, without splits; return the folder."""
    lines: list[Any] = []
    for number, face in enumerate(faces(0, "train", count)):
        name = f"faces/{number:03}.jpg"
        write_picture(folder / name, face, number)
        told = converse(face, 0, "train", number, turns)
        lines.append(
            {
                "image": name,
                "captions": list(told.captions),
                "turns": [_turn(told, place) for place in range(len(told.turns))],
                "attributes": dict(told.attributes),
                "told_in": dict(told.told_in),
                "class": f"class {told.class_id}",
            }
        )
    write_lines(folder / "faces.jsonl", lines)
    return folder


def _turn(told: Conversation, place: int) -> dict[str, str]:
    turn = told.turns[place]
    if turn.attribute:
        return {"attribute": turn.attribute, "value": turn.value}
    return {"question": turn.question, "answer": turn.answer}


def write_coco(folder: Path, part: str, count: int, first: int = 1) -> list[Dialog]:
    """Write COCO's pictures and captions of a part, `train` or `val`; return dialogues about them.

    The image ids begin with `first`. Pictures have five captions or six, some with stray spaces.
    """
    images: list[Any] = []
    annotations: list[Any] = []
    dialogs: list[Dialog] = []
    for number, face in enumerate(faces(1, "train" if part == "train" else "validation", count)):
        image_id, name = first + number, f"COCO_{part}2014_{first + number:012d}.jpg"
        write_picture(folder / f"{part}2014" / name, face, number)
        width, height = SIZES[number % len(SIZES)]
        images.append({"id": image_id, "file_name": name, "height": height, "width": width})
        told = [converse(face, seed, "train", number, "dialogue") for seed in range(5 + number % 2)]
        captions = [one.captions[0].capitalize() for one in told]
        captions[0] = captions[0].replace(" ", "  ", 1) + "\n"
        annotations += [
            {"id": 10 * image_id + n, "image_id": image_id, "caption": caption}
            for n, caption in enumerate(captions)
        ]
        dialogs.append((image_id, told[0].captions[0].lower(), rounds_of(told[0])))
    table = {"info": {}, "licenses": [], "images": images, "annotations": annotations}
    _write(folder / "annotations" / f"captions_{part}2014.json", table)
    return dialogs


def rounds_of(told: Conversation) -> list[tuple[str, str]]:
    """Return a dialogue as VisDial writes it: lower case, without `?` and full stops."""
    return [
        (turn.question.lower().rstrip("?"), turn.answer.lower().rstrip(".")) for turn in told.turns
    ]


def write_flickr(folder: Path, part: str, count: int, first: int = 1) -> list[Dialog]:
    """Write the pictures of VisDial 1.0 that are not COCO's; return dialogues about them."""
    dialogs: list[Dialog] = []
    for number, face in enumerate(faces(2, "validation", count)):
        name = f"VisualDialog_{part}2018_{first + number:012d}.jpg"
        write_picture(folder / f"VisualDialog_{part}2018" / name, face, number)
        told = converse(face, 0, "validation", number, "dialogue")
        dialogs.append((first + number, told.captions[0].lower(), rounds_of(told)))
    return dialogs


def write_visdial(path: Path, version: str, split: str, dialogs: Sequence[Dialog]) -> None:
    """Write a file of VisDial. A round without an answer has no candidates either."""
    rounds = [one for _, _, said in dialogs for one in said]
    questions = list(dict.fromkeys(question for question, _ in rounds))
    answers = list(dict.fromkeys(answer for _, answer in rounds if answer is not None))
    table = {
        "version": version,
        "split": split,
        "data": {
            "questions": questions,
            "answers": answers,
            "dialogs": [
                {
                    "image_id": image_id,
                    "caption": caption,
                    "dialog": [_round(questions, answers, *one) for one in said],
                }
                for image_id, caption, said in dialogs
            ],
        },
    }
    _write(path, table)


def _round(
    questions: Sequence[str], answers: Sequence[str], question: str, answer: str | None
) -> dict[str, Any]:
    if answer is None:
        return {"question": questions.index(question)}
    index = answers.index(answer)
    options = [(index + n) % len(answers) for n in range(OPTIONS)]
    return {
        "question": questions.index(question),
        "answer": index,
        "answer_options": options,
        "gt_index": 0,
    }


def write_visdial_09(folder: Path, train: int = 6, validation: int = 4) -> Path:
    """Write COCO 2014 and VisDial 0.9, some pictures of each; return the folder."""
    write_visdial(
        folder / "visdial_0.9_train.json", "0.9", "train", write_coco(folder, "train", train)
    )
    write_visdial(
        folder / "visdial_0.9_val.json", "0.9", "val", write_coco(folder, "val", validation, 40)
    )
    return folder


def write_visdial_10(folder: Path, train: int = 6, validation: int = 4) -> Path:
    """Write COCO 2014 and VisDial 1.0, some pictures of each; return the folder.

    The test dialogues have 1, 2, 3 ... rounds, the last of them without an answer.
    """
    both = [*write_coco(folder, "val", train // 2, 40), *write_coco(folder, "train", train // 2)]
    write_visdial(folder / "visdial_1.0_train.json", "1.0", "train", both)
    write_visdial(
        folder / "visdial_1.0_val.json", "1.0", "val", write_flickr(folder, "val", validation)
    )
    test = [
        (image_id, caption, [*said[:number], (said[number][0], None)])
        for number, (image_id, caption, said) in enumerate(write_flickr(folder, "test", validation))
    ]
    write_visdial(folder / "visdial_1.0_test.json", "1.0", "test", test)
    return folder


def _write(path: Path, table: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(table), encoding="utf-8")
