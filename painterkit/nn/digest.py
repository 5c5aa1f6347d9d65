"""A name for what a module has learnt."""

from __future__ import annotations

import hashlib

import torch
from torch import nn


def weights_digest(module: nn.Module) -> str:
    """Return the SHA-256 of a module's parameters and buffers, as 64 hex digits.

    On the device "meta", where there are no values, it names the shapes alone.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(module.state_dict().items()):
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype};".encode())
        if not tensor.is_meta:
            numbers = tensor.detach().cpu().contiguous().reshape(-1)
            digest.update(numbers.view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
