"""What every test shares: one thread for torch, so that runs are quick beside each other and repeat bit for bit."""

from __future__ import annotations

import torch

torch.set_num_threads(1)
