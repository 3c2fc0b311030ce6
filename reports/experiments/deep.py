"""Deep networks on clean digits, at a constant learning rate: what claims about speed, shift and saturation train."""

from typing import Any

NETWORK: dict[str, Any] = {
    "data": {"train": 600, "valid": 300, "label_noise": 0.0},
    "depth": 4,
    "width": 50,
    "schedule": "constant",
}
