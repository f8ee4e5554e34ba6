"""The deployment under test and its operator, both named by the environment: see tests/deployment.py."""

import hashlib
import os
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import requests

TIMEOUT = 60  # Seconds.


@dataclass(frozen=True)
class Api:
    """The native API, by raw requests."""

    url: str
    key: str

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request with the key."""
        headers = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {})
        return requests.request(
            method, self.url + path, headers=headers, timeout=TIMEOUT, **options
        )

    def create(self, content: bytes, **fields: Any) -> dict[str, Any]:
        """An open session for exactly these bytes."""
        file = {"filename": "a.bin", "mimeType": "text/plain", "sizeBytes": len(content)}
        answer = self.call("POST", "/v1/files", json=file | fields)
        answer.raise_for_status()
        return answer.json()

    def complete(self, created: dict[str, Any], content: bytes) -> requests.Response:
        """The claim that these bytes arrived."""
        path = f"/v1/files/{created['id']}/complete"
        return self.call("POST", path, json={"md5": md5_of(content)})


def put(created: dict[str, Any], content: bytes, **headers: str) -> requests.Response:
    """The PUT of a session, with further headers."""
    sent = created["uploadHeaders"] | headers
    return requests.put(created["uploadUrl"], data=content, headers=sent, timeout=TIMEOUT)


def md5_of(content: bytes) -> str:
    """The MD5 as the API spells it: 32 lowercase hex digits."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture(scope="session")
def api() -> Api:
    """The API of the deployment under test."""
    return Api(os.environ["SLIPWAY_URL"], os.environ["SLIPWAY_KEY"])


@pytest.fixture(scope="session")
def bucket() -> str:
    """The deployment's bucket."""
    return os.environ["SLIPWAY_BUCKET"]


@pytest.fixture(scope="session")
def table() -> str:
    """The deployment's table."""
    return os.environ["SLIPWAY_TABLE"]


@pytest.fixture(scope="session")
def s3() -> Any:
    """S3, as the operator."""
    return boto3.client("s3")


@pytest.fixture(scope="session")
def dynamodb() -> Any:
    """DynamoDB, as the operator."""
    return boto3.client("dynamodb")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """An emulator is not asked what it cannot know."""
    if "AWS_ENDPOINT_URL" not in os.environ:
        return
    for item in items:
        if item.get_closest_marker("account"):
            item.add_marker(pytest.mark.skip(reason="this is an emulator, not an account"))


def pytest_configure(config: pytest.Config) -> None:
    """Ends a run that has nothing to run against with one line, instead of one per test."""
    wanted = ("SLIPWAY_URL", "SLIPWAY_KEY", "SLIPWAY_BUCKET", "SLIPWAY_TABLE")
    missing = [name for name in wanted if not os.environ.get(name)]
    if missing and not config.option.collectonly:
        raise pytest.UsageError(f"{', '.join(missing)} must be set: see `make test-deployment`.")
