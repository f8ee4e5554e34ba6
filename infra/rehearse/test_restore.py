"""What point-in-time recovery brings back is copied into the live table without undoing anything."""

import pytest

from emulator import credentials
from owner import Owner
from scene import Scene, expect, expire
from stack import ROOT, Stack, run
from uploader import Uploader
from waiting import LONG


@pytest.fixture
def scene(stack: Stack) -> Scene:
    """A user, and the owner looking at the same workspace."""
    return Scene(Uploader(stack, "restore", stack.make_key("restore")), Owner(stack, "restore"), LONG)


def test_a_restored_copy_brings_back_what_was_lost_and_undoes_nothing(scene: Scene) -> None:
    stack, uploader, owner = scene.owner.stack, scene.uploader, scene.owner
    completed, lost = uploader.upload(b"completed"), uploader.upload(b"lost")
    expect(uploader.complete(lost, b"lost"), 200, "complete")
    copy = "restored"
    # As the table was before the first file was completed.
    copied_table(stack, copy)
    expect(uploader.complete(completed, b"completed"), 200, "complete")
    before = owner.record(completed)
    owner.lose_record(lost)

    command = ["python", "infra/restore.py", copy, stack.outputs["Table"]]
    told = run(command, credentials(stack.endpoint), cwd=ROOT)

    assert owner.record(completed) == before, "an older record took the place of a newer one"
    assert owner.status(lost) == "COMPLETED"
    assert "SESSION  skipped" in told
    # The stream keeps its order: what another session's end does shows that nothing else was swept.
    overdue = uploader.upload(b"overdue")
    owner.make_record_overdue(overdue)
    owner.make_session_overdue(overdue)
    expire(scene, overdue)
    assert owner.holds_bytes(completed) and owner.holds_bytes(lost)


def copied_table(stack: Stack, name: str) -> None:
    """A copy of the table as it is, under another name: what a restore makes."""
    dynamodb = stack.client("dynamodb")
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    for page in dynamodb.get_paginator("scan").paginate(TableName=stack.outputs["Table"]):
        for item in page["Items"]:
            dynamodb.put_item(TableName=name, Item=item)
