"""What is signed is what is asked for: the client's own signatures, and requests changed after them."""

import json
import os
from typing import Any

import httpx
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from metastudio import CONTENT, PROJECT, MetaStudio, described, md5_of

FILES = f"/v1/{PROJECT}/files"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Sdk-Date", "20200101T000000Z"),
        ("X-Sdk-Date", "20990101T000000Z"),
    ],
)
def test_a_signature_of_another_time_is_refused(signed: MetaStudio, name: str, value: str) -> None:
    refused = pytest.raises(ClientRequestException)
    with refused as raised:
        signed.confirm("24bad716-87b1-45e5-8912-6102f7693265", **{name: value})
    assert (raised.value.status_code, raised.value.error_code) == (401, "MSS.00000001")


def test_a_signed_user_id_is_accepted(signed: MetaStudio) -> None:
    created = signed.upload()
    assert signed.confirm(created.file_id, **{"X-App-UserId": "user-7"}).status_code == 200


def test_wrong_keys_sign_nothing(url: str, signed: MetaStudio, other_key: str) -> None:
    ak, sk = keys()
    for wrong in ((ak, sk[::-1]), (ak.replace("local.", "other."), sk), ("AKIA", sk), (ak, other_key)):
        with pytest.raises(ClientRequestException) as raised:
            MetaStudio(url, *wrong).create()
        assert (raised.value.status_code, raised.value.error_code) == (401, "MSS.00000001")


def test_a_request_is_taken_as_it_was_signed_and_not_otherwise(
    url: str, signed: MetaStudio
) -> None:
    body = json.dumps(described(CONTENT, file_md5=md5_of(CONTENT)))
    larger = json.dumps(described(CONTENT * 2, file_md5=md5_of(CONTENT)))
    assert send(url, FILES, body).status_code == 200
    for changed in (
        send(url, FILES, body, sent_path=FILES.replace("6a6a", "7b7b")),
        send(url, FILES, body, sent_path=f"/metastudio{FILES}"),
        send(url, FILES, body, sent_path=f"{FILES}?force=true"),
        send(url, FILES, body, sent_body=larger),
        send(url, FILES, body, sent_body=""),
        send(url, FILES, body, sent_headers={"X-Project-Id": "another"}),
        send(url, FILES, body, sent_headers={"X-Sdk-Date": "20260408T120000Z"}),
        send(url, FILES, body, sent_headers={"Host": "another.example.com"}),
    ):
        assert (changed.status_code, changed.json()["error_code"]) == (401, "MSS.00000001")


@pytest.mark.parametrize("project", ["p.1", "a~b", "a b", "a+b", "100 %"])
def test_any_project_may_be_named(url: str, signed: MetaStudio, project: str) -> None:
    named = MetaStudio(url, *keys(), project=project)
    assert named.confirm(named.upload().file_id).status_code == 200


def test_a_path_below_the_prefix_is_signed_as_it_is(url: str, signed: MetaStudio) -> None:
    body = json.dumps(described(CONTENT, file_md5=md5_of(CONTENT)))
    assert send(url, f"/metastudio{FILES}", body).status_code == 200


def test_a_body_that_is_not_signed_is_refused(url: str, signed: MetaStudio) -> None:
    body = json.dumps(described(CONTENT, file_md5=md5_of(CONTENT)))
    unsigned = {"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
    assert send(url, FILES, body, **unsigned).status_code == httpx.codes.UNAUTHORIZED


def send(
    url: str,
    path: str,
    body: str,
    sent_path: str | None = None,
    sent_body: str | None = None,
    sent_headers: dict[str, str] | None = None,
    **headers: str,
) -> httpx.Response:
    """Signs a POST as the client does, and sends it, or another one with the same signature."""
    host = httpx.URL(url).netloc.decode()
    request = SdkRequest(
        method="POST",
        host=host,
        resource_path=path,
        query_params=[],
        header_params={"Content-Type": "application/json", "X-Project-Id": PROJECT} | headers,
        body=body,
    )
    signature: dict[str, Any] = Signer(BasicCredentials(*keys())).sign(request).header_params
    return httpx.post(
        f"{url}{sent_path or path}",
        content=body if sent_body is None else sent_body,
        headers=signature | (sent_headers or {}),
    )


def keys() -> tuple[str, str]:
    return os.environ["SLIPWAY_AK"], os.environ["SLIPWAY_SK"]
