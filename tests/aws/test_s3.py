"""What S3 itself does with our presigned URLs, and what we take for granted of it."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from conftest import TIMEOUT, Api, md5_of, put

CONTENT = b"Nothing unproven is ever COMPLETED.\n"


def test_a_put_of_another_length_than_the_signed_one_is_refused(api: Api):
    created = api.create(CONTENT)
    answer = put(created, CONTENT + b"!", **{"content-length": str(len(CONTENT) + 1)})
    assert answer.status_code == 403
    assert api.complete(created, CONTENT).status_code == 422


def test_a_second_put_is_told_412_and_the_first_is_completed(api: Api):
    created = api.create(CONTENT)
    assert put(created, CONTENT).status_code == 200
    assert put(created, CONTENT).status_code == 412
    assert api.complete(created, CONTENT).json()["status"] == "COMPLETED"


def test_of_puts_at_the_same_time_one_succeeds_and_the_others_are_told_409_or_412(api: Api):
    content = CONTENT * 100_000
    created = api.create(content)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: put(created, content).status_code, range(4)))
    assert answers.count(200) == 1, answers
    assert set(answers) <= {200, 409, 412}, answers
    assert api.complete(created, content).json()["status"] == "COMPLETED"


def test_parts_are_joined_once_however_often_that_is_asked_for(api: Api):
    created = api.create(CONTENT, multipart={})
    (part,) = created["parts"]["data"]
    sent = requests.put(part["url"], data=CONTENT, headers=part["headers"], timeout=TIMEOUT)
    assert sent.status_code == 200
    path = f"/v1/files/{created['id']}/complete"
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: api.call("POST", path, json={}), range(4)))
    assert {answer.status_code for answer in answers} <= {200, 202}, answers
    assert api.call("POST", path, json={}).json()["status"] == "COMPLETED"


@pytest.mark.parametrize(
    "header", ["content-encoding", "content-language", "cache-control", "expires"]
)
def test_what_the_uploader_adds_does_not_change_what_comes_down(api: Api, header: str):
    content = gzip.compress(CONTENT * 100)
    added = {"content-encoding": "gzip", "expires": "Thu, 01 Jan 2099 00:00:00 GMT"}
    created = api.create(content)
    assert put(created, content, **{header: added.get(header, "x")}).status_code == 200
    file = api.complete(created, content).json()
    url = api.call("GET", f"/v1/files/{file['id']}/url").json()["url"]
    answer = requests.get(url, timeout=TIMEOUT)
    assert md5_of(answer.content) == file["md5"]
    assert answer.headers["content-encoding"] == "identity"
    assert "2099" not in answer.headers["expires"]


def test_an_etag_is_the_md5_of_a_single_put(api: Api, s3: Any, bucket: str):
    created = api.create(CONTENT)
    assert put(created, CONTENT).headers["etag"].strip('"') == md5_of(CONTENT)
    assert api.complete(created, CONTENT).status_code == 200
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [it for page in pages for it in page.get("Contents", []) if created["id"] in it["Key"]]
    assert [it["ETag"].strip('"') for it in keys] == [md5_of(CONTENT)]


def test_a_crc_32_that_an_sdk_adds_is_taken_where_the_upload_asked_for_none(s3: Any, bucket: str):
    """The stand-in on a developer's machine assumes it: infra/local/src/s3/multipart/checksum.rs."""
    upload = s3.create_multipart_upload(Bucket=bucket, Key="test/crc-32")
    named = {"Bucket": bucket, "Key": "test/crc-32", "UploadId": upload["UploadId"]}
    try:
        sent = s3.upload_part(**named, PartNumber=1, Body=CONTENT, ChecksumAlgorithm="CRC32")
        assert sent["ResponseMetadata"]["HTTPStatusCode"] == 200
    finally:
        s3.abort_multipart_upload(**named)


@pytest.mark.account
def test_nothing_is_written_without_if_none_match_but_notes(s3: Any, bucket: str):
    """The bucket's policy, of which only S3 itself can show that it works."""
    once = {"Bucket": bucket, "Key": "test/once"}
    note = {"Bucket": bucket, "Key": "_continue/test/once"}
    try:
        with pytest.raises(ClientError) as refused:
            s3.put_object(**once, Body=CONTENT)
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
        s3.put_object(**once, Body=CONTENT, IfNoneMatch="*")
        with pytest.raises(ClientError) as refused:
            s3.copy_object(**once, CopySource=once)
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
        s3.put_object(**note)
        s3.put_object(**note)
    finally:
        s3.delete_object(**once)
        s3.delete_object(**note)


@pytest.mark.account
def test_a_presigned_request_with_an_authorization_header_is_refused(api: Api):
    created = api.create(CONTENT)
    answer = put(created, CONTENT, authorization=f"Bearer {api.key}")
    assert answer.status_code == 400
    assert b"Only one auth mechanism allowed" in answer.content


@pytest.mark.account
def test_a_url_is_signed_by_a_role_and_dies_with_its_credentials(api: Api):
    created = api.create(CONTENT)
    signed = parse_qs(urlsplit(created["uploadUrl"]).query)
    # Temporary credentials: whatever X-Amz-Expires says, no URL outlives them.
    assert signed["X-Amz-Security-Token"]
    assert put(created, CONTENT).status_code == 200
