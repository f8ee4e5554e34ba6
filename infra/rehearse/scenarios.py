"""What each function is for, told so that its role needs every one of its permissions.

Each scenario ends with an assertion's sentence at the first thing that is not as it should be.
"""

import time
from collections.abc import Callable

import requests

import dialects
from dead_letters import DeadLetters
from scene import Scene, become_overdue, expect, expire, learn_md5, lose_bytes, lose_parts, reopen
from uploader import PART_BYTES, TIMEOUT
from waiting import until


def cancel_file(scene: Scene) -> None:
    """A cancelled file loses its bytes, also those that came in parts."""
    file = scene.uploader.upload(b"cancelled")
    expect(scene.uploader.cancel(file), 200, "cancel")
    assert not scene.owner.holds_bytes(file), "the bytes of a cancelled file are still there"

    in_parts = scene.uploader.upload_in_parts(b"cancelled")
    expect(scene.uploader.cancel(in_parts), 200, "cancel in parts")
    assert not scene.owner.holds_parts(in_parts), "the parts of a cancelled file are still there"


def complete_file(scene: Scene) -> None:
    """Nothing there, then wrong bytes, which go, then the right ones; and the same in parts."""
    uploader = scene.uploader
    file = uploader.create(b"right")
    expect(uploader.complete(file, b"right"), 422, "complete without bytes")
    uploader.put(file, b"wrong")
    expect(uploader.complete(file, b"right"), 422, "complete with wrong bytes")
    assert not scene.owner.holds_bytes(file), "wrong bytes are still there"
    uploader.put(file, b"right")
    expect(uploader.complete(file, b"right"), 200, "complete with the right bytes")

    in_parts = uploader.upload_in_parts(b"wrong")
    expect(uploader.complete(in_parts, b"right"), 422, "complete with a wrong part")
    assert not scene.owner.holds_bytes(in_parts), "a wrong part's bytes are still there"
    uploader.put_parts(uploader.sign_parts(in_parts, [1]).json()["data"], b"right")
    expect(uploader.complete(in_parts, b"right"), 200, "complete with the right part")

    # An object of two parts must be read to be proven.
    two_parts = bytes(PART_BYTES) + b"the rest"
    read = uploader.upload_in_parts(two_parts)
    expect(uploader.complete(read, two_parts), 200, "complete with two parts")


def create_file(scene: Scene) -> None:
    """The URLs that create signs are as good as the function's own role."""
    scene.uploader.upload(b"created")
    scene.uploader.upload_in_parts(b"created")

    key = {"idempotency-key": f"create-{time.monotonic_ns()}"}
    once = {"filename": "once.txt", "mimeType": "text/plain", "sizeBytes": 4}
    first = scene.uploader.call("POST", "/v1/files", once, key)
    expect(first, 200, "create with an Idempotency-Key")
    again = scene.uploader.call("POST", "/v1/files", once, key)
    expect(again, 200, "create again")
    assert again.json()["id"] == first.json()["id"], "a repetition makes a second file"
    other = scene.uploader.call("POST", "/v1/files", once | {"sizeBytes": 5}, key)
    expect(other, 409, "create with another body")


def create_upload_token(scene: Scene) -> None:
    """A page uploads with a token, and no more than that allows."""
    page = scene.uploader.page({"maxFiles": 1, "maxSizeBytes": 100, "mimeTypes": ["text/*"]})
    large = {"filename": "a.txt", "mimeType": "text/plain", "sizeBytes": 101}
    expect(page.call("POST", "/v1/files", large), 422, "a file that is too large")
    film = {"filename": "a.mp4", "mimeType": "video/mp4", "sizeBytes": 1}
    expect(page.call("POST", "/v1/files", film), 422, "a file of another type")
    text = {"filename": "a.txt", "mimeType": "text/plain;charset=utf-8", "sizeBytes": 5}
    created = page.call("POST", "/v1/files", text)
    expect(created, 200, "create with a token")
    page.put(created.json(), b"hello")
    expect(page.complete(created.json(), b"hello"), 200, "complete with a token")
    expect(page.get(created.json()), 200, "get with a token")
    expect(page.get(scene.uploader.create(b"of a key")), 404, "another's file")
    expect(page.call("GET", "/v1/files"), 403, "list with a token")
    expect(page.call("POST", "/v1/files", text), 403, "a file more than the token allows")


