"""Lambda's runtime API on loopback: answers without waiting for the other side's acknowledgement.

The emulator writes head and body of an event apart, which costs 40 ms for each invocation.
"""

from collections.abc import Callable

from ministack.core.lambda_runtime import ProvidedWorker

from .patch import wrap


def fill() -> None:
    """Turns Nagle's algorithm off."""
    wrap(ProvidedWorker, "_build_handler_class", "self generation pending", _without_nagle)


def _without_nagle(build: Callable) -> Callable:
    def build_handler_class(self, generation, pending):
        handler = build(self, generation, pending)
        handler.disable_nagle_algorithm = True
        return handler

    return build_handler_class
