"""The ways to replace a function of the emulator."""

import inspect
from collections.abc import Callable, MutableMapping
from typing import Any

from ministack.services.cloudformation import provisioners


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


def complete_resource(kind: str, add: Callable[[str, dict], None]) -> None:
    """Adds to what CloudFormation makes of a kind of resource, when it is created and when it changes.

    `add` is given the physical id and the properties.
    """

    def creating(create: Callable) -> Callable:
        def create_and_add(logical_id, props, stack_name):
            physical_id, attributes = create(logical_id, props, stack_name)
            add(physical_id, props)
            return physical_id, attributes

        return create_and_add

    def updating(update: Callable) -> Callable:
        def update_and_add(physical_id, old_props, new_props, stack_name, logical_id=None):
            kept_id, attributes = update(physical_id, old_props, new_props, stack_name, logical_id)
            add(kept_id, new_props)
            return kept_id, attributes

        return update_and_add

    handlers = provisioners._RESOURCE_HANDLERS[kind]
    wrap(handlers, "create", "logical_id props stack_name", creating)
    wrap(handlers, "update", "physical_id old_props new_props stack_name logical_id", updating)


def _label(owner: Any) -> str:
    return getattr(owner, "__name__", type(owner).__name__)
