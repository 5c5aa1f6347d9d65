"""Write the pictures and questions of easy-VQA in the layout of COCO 2014 and VisDial 0.9.

    pip install easy-vqa
    python docs/examples/easy_vqa_to_visdial.py data/easy-vqa
    painterkit data check data/easy-vqa

easy-VQA has 5,000 pictures of one coloured shape each, and 48,248 questions with their answers.
Its captions are made here from what the questions tell of the colour and the shape.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import easy_vqa
from PIL import Image

ROUNDS = 10
OPTIONS = 100
"""VisDial lists so many candidate answers for each round."""

SHAPES = {"circle", "rectangle", "triangle"}
COLOURS = {*easy_vqa.get_answers()} - SHAPES - {"yes", "no"}
CAPTIONS = (
    "there is {}",
    "a picture of {}",
    "{} on a plain background",
    "the image shows {}",
    "this is {}",
)

Rounds = Sequence[tuple[str, str]]


def main(folder: Path, most: int | None = None) -> None:
    """Write the training pictures as train2014, the test pictures as val2014.

    `most` is how many of each are written; all if it is None.
    """
    answers: list[str] = sorted(easy_vqa.get_answers())
    for part, paths, questions in (
        ("train", easy_vqa.get_train_image_paths(), easy_vqa.get_train_questions()),
        ("val", easy_vqa.get_test_image_paths(), easy_vqa.get_test_questions()),
    ):
        rounds: dict[int, list[tuple[str, str]]] = {number: [] for number in sorted(paths)[:most]}
        for question, answer, number in zip(*questions, strict=True):
            if number in rounds and len(rounds[number]) < ROUNDS:
                rounds[number].append((question.removesuffix("?"), answer))
        write_pictures(folder, part, {number: paths[number] for number in rounds})
        write(folder / "annotations" / f"captions_{part}2014.json", captions_table(part, rounds))
        write(folder / f"visdial_0.9_{part}.json", visdial_table(part, rounds, answers))


def write_pictures(folder: Path, part: str, paths: Mapping[int, str]) -> None:
    """Save the pictures as JPEG under COCO's names."""
    place = folder / f"{part}2014"
    place.mkdir(parents=True, exist_ok=True)
    for number, path in paths.items():
        with Image.open(path) as picture:
            picture.convert("RGB").save(place / name_of(part, number), quality=95)


def captions_table(part: str, rounds: Mapping[int, Rounds]) -> dict[str, Any]:
    """Return what COCO's file of captions holds: five for each picture."""
    images = [
        {"id": number, "file_name": name_of(part, number), "height": 64, "width": 64}
        for number in rounds
    ]
    annotations = [
        {
            "id": len(CAPTIONS) * number + place,
            "image_id": number,
            "caption": text.format(seen(said)),
        }
        for number, said in rounds.items()
        for place, text in enumerate(CAPTIONS)
    ]
    return {"images": images, "annotations": annotations}


def visdial_table(
    part: str, rounds: Mapping[int, Rounds], answers: Sequence[str]
) -> dict[str, Any]:
    """Return what VisDial's file holds: questions without `?`, and a caption for each picture."""
    questions = sorted({question for said in rounds.values() for question, _ in said})
    question_numbers = {text: number for number, text in enumerate(questions)}
    dialogs = [
        {
            "image_id": number,
            "caption": CAPTIONS[0].format(seen(said)),
            "dialog": [
                round_entry(question_numbers[question], answers.index(answer), len(answers))
                for question, answer in said
            ],
        }
        for number, said in rounds.items()
    ]
    data = {"questions": questions, "answers": answers, "dialogs": dialogs}
    return {"version": "0.9", "split": part, "data": data}


def round_entry(question: int, answer: int, answers: int) -> dict[str, Any]:
    """Return a round; its first candidate is the true answer."""
    options = [(answer + number) % answers for number in range(OPTIONS)]
    return {"question": question, "answer": answer, "answer_options": options, "gt_index": 0}


def seen(said: Rounds) -> str:
    """Name what is seen, as far as the questions that ask `what` tell: `a blue rectangle`."""
    words = [
        word
        for question, answer in said
        if question.startswith("what")
        for word in (answer, *question.split())
    ]
    colour = [word for word in words if word in COLOURS][:1]
    shape = [word for word in words if word in SHAPES] or ["shape"]
    return " ".join(["a", *colour, shape[0]])


def name_of(part: str, number: int) -> str:
    """Return COCO's name of a picture's file."""
    return f"COCO_{part}2014_{number:012d}.jpg"


def write(path: Path, table: Mapping[str, Any]) -> None:
    """Write a JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(table), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
