"""The number format of training."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Literal

import torch


def has_bf16(device: torch.device) -> bool:
    """Tell whether the machine computes in bfloat16 faster than it would emulate it."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # torch.cpu offers these tests under private names only; where they go, training is fp32.
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported", "_is_amx_bf16_supported"):
        test = getattr(torch.cpu, name, None)
        if test is not None and test():
            return True
    return False


def autocast(
    precision: Literal["auto", "bf16", "fp32"], device: torch.device
) -> AbstractContextManager[object]:
    """Return the context in which a step computes: bfloat16 where asked or worth it."""
    wanted = precision == "bf16" or (precision == "auto" and has_bf16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=wanted)
