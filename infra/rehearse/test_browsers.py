"""Pages of other origins: what their browser asks before they may call the API or the bucket."""

import json
from pathlib import Path

import pytest
import requests

from stack import ORIGINS, Stack
from uploader import TIMEOUT, Uploader

CORS = json.loads((Path(__file__).parent.parent / "cors.json").read_text())
STRANGER = "https://three.example"


@pytest.fixture(scope="module")
def upload_url(stack: Stack) -> str:
    """A URL that create signed."""
    return Uploader(stack, "browsers", stack.make_key("browsers")).create(b"page")["uploadUrl"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_allowed_page_may_call_the_api(stack: Stack, origin: str) -> None:
    answer = preflight(f"{stack.url}/v1/files", origin, "POST", "authorization,content-type")
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == origin
    for header, told in [("allow-methods", "methods"), ("allow-headers", "headers")]:
        names = answer.headers[f"access-control-{header}"].split(",")
        assert {name.strip() for name in names} == set(CORS["api"][told])


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_allowed_page_may_upload(upload_url: str, origin: str) -> None:
    answer = preflight(upload_url, origin, "PUT", "content-type,if-none-match")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert "PUT" in answer.headers["access-control-allow-methods"]


def test_a_strange_page_may_neither_call_nor_upload(stack: Stack, upload_url: str) -> None:
    for url, method in [(f"{stack.url}/v1/files", "POST"), (upload_url, "PUT")]:
        answer = preflight(url, STRANGER, method, "content-type")
        assert "access-control-allow-origin" not in answer.headers


def preflight(url: str, origin: str, method: str, headers: str) -> requests.Response:
    """What a browser asks before a page's request."""
    asked = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": headers,
    }
    return requests.options(url, headers=asked, timeout=TIMEOUT)
