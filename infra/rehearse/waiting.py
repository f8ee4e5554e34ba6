"""Waiting for what AWS does by itself."""

import time
from collections.abc import Callable

# Seconds, for what is bound to happen.
LONG = 60


def until(condition: Callable[[], object], what: str, patience: float = LONG) -> None:
    """Waits up to `patience` seconds for a condition that `what` tells in words."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.1)
