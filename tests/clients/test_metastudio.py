"""What the official client of MetaStudio can do here, unmodified, by token and by signature."""

import httpx
import pytest
from lightfield import Lightfield, NotFoundError

from metastudio import CONTENT, MetaStudio, native_id, put

MIB = 1024 * 1024


def test_a_file_goes_from_create_to_completed(metastudio: MetaStudio, client: Lightfield) -> None:
    created = metastudio.create()
    assert (created.status_code, bool(created.x_request_id)) == (200, True)
    pending = client.file.retrieve(native_id(created.file_id))
    assert (pending.status, pending.filename) == ("PENDING", "promise.mp4")
    assert put(created.upload_url).is_success

    confirmed = metastudio.confirm(created.file_id)
    assert (confirmed.status_code, confirmed.raw_content) == (200, b"")
    assert confirmed.x_request_id
    completed = client.file.retrieve(pending.id)
    assert (completed.status, completed.mime_type) == ("COMPLETED", "video/mp4")
    assert httpx.get(client.file.url(completed.id).url).content == CONTENT


def test_a_large_file_comes_in_equal_parts(metastudio: MetaStudio, client: Lightfield) -> None:
    content = bytes(11 * MIB + 1)
    created = metastudio.create_large(content, parts=2)
    size = -(-len(content) // 2)
    assert len(created.upload_urls) == 2
    for at, url in enumerate(created.upload_urls):
        assert put(url, content[at * size : (at + 1) * size]).is_success
    assert metastudio.confirm(created.file_id).status_code == 200
    completed = client.file.retrieve(native_id(created.file_id))
    assert (completed.status, completed.size_bytes) == ("COMPLETED", len(content))


def test_confirming_twice_changes_nothing(metastudio: MetaStudio, client: Lightfield) -> None:
    created = metastudio.complete()
    first = client.file.retrieve(native_id(created.file_id))
    assert metastudio.confirm(created.file_id).status_code == 200
    assert client.file.retrieve(first.id).to_dict() == first.to_dict()


def test_a_url_can_be_used_again_until_the_file_is_completed_and_never_after(
    metastudio: MetaStudio, client: Lightfield
) -> None:
    created = metastudio.upload()
    assert put(created.upload_url).is_success
    metastudio.confirm(created.file_id)
    for again in (CONTENT, CONTENT.swapcase()):
        assert put(created.upload_url, again).is_client_error
    link = client.file.url(native_id(created.file_id)).url
    assert httpx.get(link).content == CONTENT


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_an_upload_can_be_given_up(
    metastudio: MetaStudio, client: Lightfield, state: str
) -> None:
    created = metastudio.upload()
    given_up = metastudio.confirm(created.file_id, state)
    assert (given_up.status_code, given_up.raw_content) == (200, b"")
    assert client.file.retrieve(native_id(created.file_id)).status == "CANCELLED"
    assert put(created.upload_url).is_client_error


def test_a_file_can_be_deleted(metastudio: MetaStudio, client: Lightfield) -> None:
    created = metastudio.complete()
    link = client.file.url(native_id(created.file_id)).url
    deleted = metastudio.delete(created.file_id)
    assert (deleted.status_code, deleted.raw_content) == (200, b"")
    with pytest.raises(NotFoundError):
        client.file.retrieve(native_id(created.file_id))
    assert httpx.get(link).status_code == httpx.codes.NOT_FOUND


def test_the_field_that_this_version_of_the_client_lacks_is_accepted(
    metastudio: MetaStudio, url: str, key: str
) -> None:
    created = metastudio.upload()
    answer = httpx.post(
        f"{url}/metastudio/v1/any/files/{created.file_id}/complete",
        headers={"X-Auth-Token": key},
        json={"state": "CREATED", "auto_meta_analysis": True},
    )
    assert (answer.status_code, answer.content) == (200, b"")
