"""How refusals reach users of MetaStudio's official client: as its exceptions, with its codes."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from metastudio import CONTENT, MetaStudio, md5_of, put

OTHER = CONTENT.swapcase()
NOT_OURS = "24bad716-87b1-45e5-8912-6102f7693265"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("file_name", None),
        ("file_name", "../a.mp4"),
        ("file_md5", "5eb63bbbe01eeed093cb22bb8f5acdc3"),
        ("file_size", 0),
        ("file_size", 5 * 1024**3 + 1),
        ("file_type", ""),
        ("asset_id", "a" * 65),
        ("asset_file_category", None),
    ],
)
def test_a_wrong_field_is_named(signed: MetaStudio, field: str, value: Any) -> None:
    error = refusal(signed.create, **{field: value})
    assert (error.status_code, error.error_code) == (400, "MSS.10000003")
    assert field in error.error_msg


@pytest.mark.parametrize(
    ("parts", "changes", "field"),
    [
        (101, {}, "file_multipart_count"),
        (2, {}, "file_multipart_count"),
        (1, {"file_size": None}, "file_size"),
    ],
)
def test_parts_that_cannot_be_signed_exactly_are_refused(
    signed: MetaStudio, parts: int, changes: dict[str, Any], field: str
) -> None:
    error = refusal(signed.create_large, CONTENT, parts, **changes)
    assert (error.status_code, error.error_code) == (400, "MSS.10000003")
    assert field in error.error_msg


def test_s3_refuses_bytes_of_another_md5_or_size(signed: MetaStudio) -> None:
    created = signed.create()
    assert put(created.upload_url, OTHER).status_code == httpx.codes.FORBIDDEN
    assert put(created.upload_url, OTHER, md5_of(CONTENT)).status_code == httpx.codes.BAD_REQUEST
    longer = put(created.upload_url, CONTENT * 2, md5_of(CONTENT))
    assert longer.status_code == httpx.codes.FORBIDDEN
    assert put(created.upload_url).is_success
    assert signed.confirm(created.file_id).status_code == 200


def test_nothing_is_completed_without_its_bytes(metastudio: MetaStudio) -> None:
    created = metastudio.create()
    error = refusal(metastudio.confirm, created.file_id)
    assert (error.status_code, error.error_code) == (400, "MSS.00000003")
    assert error.request_id
    put(created.upload_url).raise_for_status()
    assert metastudio.confirm(created.file_id).status_code == 200


@pytest.mark.parametrize(
    ("before", "after"),
    [("CREATED", "CANCELLED"), ("CREATED", "FAILED"), ("CANCELLED", "CREATED")],
)
def test_what_is_final_stays_so(metastudio: MetaStudio, before: str, after: str) -> None:
    created = metastudio.upload()
    metastudio.confirm(created.file_id, before)
    error = refusal(metastudio.confirm, created.file_id, after)
    assert (error.status_code, error.error_code) == (400, "MSS.00000003")


def test_a_state_that_no_client_can_bring_about_is_refused(metastudio: MetaStudio) -> None:
    error = refusal(metastudio.confirm, metastudio.create().file_id, "REVIEW")
    assert (error.status_code, error.error_code) == (400, "MSS.10000003")


@pytest.mark.parametrize("file_id", [NOT_OURS, "00000000-0700-8443-8853-1d0952d8d73c", "x"])
def test_a_file_that_is_not_there_is_not_found(metastudio: MetaStudio, file_id: str) -> None:
    not_found(metastudio, file_id)


def test_a_deleted_file_is_not_found(metastudio: MetaStudio) -> None:
    created = metastudio.complete()
    metastudio.delete(created.file_id)
    not_found(metastudio, created.file_id)


def test_another_workspace_sees_nothing_and_changes_nothing(
    metastudio: MetaStudio, host_url: str, other_key: str
) -> None:
    stranger = MetaStudio(host_url, "no access key", "no secret key", token=other_key)
    uploaded, completed = metastudio.upload(), metastudio.complete()
    for created in (uploaded, completed):
        not_found(stranger, created.file_id)
    for created in (uploaded, completed):
        assert metastudio.confirm(created.file_id).status_code == 200


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: "gAAAAABmZ_another_services_token", id="another service's token"),
        pytest.param(lambda key: key + "0", id="a mistyped key"),
        pytest.param(lambda key: f"Bearer {key}", id="a key with a scheme"),
    ],
)
def test_a_wrong_token_is_unauthorized(host_url: str, key: str, spoil: Callable[[str], str]) -> None:
    unauthorized(MetaStudio(host_url, "no access key", "no secret key", token=spoil(key)))


def test_a_path_that_the_api_does_not_have_is_said_to_be_none(url: str, key: str) -> None:
    answer = httpx.post(f"{url}/metastudio/v1/any/assets", headers={"X-Auth-Token": key})
    assert (answer.status_code, answer.json()["error_code"]) == (404, "MSS.00010003")
    assert answer.headers["x-request-id"]


def not_found(metastudio: MetaStudio, file_id: str) -> None:
    """Each operation on the file says that there is none."""
    for call, arguments in (
        (metastudio.confirm, ("CREATED",)),
        (metastudio.confirm, ("CANCELLED",)),
        (metastudio.delete, ()),
    ):
        error = refusal(call, file_id, *arguments)
        assert (error.status_code, error.error_code) == (400, "MSS.10001004")


def unauthorized(metastudio: MetaStudio) -> None:
    """Each operation asks for credentials."""
    for call, arguments in (
        (metastudio.create, ()),
        (metastudio.create_large, (CONTENT, 1)),
        (metastudio.confirm, (NOT_OURS,)),
        (metastudio.delete, (NOT_OURS,)),
    ):
        error = refusal(call, *arguments)
        assert (error.status_code, error.error_code) == (401, "MSS.00000001")
        assert error.request_id


def refusal(call: Callable[..., Any], *arguments: Any, **named: Any) -> ClientRequestException:
    """The exception that a call raises."""
    with pytest.raises(ClientRequestException) as raised:
        call(*arguments, **named)
    return raised.value