def delete_file(scene: Scene) -> None:
    """A deleted file loses its record and its bytes, also those that came in parts."""
    file = scene.uploader.upload(b"deleted")
    expect(scene.uploader.delete(file), 204, "delete")
    assert not scene.owner.holds_bytes(file), "the bytes of a deleted file are still there"

    in_parts = scene.uploader.upload_in_parts(b"deleted")
    expect(scene.uploader.delete(in_parts), 204, "delete in parts")
    assert not scene.owner.holds_parts(in_parts), "the parts of a deleted file are still there"


def get_docs(scene: Scene) -> None:
    """The page and the description show, to anybody."""
    for path, media_type in [("/", "text/html"), ("/openapi.json", "application/json")]:
        answer = requests.get(scene.uploader.stack.url + path, timeout=TIMEOUT)
        expect(answer, 200, path)
        assert answer.headers["content-type"].startswith(media_type)


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


def get_usage(scene: Scene) -> None:
    """What the workspace keeps shows; it has no quota, so nothing is counted."""
    usage = scene.uploader.call("GET", "/v1/usage")
    expect(usage, 200, "usage")
    assert usage.json()["files"] is None


def list_files(scene: Scene) -> None:
    """A page of files, and one that is counted off around a deleted file."""
    expect(scene.uploader.call("GET", "/v1/files"), 200, "list")
    deleted, _ = scene.uploader.create(b"deleted"), scene.uploader.create(b"first")
    expect(scene.uploader.delete(deleted), 204, "delete")
    expect(scene.uploader.call("GET", "/v1/files?offset=1"), 200, "list after the first")
    page = scene.uploader.call("GET", "/v1/files?limit=1")
    after = page.json()["nextAfter"]
    expect(scene.uploader.call("GET", f"/v1/files?after={after}"), 200, "list after a file")


def list_parts(scene: Scene) -> None:
    """The parts that have arrived."""
    listed = scene.uploader.list_parts(scene.uploader.upload_in_parts(b"listed"))
    expect(listed, 200, "list parts")
    assert [part["partNumber"] for part in listed.json()["data"]] == [1]


def no_route(scene: Scene) -> None:
    """What is not there is told in the API's own words."""
    expect(scene.uploader.call("GET", "/v1/nothing"), 404, "an unknown path")
    refused = scene.uploader.call("PUT", "/v1/files")
    expect(refused, 405, "a wrong method")
    assert refused.headers["allow"] == "POST, GET, HEAD"


def revoke_upload_token(scene: Scene) -> None:
    """A token opens nothing from its revocation on."""
    made = scene.uploader.call("POST", "/v1/upload-tokens", {})
    expect(made, 200, "an upload token")
    page = scene.uploader.with_key(made.json()["token"])
    expect(page.call("GET", "/v1/auth/validate"), 200, "validate")
    revoked = scene.uploader.call("DELETE", f"/v1/upload-tokens/{made.json()['id']}")
    expect(revoked, 204, "revoke")
    expect(page.call("GET", "/v1/auth/validate"), 401, "validate after the revocation")


def sign_upload(scene: Scene) -> None:
    """The URL that is signed once more is as good as the function's own role."""
    file = scene.uploader.create(b"signed again")
    signed = scene.uploader.call("POST", f"/v1/files/{file['id']}/upload-url")
    expect(signed, 200, "sign the upload again")
    scene.uploader.put(file | signed.json(), b"signed again")


def sign_parts(scene: Scene) -> None:
    """The URLs that are signed for parts are as good as the function's own role."""
    signed = scene.uploader.sign_parts(scene.uploader.create_in_parts(b"signed"), [1])
    expect(signed, 200, "sign parts")
    scene.uploader.put_parts(signed.json()["data"], b"signed")


def update_file(scene: Scene) -> None:
    """A file gets another name and labels."""
    file = scene.uploader.create(b"updated")
    changes = {"filename": "new.txt", "labels": {"order": "17"}}
    updated = scene.uploader.call("PATCH", f"/v1/files/{file['id']}", changes)
    expect(updated, 200, "update")
    assert updated.json()["labels"] == {"order": "17"}


