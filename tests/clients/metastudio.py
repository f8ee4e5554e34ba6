"""The official client of MetaStudio as its users make it, and the steps of an upload by it."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import httpx
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.retry.backoff_strategy import BackoffStrategies
from huaweicloudsdkmetastudio.v1 import (
    ConfirmFileUploadRequest,
    ConfirmFileUploadRequestBody,
    CreateFileRequest,
    CreateFileResponse,
    CreateLargeFileRequest,
    CreateLargeFileResponse,
    DeleteFileRequest,
    FilesCreateReq,
    LargeFilesCreateReq,
    MetaStudioClient,
)

CONTENT = b"Nothing unproven is ever COMPLETED.\n"
PROJECT = "6a6a1f8354f64dd9b9a614def7b59d83"


class MetaStudio:
    """A client that sends a token, or else only signs."""

    def __init__(
        self, url: str, ak: str, sk: str, token: str | None = None, project: str = PROJECT
    ) -> None:
        credentials = BasicCredentials(ak, sk, project)
        builder = MetaStudioClient.new_builder().with_credentials(credentials)
        self._client = builder.with_endpoint(url).build()
        self._headers = {"X-Auth-Token": token} if token else {}

    def create(self, content: bytes = CONTENT, **changes: Any) -> CreateFileResponse:
        """Opens an upload for exactly these bytes."""
        body = FilesCreateReq(**described(content, file_md5=md5_of(content)) | changes)
        return self.ask("create_file", CreateFileRequest(body=body))

    def create_large(self, content: bytes, parts: int, **changes: Any) -> CreateLargeFileResponse:
        """Opens an upload for bytes that come in parts."""
        described_parts = described(content, file_multipart_count=parts)
        body = LargeFilesCreateReq(**described_parts | changes)
        return self.ask("create_large_file", CreateLargeFileRequest(body=body))

    def confirm(self, file_id: str, state: str = "CREATED", **headers: str) -> Any:
        """Says what has become of an upload."""
        body = ConfirmFileUploadRequestBody(state=state)
        request = ConfirmFileUploadRequest(file_id=file_id, body=body)
        return self.ask("confirm_file_upload", request, **headers)

    def delete(self, file_id: str) -> Any:
        """Deletes a file."""
        return self.ask("delete_file", DeleteFileRequest(file_id=file_id))

    def upload(self, content: bytes = CONTENT) -> CreateFileResponse:
        """A file whose bytes have arrived, and nobody has confirmed it."""
        created = self.create(content)
        put(created.upload_url, content).raise_for_status()
        return created

    def complete(self, content: bytes = CONTENT) -> CreateFileResponse:
        """A file that is COMPLETED."""
        created = self.upload(content)
        self.confirm(created.file_id)
        return created

    def ask(self, operation: str, request: Any, **headers: str) -> Any:
        """Calls an operation in the client's own way to add headers and to try again later."""
        invoker = getattr(self._client, f"{operation}_invoker")(request)
        for name, value in (self._headers | headers).items():
            invoker.add_header(name, value)
        return invoker.with_retry(is_throttled, 5, BackoffStrategies.EQUAL_JITTER).invoke()


def is_throttled(_: Any, error: Exception | None) -> bool:
    return isinstance(error, ClientRequestException) and error.status_code == 429


def described(content: bytes, **more: Any) -> dict[str, Any]:
    """The fields that both creates ask for."""
    return {
        "file_name": "promise.mp4",
        "file_size": len(content),
        "file_type": "mp4",
        "asset_id": "24bad716-87b1-45e5-8912-6102f7693265",
        "asset_file_category": "MAIN",
    } | more


def put(url: str, content: bytes = CONTENT, md5: str | None = None) -> httpx.Response:
    """Sends bytes as MetaStudio documents it, by default with their own MD5."""
    headers = {"Content-MD5": md5 or md5_of(content), "Content-Type": "video/mp4"}
    return httpx.put(url, content=content, headers=headers)


def md5_of(content: bytes) -> str:
    """The MD5 in the form of `Content-MD5`."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def native_id(file_id: str) -> str:
    """The id that the native API has for a file: the same bits in another alphabet."""
    uuid = int(file_id.replace("-", ""), 16)
    bits = (uuid >> 80) << 72 | (uuid >> 64 & 0xFFF) << 60 | (uuid >> 2 & (1 << 60) - 1)
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    return "fil_" + "".join(alphabet[bits >> shift & 31] for shift in range(115, -5, -5))
