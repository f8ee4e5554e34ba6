"""AWS::DynamoDB::Table: its TimeToLiveSpecification and PointInTimeRecoverySpecification."""

from ministack.services import dynamodb

from .patch import complete_resource


def fill() -> None:
    """Passes both on when a table is created and when it changes."""
    complete_resource("AWS::DynamoDB::Table", _specify)


def _specify(name: str, props: dict) -> None:
    for specification, change in (
        ("TimeToLiveSpecification", dynamodb._update_ttl),
        ("PointInTimeRecoverySpecification", dynamodb._update_continuous_backups),
    ):
        if specification in props:
            status, _, body = change({"TableName": name, specification: props[specification]})
            if status >= 400:
                raise ValueError(f"{specification} of {name}: {body!r}")
