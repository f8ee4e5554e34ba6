"""How refusals reach users of Polar's official client: as its typed exceptions."""

import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from lightfield import Lightfield
from polar import PolarClientError
from polar.v2026_04 import Polar
from polar.v2026_04.errors import HTTPValidationError, ResourceNotFound
from polar_files import CONTENT, MIB, complete, create, cut, put, send, sha256_of, uploaded

HALVES = [
    {"number": 1, "chunk_start": 0, "chunk_end": 18},
    {"number": 2, "chunk_start": 18, "chunk_end": 36},
]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "../a.txt"}, ["name"]),
        ({"name": None}, ["name"]),
        ({"mime_type": "text"}, ["mime_type"]),
        ({"size": -1}, ["size"]),
        ({"size": "36"}, ["size"]),
        ({"size": 600 * MIB}, ["size"]),
        ({"service": "none_such"}, ["service"]),
        ({"version": "v" * 256}, ["version"]),
        ({"organization_id": "acme"}, ["organization_id"]),
        ({"checksum_sha256_base64": "abc"}, ["checksum_sha256_base64"]),
        ({"service": "product_media"}, ["mime_type"]),
        ({"size": 35}, ["upload", "parts"]),
        ({"size": 37}, ["upload", "parts"]),
        ({"upload": {"parts": []}}, ["upload", "parts"]),
        ({"upload": {"parts": HALVES}}, ["upload", "parts"]),
        ({"upload": {"parts": [{"number": 1}]}}, ["upload", "parts", 0, "chunk_start"]),
        ({"upload": {"parts": [{"number": "1"}]}}, ["upload", "parts", 0, "number"]),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_created(
    polar: Polar, fields: dict[str, Any], place: list[str | int]
) -> None:
    before = polar.files.list().pagination.total_count
    [violation] = violations(create, polar, **fields)
    assert violation.loc == ["body", *place]
    assert violation.msg
    assert polar.files.list().pagination.total_count == before


def test_checksums_are_of_every_part_or_of_none(polar: Polar) -> None:
    content = bytes(6 * MIB)
    parts = cut(content, signed=True)
    del parts[1]["checksum_sha256_base64"]
    [violation] = violations(create, polar, content, upload={"parts": parts})
    assert violation.loc == ["body", "upload", "parts"]


def test_parts_that_were_not_sent_are_named_and_can_be_sent(polar: Polar) -> None:
    content = bytes(6 * MIB)
    created = create(polar, content)
    first, second = created.upload.parts
    etag = put(first, content).headers["etag"]
    sent = [
        {"number": number, "checksum_etag": etag, "checksum_sha256_base64": None}
        for number in (1, 2)
    ]
    [violation] = violations(complete, polar, created, sent)
    assert (violation.type, violation.loc) == ("missing", ["body", "parts"])
    assert "Part 2" in violation.msg
    assert put(second, content).is_success
    [violation] = violations(complete, polar, created, sent)
    assert violation.type == "changed"
    assert complete(polar, created, send(created, content)).is_uploaded


def test_a_checksum_that_s3_has_not_proven_is_not_believed(polar: Polar) -> None:
    created = create(polar)
    [sent] = send(created)
    sent["checksum_sha256_base64"] = sha256_of(CONTENT)
    [violation] = violations(complete, polar, created, [sent])
    assert violation.type == "no_checksum"


def test_an_upload_cannot_be_completed_with_another_ones_words(polar: Polar) -> None:
    mine, other = create(polar), create(polar)
    sent = send(mine)
    for field, value in (("id", other.upload.id), ("path", other.upload.path)):
        [violation] = violations(complete, polar, mine, sent, **{field: value})
        assert violation.loc == ["body", field]
    listed = polar.files.list(ids=[mine.id, other.id]).items
    assert [file.is_uploaded for file in listed] == [False, False]
    assert complete(polar, mine, sent).is_uploaded


def test_a_cancelled_upload_cannot_be_completed(polar: Polar, client: Lightfield) -> None:
    created = create(polar)
    sent = send(created)
    client.file.cancel(created.path.split("/")[1])
    [violation] = violations(complete, polar, created, sent)
    assert violation.loc == ["path", "id"]
    assert "CANCELLED" in violation.msg
    assert put(created.upload.parts[0]).status_code == httpx.codes.NOT_FOUND


