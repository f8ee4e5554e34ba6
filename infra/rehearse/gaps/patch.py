"""The one way to replace a function of the emulator."""

import inspect
from collections.abc import Callable, MutableMapping
from typing import Any


class PatchPointMoved(RuntimeError):
    """An upgrade of the emulator changed what a patch relies on."""


def wrap(owner: Any, name: str, parameters: str, around: Callable[[Callable], Callable]) -> None:
    """Replaces the function `name` of a module, class or table by `around(original)`.

    `parameters` are the original's, separated by spaces: another signature is another function.
    """
    is_table = isinstance(owner, MutableMapping)
    original = owner.get(name) if is_table else getattr(owner, name, None)
    if original is None:
        raise PatchPointMoved(f"{name} is gone from {_label(owner)}")
    found = " ".join(inspect.signature(original).parameters)
    if found != parameters:
        raise PatchPointMoved(f"{name} of {_label(owner)} takes ({found}), not ({parameters})")
    if is_table:
        owner[name] = around(original)
    else:
        setattr(owner, name, around(original))


def _label(owner: Any) -> str:
    return getattr(owner, "__name__", type(owner).__name__)
