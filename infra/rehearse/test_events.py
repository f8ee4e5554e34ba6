"""What AWS calls by itself: S3's notifications, DynamoDB's stream, and where failures end."""

import pytest

from dead_letters import DeadLetters
from owner import Owner
from scene import Scene, become_overdue, expect, expire, learn_md5, lose_bytes
from stack import Stack
from uploader import Uploader
from waiting import LONG, until


@pytest.fixture
def scene(stack: Stack) -> Scene:
    """A user, and the owner looking at the same workspace."""
    return Scene(Uploader(stack, "events", stack.make_key("events")), Owner(stack, "events"), LONG)


def test_s3_tells_verify_upload_of_every_object(scene: Scene) -> None:
    learn_md5(scene, scene.uploader.upload(b"told"), b"told")


def test_bytes_that_land_after_a_cancel_are_deleted(scene: Scene) -> None:
    file = scene.uploader.create(b"late")
    expect(scene.uploader.cancel(file), 200, "cancel")
    scene.uploader.put(file, b"late")
    lose_bytes(scene, file)


def test_a_session_that_ttl_removes_expires_its_file(scene: Scene) -> None:
    file = scene.uploader.upload(b"overdue")
    become_overdue(scene, file, b"overdue")
    expire(scene, file)
    lose_bytes(scene, file)


def test_a_session_that_somebody_else_removes_expires_nothing(scene: Scene) -> None:
    removed, overdue = scene.uploader.upload(b"removed"), scene.uploader.upload(b"overdue")
    learn_md5(scene, removed, b"removed")
    scene.owner.make_record_overdue(removed)
    scene.owner.remove_session(removed)
    # The stream keeps its order: what comes of the second shows that the first is through.
    become_overdue(scene, overdue, b"overdue")
    expire(scene, overdue)
    assert scene.owner.status(removed) == "PENDING"
    assert scene.owner.holds_bytes(removed)


def test_an_s3_event_that_keeps_failing_becomes_a_dead_letter(scene: Scene) -> None:
    letters = DeadLetters(scene.owner.stack, "VerifyUploadDeadLetters")
    letters.clear()
    scene.owner.send("verify-upload", {"Records": "no records"})
    until(letters.contents, "the event is kept")
    [letter] = letters.contents()
    assert letter["requestContext"]["condition"] == "RetriesExhausted"
    assert letter["requestPayload"] == {"Records": "no records"}


def test_a_removal_that_fails_for_too_long_becomes_a_dead_letter_and_the_next_are_done(
    scene: Scene,
) -> None:
    letters = DeadLetters(scene.owner.stack, "ExpireFileDeadLetters")
    letters.clear()
    early, overdue = scene.uploader.create(b"early"), scene.uploader.upload(b"overdue")
    with scene.owner.giving_up_after(seconds=1):
        scene.owner.make_session_overdue(early)
        become_overdue(scene, overdue, b"overdue")
        expire(scene, overdue)
        until(letters.contents, "the removal is kept")
    [letter] = letters.contents()
    assert letter["requestContext"]["condition"] == "MaxRecordAgeExceeded"
    assert scene.owner.status(early) == "PENDING"