def test_a_file_that_is_not_uploaded_has_no_download(polar: Polar, url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.get(f"{url}/polar/v1/files/{create(polar).id}/download", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (404, "ResourceNotFound")


@pytest.mark.parametrize("fields", [{"name": "a/b"}, {"name": ""}, {"version": "v" * 256}])
def test_a_wrong_change_is_refused(polar: Polar, fields: dict[str, str]) -> None:
    file = uploaded(polar)
    [violation] = violations(polar.files.update, file.id, **fields)
    assert violation.loc == ["body", *fields]
    assert polar.files.list(ids=file.id).items == [file]


@pytest.mark.parametrize("query", [{"page": 0}, {"limit": 0}, {"page": "abc"}, {"ids": "abc"}, {"organization_id": "abc"}])
def test_a_wrong_query_parameter_is_named(polar: Polar, query: dict[str, Any]) -> None:
    [violation] = violations(polar.files.list, **query)
    assert violation.loc == ["query", *query]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda own: own[:30] + "000000", id="our place, another random half"),
        pytest.param(lambda own: "ff" + own[2:], id="a place not taken yet"),
        pytest.param(lambda _: "1b0ee4ce-7e0c-4b87-93c7-2d8c6d5b3b16", id="another service's file"),
    ],
)
def test_an_id_that_is_not_ours_is_not_found(polar: Polar, spoil: Callable[[str], str]) -> None:
    file = uploaded(polar)
    stranger = spoil(file.id)
    assert_not_there(polar, stranger)
    assert polar.files.list(ids=file.id).items == [file]


def test_another_workspace_sees_nothing_and_can_do_nothing(
    polar: Polar, other_polar: Polar, url: str, other_key: str
) -> None:
    other = other_polar
    file, created = uploaded(polar), create(polar)
    sent = send(created)
    for own in (file.id, created.id):
        assert_not_there(other, own)
        headers = {"Authorization": f"Bearer {other_key}"}
        answer = httpx.get(f"{url}/polar/v1/files/{own}/download", headers=headers)
        assert answer.status_code == httpx.codes.NOT_FOUND
        assert own not in {listed.id for listed in other.files.iter_list(limit=100)}
    raised(ResourceNotFound, complete, other, created, sent)

    foreign = create(other)
    stolen = {"id": created.upload.id, "path": created.upload.path}
    for words in ({"id": stolen["id"]}, {"path": stolen["path"]}, stolen):
        assert violations(complete, other, foreign, sent, **words)
    assert polar.files.list(ids=file.id).items == [file]
    assert complete(polar, created, sent).is_uploaded


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: "polar_oat_not_ours", id="another service's key"),
        pytest.param(lambda key: key + "0", id="a mistyped key"),
        pytest.param(lambda key: never_issued(key), id="a key nobody issued"),
    ],
)
def test_a_wrong_key_is_unauthorized(url: str, key: str, spoil: Callable[[str], str]) -> None:
    stranger = Polar(spoil(key), base_url=f"{url}/polar", timeout=60)
    for call in (stranger.files.list, lambda: create(stranger)):
        error = raised(PolarClientError, call)
        assert error.status_code == httpx.codes.UNAUTHORIZED
        assert '"Unauthorized"' in error.error


def assert_not_there(polar: Polar, file_id: str) -> None:
    """No operation finds this file."""
    words = {"id": "1", "path": "1", "parts": []}
    for call in (
        lambda: polar.files.uploaded(file_id, **words),
        lambda: polar.files.update(file_id, name="mine.txt"),
        lambda: polar.files.delete(file_id),
    ):
        assert raised(ResourceNotFound, call).error.error == "ResourceNotFound"
    assert polar.files.list(ids=file_id).items == []


def never_issued(key: str) -> str:
    """A key of the same workspace and the right form, slw_<workspace>_<secret>_<crc32>."""
    prefix, workspace, secret, _ = key.split("_")
    body = f"{prefix}_{workspace}_{secret[::-1]}"
    return f"{body}_{zlib.crc32(body.encode()):08x}"


def violations(call: Callable[..., object], *args: Any, **kwargs: Any) -> list[Any]:
    """What is wrong with a request that the client must end with its validation error."""
    return raised(HTTPValidationError, call, *args, **kwargs).error.detail


def raised(
    kind: type[PolarClientError], call: Callable[..., object], *args: Any, **kwargs: Any
) -> Any:
    """The exception of a call that the client must end with exactly this one."""
    with pytest.raises(kind) as info:
        call(*args, **kwargs)
    assert info.type is kind
    return info.value