def validate_key(scene: Scene) -> None:
    """A key is valid."""
    expect(scene.uploader.call("GET", "/v1/auth/validate"), 200, "validate")


def verify_upload(scene: Scene) -> None:
    """An MD5 is learnt, from the ETag or from the bytes; stray bytes go; failures are kept."""
    file = scene.uploader.upload(b"verified")
    learn_md5(scene, file, b"verified")

    completed = scene.uploader.create_to_be_completed(b"completed")
    scene.uploader.put(completed, b"completed")
    until(
        lambda: scene.owner.status(completed) == "COMPLETED",
        "verify-upload completes the file",
        scene.patience,
    )

    read = scene.uploader.create(b"read")
    scene.owner.put_in_parts(read, b"read")
    learn_md5(scene, read, b"read")

    late = scene.uploader.create(b"late")
    expect(scene.uploader.cancel(late), 200, "cancel")
    scene.uploader.put(late, b"late")
    lose_bytes(scene, late)

    overdue = scene.uploader.upload_in_parts(b"overdue")
    scene.owner.make_record_overdue(overdue)
    scene.owner.put_in_parts(overdue, b"overdue")
    lose_parts(scene, overdue)

    finish_completions(scene)

    letters = DeadLetters(scene.owner.stack, "VerifyUploadDeadLetters")
    letters.clear()
    scene.owner.send("verify-upload", {"Records": "no records"})
    until(letters.contents, "a failing S3 event is kept", scene.patience)


def finish_completions(scene: Scene) -> None:
    """Completions whose requests died: wrong parts are rejected, parts never joined given back."""
    wrong = scene.uploader.upload_in_parts(b"wrong")
    scene.owner.begin_completion(wrong, b"right")
    scene.owner.join(wrong)
    reopen(scene, wrong, "verify-upload rejects wrong parts")

    halted = scene.uploader.upload_in_parts(b"halted")
    scene.owner.begin_completion(halted, b"halted", hours_ago=1)
    scene.owner.note_continuation(halted)
    reopen(scene, halted, "verify-upload gives parts back that nobody joins")


def expire_file(scene: Scene) -> None:
    """An overdue session expires its file, and the bytes go; what fails for good is kept."""
    file = scene.uploader.upload(b"expired")
    in_parts = scene.uploader.upload_in_parts(b"expired")
    halted = scene.uploader.upload_in_parts(b"halted")
    scene.owner.begin_completion(halted, b"halted", hours_ago=1)

    become_overdue(scene, file, b"expired")
    scene.owner.make_record_overdue(in_parts)
    scene.owner.make_session_overdue(in_parts)
    scene.owner.make_session_overdue(halted)
    expire(scene, file)
    lose_bytes(scene, file)
    expire(scene, in_parts)
    lose_parts(scene, in_parts)
    reopen(scene, halted, "expire-file sets a completion going that stands still")

    letters = DeadLetters(scene.owner.stack, "ExpireFileDeadLetters")
    letters.clear()
    # DynamoDB removes the session long before the record's time: too early, however often.
    with scene.owner.giving_up_after(seconds=1):
        scene.owner.make_session_overdue(scene.uploader.create(b"early"))
        until(letters.contents, "a failing removal is kept", scene.patience)


OF_FUNCTION: dict[str, Callable[[Scene], None]] = {
    "cancel-file": cancel_file,
    "complete-file": complete_file,
    "create-file": create_file,
    "create-upload-token": create_upload_token,
    "delete-file": delete_file,
    "expire-file": expire_file,
    "geolens": dialects.geolens,
    "get-docs": get_docs,
    "get-file": get_file,
    "get-file-url": get_file_url,
    "get-usage": get_usage,
    "list-files": list_files,
    "list-parts": list_parts,
    "metastudio": dialects.metastudio,
    "no-route": no_route,
    "polar": dialects.polar,
    "revoke-upload-token": revoke_upload_token,
    "sign-parts": sign_parts,
    "sign-upload": sign_upload,
    "update-file": update_file,
    "uppy": dialects.uppy,
    "validate-key": validate_key,
    "verify-upload": verify_upload,
}
