"""Deploying again, and destroying."""

import pytest
import requests
from botocore.exceptions import ClientError

from stack import FUNCTIONS, Stack
from uploader import TIMEOUT, Uploader


def test_the_bucket_refuses_plain_http(stack: Stack) -> None:
    uploader = Uploader(stack, "plain", stack.make_key("plain"))
    file = uploader.create(b"plain")
    plain = file["uploadHeaders"] | {"x-forwarded-proto": "http"}
    answer = requests.put(file["uploadUrl"], data=b"plain", headers=plain, timeout=TIMEOUT)
    assert answer.status_code == 403
    # Every other test comes as if by TLS.
    uploader.put(file, b"plain")


def test_the_table_has_its_ttl_and_its_backups(stack: Stack) -> None:
    dynamodb, table = stack.client("dynamodb"), stack.outputs["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    assert recovery == "ENABLED"


def test_deploying_twice_changes_nothing(stack: Stack) -> None:
    before = stack.client("cloudformation").describe_stack_events(StackName=stack.name)
    assert "No changes to deploy" in stack.deploy()
    after = stack.client("cloudformation").describe_stack_events(StackName=stack.name)
    assert before["StackEvents"] == after["StackEvents"]


def test_destroying_keeps_the_table_and_the_bucket(endpoint: str) -> None:
    doomed = Stack(endpoint, "doomed")
    doomed.deploy()
    outputs = doomed.outputs
    doomed.client("s3").put_object(Bucket=outputs["Bucket"], Key="kept", Body=b"kept")
    doomed.delete()

    doomed.client("s3").head_object(Bucket=outputs["Bucket"], Key="kept")
    doomed.client("dynamodb").describe_table(TableName=outputs["Table"])
    for function in FUNCTIONS:
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            doomed.client("lambda").get_function(FunctionName=f"{doomed.name}-{function}")
