"""AWS::DynamoDB::Table: its TimeToLiveSpecification and PointInTimeRecoverySpecification."""

from collections.abc import Callable

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

from .patch import wrap


def fill() -> None:
    """Passes both on when a table is created and when it changes."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    wrap(handlers, "create", "logical_id props stack_name", _creating)
    wrap(handlers, "update", "physical_id old_props new_props stack_name logical_id", _updating)


def _creating(create: Callable) -> Callable:
    def create_table(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        _specify(name, props)
        return name, attributes

    return create_table


def _updating(update: Callable) -> Callable:
    def update_table(physical_id, old_props, new_props, stack_name, logical_id=None):
        name, attributes = update(physical_id, old_props, new_props, stack_name, logical_id)
        _specify(name, new_props)
        return name, attributes

    return update_table


def _specify(name: str, props: dict) -> None:
    for specification, change in (
        ("TimeToLiveSpecification", dynamodb._update_ttl),
        ("PointInTimeRecoverySpecification", dynamodb._update_continuous_backups),
    ):
        if specification in props:
            status, _, body = change({"TableName": name, specification: props[specification]})
            if status >= 400:
                raise ValueError(f"{specification} of {name}: {body!r}")
