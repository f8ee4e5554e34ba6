"""What each function is for, told so that its role needs every one of its permissions.

Each scenario ends with an assertion's sentence at the first thing that is not as it should be.
"""

from collections.abc import Callable
from dataclasses import dataclass

import requests

from dead_letters import DeadLetters
from emulator import REGION
from owner import Owner
from uploader import TIMEOUT, File, Uploader, md5_of
from waiting import until


@dataclass(frozen=True)
class Scene:
    """Who takes part, and how many seconds they wait for what happens by itself."""

    uploader: Uploader
    owner: Owner
    patience: float


def cancel_file(scene: Scene) -> None:
    """A cancelled file loses its bytes."""
    file = scene.uploader.upload(b"cancelled")
    expect(scene.uploader.cancel(file), 200, "cancel")
    assert not scene.owner.holds_bytes(file), "the bytes of a cancelled file are still there"


def complete_file(scene: Scene) -> None:
    """Nothing there, then wrong bytes, which go, then the right ones."""
    uploader = scene.uploader
    file = uploader.create(b"right")
    expect(uploader.complete(file, b"right"), 422, "complete without bytes")
    uploader.put(file, b"wrong")
    expect(uploader.complete(file, b"right"), 422, "complete with wrong bytes")
    assert not scene.owner.holds_bytes(file), "wrong bytes are still there"
    uploader.put(file, b"right")
    expect(uploader.complete(file, b"right"), 200, "complete with the right bytes")


def create_file(scene: Scene) -> None:
    """The URL that create signs is as good as the function's own role."""
    scene.uploader.upload(b"created")


def delete_file(scene: Scene) -> None:
    """A deleted file loses its record and its bytes."""
    file = scene.uploader.upload(b"deleted")
    expect(scene.uploader.delete(file), 204, "delete")
    assert not scene.owner.holds_bytes(file), "the bytes of a deleted file are still there"


def get_file(scene: Scene) -> None:
    """A file shows."""
    expect(scene.uploader.get(scene.uploader.create(b"shown")), 200, "get")


def get_file_url(scene: Scene) -> None:
    """The URL that is signed for a download gives the bytes."""
    file = scene.uploader.upload(b"downloaded")
    expect(scene.uploader.complete(file, b"downloaded"), 200, "complete")
    signed = scene.uploader.sign_download(file)
    expect(signed, 200, "url")
    expect(requests.get(signed.json()["url"], timeout=TIMEOUT), 200, "the download")


def list_files(scene: Scene) -> None:
    """A page of files, and one that is counted off around a deleted file."""
    expect(scene.uploader.call("GET", "/v1/files"), 200, "list")
    deleted, _ = scene.uploader.create(b"deleted"), scene.uploader.create(b"first")
    expect(scene.uploader.delete(deleted), 204, "delete")
    expect(scene.uploader.call("GET", "/v1/files?offset=1"), 200, "list after the first")


def validate_key(scene: Scene) -> None:
    """A key is valid."""
    expect(scene.uploader.call("GET", "/v1/auth/validate"), 200, "validate")


def verify_upload(scene: Scene) -> None:
    """An MD5 is learnt, from the ETag or from the bytes; stray bytes go; failures are kept."""
    file = scene.uploader.upload(b"verified")
    learn_md5(scene, file, b"verified")

    in_parts = scene.uploader.create(b"in parts")
    scene.owner.put_in_parts(in_parts, b"in parts")
    learn_md5(scene, in_parts, b"in parts")

    late = scene.uploader.create(b"late")
    expect(scene.uploader.cancel(late), 200, "cancel")
    scene.uploader.put(late, b"late")
    lose_bytes(scene, late)

    gone = created_in_parts(scene.owner.object_key(scene.uploader.create(b"gone")))
    failure = scene.owner.invoke("verify-upload", gone)
    assert failure is None, f"verify-upload fails on an object that is gone: {failure}"

    letters = DeadLetters(scene.owner.stack, "VerifyUploadDeadLetters")
    letters.clear()
    scene.owner.send("verify-upload", {"Records": "no records"})
    until(letters.contents, "a failing S3 event is kept", scene.patience)


def expire_file(scene: Scene) -> None:
    """An overdue session expires its file, and the bytes go; what fails for good is kept."""
    file = scene.uploader.upload(b"expired")
    become_overdue(scene, file, b"expired")
    expire(scene, file)
    lose_bytes(scene, file)

    letters = DeadLetters(scene.owner.stack, "ExpireFileDeadLetters")
    letters.clear()
    # DynamoDB removes the session long before the record's time: too early, however often.
    scene.owner.make_session_overdue(scene.uploader.create(b"early"))
    until(letters.contents, "a failing removal is kept", scene.patience)


def learn_md5(scene: Scene, file: File, content: bytes) -> None:
    """Waits for the MD5 of these bytes in the file's record."""
    until(
        lambda: scene.owner.record(file).get("verifiedMd5") == {"S": md5_of(content)},
        f"verify-upload learns the MD5 of {content.decode()!r}",
        scene.patience,
    )


def become_overdue(scene: Scene, file: File, content: bytes) -> None:
    """Moves the session's end into the past, once verify-upload, which also expires, is through."""
    learn_md5(scene, file, content)
    scene.owner.make_record_overdue(file)
    scene.owner.make_session_overdue(file)


def expire(scene: Scene, file: File) -> None:
    """Waits until the file's record says EXPIRED."""
    until(lambda: scene.owner.status(file) == "EXPIRED", "the file is EXPIRED", scene.patience)


def lose_bytes(scene: Scene, file: File) -> None:
    """Waits until the bucket holds nothing for the file."""
    until(lambda: not scene.owner.holds_bytes(file), "the bytes are deleted", scene.patience)


def created_in_parts(object_key: str) -> dict:
    """S3's event of a multipart upload."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": "2026-01-01T00:00:00.000Z",
        "eventName": "ObjectCreated:CompleteMultipartUpload",
        "userIdentity": {},
        "requestParameters": {},
        "responseElements": {},
        "s3": {
            "bucket": {},
            "object": {"key": object_key, "size": 1, "eTag": f"{md5_of(b'')}-1", "sequencer": "1"},
        },
    }
    return {"Records": [record]}


def expect(answer: requests.Response, status: int, what: str) -> None:
    """Asserts an answer's status."""
    assert answer.status_code == status, f"{what} answers {answer.status_code}, not {status}"


OF_FUNCTION: dict[str, Callable[[Scene], None]] = {
    "cancel-file": cancel_file,
    "complete-file": complete_file,
    "create-file": create_file,
    "delete-file": delete_file,
    "expire-file": expire_file,
    "get-file": get_file,
    "get-file-url": get_file_url,
    "list-files": list_files,
    "validate-key": validate_key,
    "verify-upload": verify_upload,
}
