"""What a page of another origin is told that it may do, by the API and by the bucket."""

import json
import os
from pathlib import Path

import pytest
import requests
from lightfield import Lightfield

CORS = json.loads((Path(__file__).parents[2] / "infra" / "cors.json").read_text())
# A page that the deployment allows: SLIPWAY_ORIGIN, where that is not every page.
LISTED = os.environ.get("SLIPWAY_ORIGIN")
ORIGIN = LISTED or "https://page.example"


@pytest.fixture(scope="module")
def upload_url(client: Lightfield) -> str:
    """A URL that create signed."""
    created = client.file.create(filename="page.bin", mime_type="a/b", size_bytes=4)
    return created.upload_url


def named(answer: requests.Response, header: str) -> set[str]:
    value = answer.headers.get(f"access-control-{header}", "")
    return {name.strip().lower() for name in value.split(",")}


def lower(names: list[str]) -> set[str]:
    return {name.lower() for name in names}


def preflight(url: str, method: str, headers: list[str]) -> requests.Response:
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": method,
        "access-control-request-headers": ",".join(headers),
    }
    answer = requests.options(url, headers=asked, timeout=30)
    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] in ("*", ORIGIN)
    # S3 itself allows them to an origin that is listed. A presigned URL knows no cookies.
    is_of_s3 = LISTED and "X-Amz-Signature" in url
    assert is_of_s3 or "access-control-allow-credentials" not in answer.headers
    return answer


@pytest.mark.parametrize("method", CORS["api"]["methods"])
def test_a_page_may_send_the_api_every_header_of_its_clients(url, method):
    answer = preflight(f"{url}/v1/files", method, CORS["api"]["headers"])
    assert named(answer, "allow-methods") == lower(CORS["api"]["methods"])
    assert named(answer, "allow-headers") == lower(CORS["api"]["headers"])


def test_a_page_may_read_what_the_api_says_beside_a_refusal(url):
    answer = requests.get(f"{url}/v1/files", headers={"origin": ORIGIN}, timeout=30)
    assert answer.status_code == 401
    assert named(answer, "expose-headers") == lower(CORS["api"]["exposed"])


@pytest.mark.parametrize("method", CORS["bucket"]["methods"])
def test_a_page_may_use_the_bucket_with_any_header(upload_url, method):
    answer = preflight(upload_url, method, ["content-type", "if-none-match", "range"])
    assert named(answer, "allow-methods") == lower(CORS["bucket"]["methods"])


def test_a_page_may_read_what_s3_says(upload_url):
    refused = requests.get(upload_url, headers={"origin": ORIGIN}, timeout=30)
    assert named(refused, "expose-headers") == lower(CORS["bucket"]["exposed"])
