"""A user of the API."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import requests

from stack import Stack

# Requests are answered in milliseconds; this only ends a rehearsal that hangs.
TIMEOUT = 60

# S3's least size of any part but the last.
PART_BYTES = 5 * 1024 * 1024

File = dict[str, Any]


def md5_of(content: bytes) -> str:
    """The MD5 as the API spells it."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Uploader:
    """Somebody with a key for a workspace of a deployment."""

    stack: Stack
    workspace: str
    key: str

    def call(
        self, method: str, path: str, body: dict | None = None, more: dict | None = None
    ) -> requests.Response:
        """One request to the API, with more headers where there are some."""
        headers = {"authorization": f"Bearer {self.key}"} | (more or {})
        url = self.stack.url + path
        return requests.request(method, url, json=body, headers=headers, timeout=TIMEOUT)

    def with_key(self, key: str) -> "Uploader":
        """Somebody with another key, or an upload token, for the same workspace."""
        return replace(self, key=key)

    def page(self, bounds: dict) -> "Uploader":
        """Somebody who holds an upload token only."""
        made = self.call("POST", "/v1/upload-tokens", bounds)
        assert made.status_code == 200, f"an upload token is answered {made.status_code}"
        return self.with_key(made.json()["token"])

    def create(self, content: bytes) -> File:
        """A PENDING file that expects these bytes."""
        return self._create(content, {})

    def create_to_be_completed(self, content: bytes) -> File:
        """A PENDING file that is completed when these bytes have arrived."""
        return self._create(content, {"md5": md5_of(content), "autoComplete": True})

    def create_in_parts(self, content: bytes) -> File:
        """A PENDING file that expects these bytes in parts."""
        return self._create(content, {"multipart": {"partSizeBytes": PART_BYTES}})

    def put(self, file: File, content: bytes) -> None:
        """Sends the bytes where create says."""
        url, headers = file["uploadUrl"], file["uploadHeaders"]
        status = requests.put(url, data=content, headers=headers, timeout=TIMEOUT).status_code
        assert status == 200, f"S3 answers the PUT with {status}"

    def put_parts(self, parts: list[dict], content: bytes) -> None:
        """Sends these parts of the bytes where create or sign-parts says."""
        for part in parts:
            start = (part["partNumber"] - 1) * PART_BYTES
            data, headers = content[start : start + PART_BYTES], part["headers"]
            answer = requests.put(part["url"], data=data, headers=headers, timeout=TIMEOUT)
            assert answer.status_code == 200, f"S3 answers a part with {answer.status_code}"

    def upload(self, content: bytes) -> File:
        """A PENDING file whose bytes have arrived."""
        file = self.create(content)
        self.put(file, content)
        return file

    def upload_in_parts(self, content: bytes) -> File:
        """A PENDING file whose parts have arrived."""
        file = self.create_in_parts(content)
        self.put_parts(file["parts"]["data"], content)
        return file

    def sign_parts(self, file: File, numbers: Sequence[int]) -> requests.Response:
        """Asks for the URLs of parts."""
        return self.call("POST", f"/v1/files/{file['id']}/parts", {"partNumbers": list(numbers)})

    def list_parts(self, file: File) -> requests.Response:
        """Asks which parts have arrived."""
        return self.call("GET", f"/v1/files/{file['id']}/parts")

    def complete(self, file: File, content: bytes) -> requests.Response:
        """Completes with the MD5 of these bytes."""
        return self.call("POST", f"/v1/files/{file['id']}/complete", {"md5": md5_of(content)})

    def cancel(self, file: File) -> requests.Response:
        """Cancels."""
        return self.call("POST", f"/v1/files/{file['id']}/cancel")

    def delete(self, file: File) -> requests.Response:
        """Deletes."""
        return self.call("DELETE", f"/v1/files/{file['id']}")

    def get(self, file: File) -> requests.Response:
        """Shows the file."""
        return self.call("GET", f"/v1/files/{file['id']}")

    def sign_download(self, file: File) -> requests.Response:
        """Asks for the URL of the download."""
        return self.call("GET", f"/v1/files/{file['id']}/url")

    def _create(self, content: bytes, more: dict) -> File:
        body = {"filename": "f.txt", "mimeType": "text/plain", "sizeBytes": len(content)}
        created = self.call("POST", "/v1/files", body | more)
        assert created.status_code == 200, f"create answers {created.status_code}"
        return created.json()
