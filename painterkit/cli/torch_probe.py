"""Tell what torch finds on this machine, as JSON; run in a process of its own by `doctor`.

There a torch that crashes when it is imported takes nothing else down.
"""

from __future__ import annotations

import json

import torch

from painterkit.training.precision import has_bf16


def probe() -> dict[str, object]:
    """Return torch's version, its GPUs, its CPU threads, and whether bf16 is worth using."""
    has_gpu = torch.cuda.is_available()
    device = torch.device("cuda" if has_gpu else "cpu")
    return {
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "gpus": [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
        if has_gpu
        else [],
        "threads": torch.get_num_threads(),
        "bf16": has_bf16(device),
    }


if __name__ == "__main__":
    print(json.dumps(probe()))
