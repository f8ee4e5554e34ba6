"""The steps of an upload that scenes are set with: create, PUT, complete."""

import hashlib

import httpx
from lightfield import Lightfield
from lightfield.types import FileCompleteResponse, FileCreateResponse

CONTENT = b"Nothing unproven is ever COMPLETED.\n"


def create(client: Lightfield, content: bytes = CONTENT) -> FileCreateResponse:
    """Opens an upload session for exactly these bytes."""
    return client.file.create(
        filename="promise.txt", mime_type="text/plain", size_bytes=len(content)
    )


def put(created: FileCreateResponse, content: bytes = CONTENT) -> httpx.Response:
    """Sends bytes to the presigned URL, with the headers that were announced and without a key."""
    return httpx.put(created.upload_url, content=content, headers=created.upload_headers)


def upload(client: Lightfield, content: bytes = CONTENT) -> FileCreateResponse:
    """A file whose bytes have arrived and whose upload is still PENDING."""
    created = create(client, content)
    put(created, content).raise_for_status()
    return created


def complete(client: Lightfield, content: bytes = CONTENT) -> FileCompleteResponse:
    """A COMPLETED file."""
    return client.file.complete(upload(client, content).id, md5=md5_of(content))


def md5_of(content: bytes) -> str:
    """The MD5 as the API spells it: 32 lowercase hex digits."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
