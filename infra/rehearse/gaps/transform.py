"""AWS::Serverless: the transform is told the stack's parameters.

The emulator expands every template with the parameters' defaults, where AWS gives the values.
"""

from collections.abc import Callable
from contextvars import ContextVar

from ministack.services.cloudformation import changesets, engine, handlers
from samtranslator.translator import transform

from .patch import wrap

_values: ContextVar[dict[str, str]] = ContextVar("values")


def fill() -> None:
    """Carries the parameters from each operation on a stack to the transform within it."""
    for module in (changesets, handlers):
        arguments = "template provided_params previous_params"
        wrap(module, "_apply_transforms", arguments, _remembering)
    arguments = (
        "input_fragment parameter_values managed_policy_loader feature_toggle passthrough_metadata"
    )
    wrap(transform, "transform", arguments, _told)


def _remembering(apply: Callable) -> Callable:
    def apply_transforms(template, provided_params=None, previous_params=None):
        values = engine._transform_parameters(template, provided_params, previous_params)
        token = _values.set(values)
        try:
            return apply(template, provided_params, previous_params)
        finally:
            _values.reset(token)

    return apply_transforms


def _told(expand: Callable) -> Callable:
    def transform_template(template, _no_values, policies):
        return expand(template, _values.get(), policies)

    return transform_template
