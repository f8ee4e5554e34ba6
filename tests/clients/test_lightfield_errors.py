"""How refusals reach users of the official client: as its typed exceptions, with our codes."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from lightfield import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DefaultHttpxClient,
    Lightfield,
    NotFoundError,
    UnprocessableEntityError,
    omit,
)

from uploads import CONTENT, complete, create, md5_of, put, upload

OTHER = CONTENT.swapcase()
VALID: dict[str, Any] = {"filename": "a.txt", "mime_type": "text/plain", "size_bytes": 1}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("colour", "red", "unknown_field"),
        ("filename", "", "invalid_value"),
        ("filename", "a" * 256, "invalid_value"),
        ("filename", "../a.txt", "invalid_value"),
        ("filename", 7, "invalid_type"),
        ("mimeType", "text", "invalid_value"),
        ("mimeType", None, "invalid_type"),
        ("sizeBytes", -1, "invalid_value"),
        ("sizeBytes", 512 * 1024 * 1024 + 1, "invalid_value"),
        ("sizeBytes", "1", "invalid_type"),
        ("sizeBytes", 1.5, "invalid_type"),
        ("purpose", "none_such", "invalid_value"),
        ("md5", md5_of(CONTENT).upper(), "invalid_value"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_created(
    client: Lightfield, field: str, value: object, code: str
) -> None:
    before = client.file.list().total_count
    error = refusal(BadRequestError, client.file.create, **VALID, extra_body={field: value})
    assert (error["type"], error["code"], error["param"]) == ("bad_request", code, field)
    assert client.file.list().total_count == before


@pytest.mark.parametrize(
    ("argument", "field"),
    [("filename", "filename"), ("mime_type", "mimeType"), ("size_bytes", "sizeBytes")],
)
def test_a_missing_field_is_named(client: Lightfield, argument: str, field: str) -> None:
    error = refusal(BadRequestError, client.file.create, **{**VALID, argument: omit})
    assert (error["code"], error["param"]) == ("parameter_missing", field)


@pytest.mark.parametrize(
    ("md5", "code"),
    [(md5_of(CONTENT).upper(), "invalid_value"), ("abc", "invalid_value"), (7, "invalid_type")],
)
def test_a_malformed_md5_is_refused_and_the_upload_stays_pending(
    client: Lightfield, md5: Any, code: str
) -> None:
    created = upload(client)
    error = refusal(BadRequestError, client.file.complete, created.id, md5=md5)
    assert (error["code"], error["param"]) == (code, "md5")
    assert client.file.complete(created.id, md5=md5_of(CONTENT)).status == "COMPLETED"


def test_an_unknown_field_of_complete_and_cancel_is_refused(client: Lightfield) -> None:
    created = upload(client)
    unknown = {"force": True}
    for call, body in ((client.file.complete, "extra_body"), (client.file.cancel, "body")):
        error = refusal(BadRequestError, call, created.id, **{body: unknown})
        assert (error["code"], error["param"]) == ("unknown_field", "force")
    assert client.file.retrieve(created.id).status == "PENDING"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 0}, "invalid_value"),
        ({"limit": 26}, "invalid_value"),
        ({"limit": "abc"}, "invalid_type"),
        ({"offset": -1}, "invalid_value"),
        ({"status": "PENDING"}, "unknown_field"),
    ],
)
def test_a_wrong_query_parameter_is_named(
    client: Lightfield, query: dict[str, object], code: str
) -> None:
    error = refusal(BadRequestError, client.file.list, extra_query=query)
    assert (error["code"], error["param"]) == (code, *query)


def test_a_body_that_is_not_announced_as_json_is_refused(client: Lightfield) -> None:
    headers = {"Content-Type": "text/plain"}
    error = refusal(APIStatusError, client.file.create, **VALID, extra_headers=headers)
    assert error["type"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: "sk_lf_not_ours", id="another service's key"),
        pytest.param(lambda key: key + "0", id="a mistyped key"),
        pytest.param(lambda key: never_issued(key), id="a key nobody issued"),
    ],
)
def test_a_wrong_key_is_unauthorized(url: str, key: str, spoil: Callable[[str], str]) -> None:
    with Lightfield(api_key=spoil(key), base_url=url) as stranger:
        for call in (stranger.auth.validate, stranger.file.list, lambda: create(stranger)):
            error = raised(AuthenticationError, call)
            assert error.body["error"]["type"] == "unauthorized"
            assert error.response.headers["www-authenticate"] == "Bearer"
            assert error.response.headers["x-request-id"]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda own: own[:12] + "0" * 16, id="our place, another random half"),
        pytest.param(lambda own: "fil_zzzzzzzz" + own[12:], id="a place not taken yet"),
        pytest.param(lambda own: "acc_" + own[4:], id="another kind of thing"),
        pytest.param(lambda _: "fil_cm4stu901uvw234", id="another service's file"),
    ],
)
def test_an_id_that_is_not_ours_is_not_found(
    client: Lightfield, spoil: Callable[[str], str]
) -> None:
    foreign = spoil(complete(client).id)
    files = client.file
    for call in (files.retrieve, files.url, files.complete, files.cancel):
        assert refusal(NotFoundError, call, foreign)["type"] == "not_found"


def test_a_refusal_carries_the_rate_limit_and_a_request_id(client: Lightfield) -> None:
    headers = raised(NotFoundError, client.file.retrieve, "fil_none").response.headers
    assert 0 <= int(headers["x-ratelimit-remaining"]) < int(headers["x-ratelimit-limit"])
    assert int(headers["x-ratelimit-reset"])
    assert headers["x-request-id"]


def test_a_file_can_be_cancelled_again(client: Lightfield) -> None:
    file = upload(client)
    first = client.file.cancel(file.id)
    assert first.status == "CANCELLED"
    assert client.file.cancel(file.id) == first


@pytest.mark.parametrize(
    ("status", "action"),
    [("COMPLETED", "cancel"), ("CANCELLED", "complete")],
)
def test_a_file_that_is_no_longer_pending_is_refused_in_one_request(
    watched: Lightfield, statuses: list[int], status: str, action: str
) -> None:
    file = upload(watched)
    (watched.file.complete if status == "COMPLETED" else watched.file.cancel)(file.id)

    error = refusal(ConflictError, getattr(watched.file, action), file.id)
    assert (error["type"], error["code"]) == ("conflict", "file_not_pending")
    assert status in error["message"]
    assert statuses.count(httpx.codes.CONFLICT) == 1
    assert watched.file.retrieve(file.id).status == status


@pytest.mark.parametrize("status", ["PENDING", "CANCELLED"])
def test_the_url_of_a_file_that_is_not_completed_is_refused_in_one_request(
    watched: Lightfield, statuses: list[int], status: str
) -> None:
    file = upload(watched)
    if status == "CANCELLED":
        watched.file.cancel(file.id)

    error = refusal(ConflictError, watched.file.url, file.id)
    assert (error["type"], error["code"]) == ("conflict", "file_not_completed")
    assert status in error["message"]
    assert statuses.count(httpx.codes.CONFLICT) == 1


def test_completing_before_the_put_is_refused_and_possible_afterwards(client: Lightfield) -> None:
    created = create(client)
    for md5 in (omit, md5_of(CONTENT)):
        error = refusal(UnprocessableEntityError, client.file.complete, created.id, md5=md5)
        assert (error["type"], error["code"]) == ("unprocessable_content", "upload_missing")
    assert put(created).is_success
    assert client.file.complete(created.id, md5=md5_of(CONTENT)).status == "COMPLETED"


def test_wrong_bytes_are_named_and_the_same_url_takes_the_right_ones(client: Lightfield) -> None:
    created = create(client)
    assert put(created, OTHER).is_success
    error = refusal(UnprocessableEntityError, client.file.complete, created.id, md5=md5_of(CONTENT))
    assert (error["code"], error["param"]) == ("checksum_mismatch", "md5")
    assert md5_of(OTHER) in error["message"]
    assert client.file.retrieve(created.id).status == "PENDING"

    assert put(created).is_success
    completed = client.file.complete(created.id, md5=md5_of(CONTENT))
    assert httpx.get(client.file.url(completed.id).url).content == CONTENT


def test_a_completed_file_contradicts_another_md5(client: Lightfield) -> None:
    completed = complete(client)
    error = refusal(UnprocessableEntityError, client.file.complete, completed.id, md5=md5_of(OTHER))
    assert error["code"] == "checksum_mismatch"
    assert md5_of(CONTENT) in error["message"]
    assert client.file.retrieve(completed.id).to_dict() == completed.to_dict()


@pytest.mark.parametrize(
    ("wrong", "code", "param"),
    [
        (
            {"purpose": "email_attachment", "size_bytes": 20 * 1024 * 1024 + 1},
            "purpose_size",
            "sizeBytes",
        ),
        (
            {"purpose": "meeting_transcript", "mime_type": "video/mp4"},
            "purpose_mime_type",
            "mimeType",
        ),
    ],
)
def test_a_purpose_limits_type_and_size(
    client: Lightfield, wrong: dict[str, Any], code: str, param: str
) -> None:
    error = refusal(UnprocessableEntityError, client.file.create, **{**VALID, **wrong})
    assert (error["code"], error["param"]) == (code, param)


@pytest.fixture
def statuses() -> list[int]:
    """The status of every answer that `watched` was given."""
    return []


@pytest.fixture
def watched(url: str, key: str, statuses: list[int]) -> Iterator[Lightfield]:
    """A client whose repetitions show: it sends a 409 three times unless the answer forbids it."""
    note = {"response": [lambda response: statuses.append(response.status_code)]}
    http_client = DefaultHttpxClient(event_hooks=note)
    with Lightfield(api_key=key, base_url=url, http_client=http_client) as client:
        yield client


def never_issued(key: str) -> str:
    """A key of the same workspace and the right form, slw_<workspace>_<secret>_<crc32>."""
    prefix, workspace, secret, _ = key.split("_")
    body = f"{prefix}_{workspace}_{secret[::-1]}"
    return f"{body}_{zlib.crc32(body.encode()):08x}"


def refusal(
    kind: type[APIStatusError], call: Callable[..., object], *args: Any, **kwargs: Any
) -> dict[str, Any]:
    """The error object of a call that the client must end with exactly this exception."""
    return raised(kind, call, *args, **kwargs).body["error"]


def raised(
    kind: type[APIStatusError], call: Callable[..., object], *args: Any, **kwargs: Any
) -> Any:
    """The exception of a call that the client must end with exactly this one."""
    with pytest.raises(kind) as info:
        call(*args, **kwargs)
    assert info.type is kind
    return info.value
