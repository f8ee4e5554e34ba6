"""What DynamoDB's TTL does, and when."""

import os
import time
from typing import Any

import pytest

# How long to wait for TTL, which may take two days. Without it the test is not run.
HOURS = float(os.environ.get("SLIPWAY_TTL_HOURS", "0"))


@pytest.mark.account
@pytest.mark.skipif(not HOURS, reason="SLIPWAY_TTL_HOURS says how long to wait for TTL")
def test_an_overdue_item_is_removed_within_the_hours_given(dynamodb: Any, table: str):
    key = {"pk": {"S": "SESSION#fil_000000000000000000000000"}, "sk": {"S": "SESSION"}}
    # Nobody's file: expire-file finds nothing to expire.
    item = key | {
        "objectKey": {"S": "test/fil_000000000000000000000000"},
        "ttl": {"N": str(int(time.time()) - 60)},
    }
    dynamodb.put_item(TableName=table, Item=item)
    until = time.monotonic() + HOURS * 3600
    while "Item" in dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True):
        assert time.monotonic() < until, f"it is still there after {HOURS} hours"
        time.sleep(60)


def test_the_table_has_ttl_a_stream_and_a_way_back(dynamodb: Any, table: str):
    described = dynamodb.describe_table(TableName=table)["Table"]
    assert described["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ttl")
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
