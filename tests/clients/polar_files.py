"""The steps of an upload by the official client of Polar: cut, create, PUT each part, complete."""

import hashlib
from base64 import b64encode
from typing import Any

import httpx
from polar.v2026_04 import Polar
from polar.v2026_04.inputs import S3FileCreatePart, S3FileUploadCompletedPart
from polar.v2026_04.outputs import FileRead, FileUpload, S3FileUploadPart

MIB = 1024 * 1024
CONTENT = b"Nothing unproven is ever COMPLETED.\n"


def cut(
    content: bytes, part_size: int = 5 * MIB, *, signed: bool = False
) -> list[S3FileCreatePart]:
    """The parts of these bytes, cut as Polar's users do; signed, each with its SHA-256."""
    parts: list[S3FileCreatePart] = []
    for start in range(0, len(content), part_size):
        end = min(start + part_size, len(content))
        part = S3FileCreatePart(number=len(parts) + 1, chunk_start=start, chunk_end=end)
        if signed:
            part["checksum_sha256_base64"] = sha256_of(content[start:end])
        parts.append(part)
    return parts


def create(client: Polar, content: bytes = CONTENT, **fields: Any) -> FileUpload:
    """Opens an upload for exactly these bytes."""
    named: dict[str, Any] = {
        "service": "downloadable",
        "name": "promise.txt",
        "mime_type": "text/plain",
        "size": len(content),
        "upload": {"parts": cut(content)},
    }
    return client.files.create(**{**named, **fields})


def put(part: S3FileUploadPart, content: bytes = CONTENT) -> httpx.Response:
    """Sends a part's bytes out of the whole, with the headers that were announced."""
    chunk = content[part.chunk_start : part.chunk_end]
    return httpx.put(part.url, content=chunk, headers=part.headers)


def send(created: FileUpload, content: bytes = CONTENT) -> list[S3FileUploadCompletedPart]:
    """Sends all parts, and says what S3 answered to each."""
    sent: list[S3FileUploadCompletedPart] = []
    for part in created.upload.parts:
        answer = put(part, content).raise_for_status()
        sent.append(
            S3FileUploadCompletedPart(
                number=part.number,
                checksum_etag=answer.headers["etag"],
                checksum_sha256_base64=part.checksum_sha256_base64,
            )
        )
    return sent


def complete(
    client: Polar, created: FileUpload, sent: list[S3FileUploadCompletedPart], **fields: Any
) -> FileRead:
    """Completes an upload of parts that were sent."""
    upload = created.upload
    named: dict[str, Any] = {"id": upload.id, "path": upload.path, "parts": sent}
    # The client's `id` is both the file's in the path and the upload's in the body.
    return client.files.uploaded(created.id, **{**named, **fields})


def uploaded(client: Polar, content: bytes = CONTENT, **fields: Any) -> FileRead:
    """A file that is uploaded."""
    created = create(client, content, **fields)
    return complete(client, created, send(created, content))


def sha256_of(content: bytes) -> str:
    """The SHA-256 as S3 spells it: base64."""
    return b64encode(hashlib.sha256(content).digest()).decode()
