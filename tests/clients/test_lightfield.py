"""What the official client can do here, unmodified: everything its Files API promises."""

import asyncio
import base64
from datetime import datetime

import httpx
from lightfield import AsyncLightfield, Lightfield

from uploads import CONTENT, complete, create, md5_of, put, upload


def test_a_file_goes_from_create_to_download(client: Lightfield) -> None:
    created = client.file.create(
        filename="Größe 1.txt",
        mime_type="text/plain",
        size_bytes=len(CONTENT),
        purpose="meeting_transcript",
    )
    assert created.status == "PENDING"
    assert (created.filename, created.mime_type) == ("Größe 1.txt", "text/plain")
    assert created.size_bytes == len(CONTENT)
    assert created.completed_at is None
    assert created.expires_at > created.created_at
    assert put(created).is_success

    completed = client.file.complete(created.id, md5=md5_of(CONTENT))
    assert (completed.id, completed.status) == (created.id, "COMPLETED")
    assert completed.completed_at >= completed.created_at == created.created_at
    assert completed.expires_at is None
    assert client.file.retrieve(created.id).to_dict() == completed.to_dict()
    assert client.file.list(limit=1).data[0].to_dict() == completed.to_dict()

    link = client.file.url(created.id)
    assert link.expires_at > completed.completed_at
    download = httpx.get(link.url)
    assert download.content == CONTENT
    assert download.headers["content-type"] == "text/plain"
    assert download.headers["content-disposition"] == (
        "attachment; filename=\"Gr__e 1.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.txt"
    )


def test_every_answer_fits_the_clients_schema(url: str, key: str) -> None:
    # By default the client lets a missing field pass as None; strictly, it raises.
    with Lightfield(api_key=key, base_url=url, _strict_response_validation=True) as client:
        completed = complete(client)
        client.file.retrieve(completed.id)
        client.file.url(completed.id)
        client.file.cancel(create(client).id)
        client.file.list()
        client.auth.validate()


def test_a_pending_file_can_be_cancelled(client: Lightfield) -> None:
    created = create(client)
    cancelled = client.file.cancel(created.id)
    assert (cancelled.id, cancelled.status) == (created.id, "CANCELLED")
    assert (cancelled.completed_at, cancelled.expires_at) == (None, None)
    assert client.file.retrieve(created.id).to_dict() == cancelled.to_dict()


def test_a_file_can_be_cancelled_with_an_empty_object(client: Lightfield) -> None:
    assert client.file.cancel(create(client).id, body={}).status == "CANCELLED"


def test_an_upload_completes_without_md5(client: Lightfield) -> None:
    assert client.file.complete(upload(client).id).status == "COMPLETED"


def test_completing_twice_answers_the_same_file(client: Lightfield) -> None:
    first = complete(client)
    assert client.file.complete(first.id, md5=md5_of(CONTENT)).to_dict() == first.to_dict()
    assert client.file.complete(first.id).to_dict() == first.to_dict()


def test_a_repeated_put_changes_nothing_and_the_upload_completes(client: Lightfield) -> None:
    created = upload(client)
    assert put(created).status_code == httpx.codes.PRECONDITION_FAILED
    assert client.file.complete(created.id, md5=md5_of(CONTENT)).status == "COMPLETED"


def test_the_proven_md5_reaches_the_client_as_an_extra_field(client: Lightfield) -> None:
    created = create(client)
    assert created.md5 is None
    assert complete(client).md5 == md5_of(CONTENT)


def test_an_md5_declared_at_create_binds_the_put(client: Lightfield) -> None:
    created = client.file.create(
        filename="bound.txt",
        mime_type="text/plain",
        size_bytes=len(CONTENT),
        extra_body={"md5": md5_of(CONTENT)},
    )
    digest = base64.b64encode(bytes.fromhex(md5_of(CONTENT))).decode()
    assert created.upload_headers["content-md5"] == digest
    assert put(created, CONTENT.swapcase()).status_code == httpx.codes.BAD_REQUEST
    assert put(created).is_success


def test_the_list_is_newest_first_and_counts_every_file(client: Lightfield) -> None:
    before = client.file.list().total_count
    pending, completed, cancelled = create(client), complete(client), create(client)
    client.file.cancel(cancelled.id)

    page = client.file.list()
    assert page.object == "list"
    assert page.total_count == before + 3
    assert [(file.id, file.status) for file in page.data[:3]] == [
        (cancelled.id, "CANCELLED"),
        (completed.id, "COMPLETED"),
        (pending.id, "PENDING"),
    ]


def test_the_list_pages_by_offset_to_its_end(client: Lightfield) -> None:
    oldest, middle, newest = (create(client).id for _ in range(3))
    total = client.file.list().total_count

    assert [file.id for file in client.file.list(limit=2).data] == [newest, middle]
    assert [file.id for file in client.file.list(limit=1, offset=2).data] == [oldest]
    assert len(client.file.list(offset=total - 1).data) == 1
    beyond = client.file.list(offset=total)
    assert (beyond.data, beyond.total_count) == ([], total)


def test_a_key_can_be_validated(client: Lightfield) -> None:
    key = client.auth.validate()
    assert key.active
    assert (key.token_type, key.subject_type) == ("api_key", "workspace")
    assert {"files:create", "files:read"} <= set(key.scopes)


def test_every_answer_carries_the_rate_limit_and_a_request_id(client: Lightfield) -> None:
    first = client.file.with_raw_response.create(
        filename="counted.txt", mime_type="text/plain", size_bytes=1
    )
    file = first.parse()
    second = client.file.with_raw_response.retrieve(file.id)
    for headers in (first.headers, second.headers):
        limit = int(headers["x-ratelimit-limit"])
        assert 0 <= int(headers["x-ratelimit-remaining"]) < limit
        # Unix seconds: in another unit it would be years away from the file's creation.
        seconds_away = int(headers["x-ratelimit-reset"]) - unix_seconds(file.created_at)
        assert abs(seconds_away) < 3600
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_the_async_client_uploads_files_side_by_side(url: str, key: str) -> None:
    names = ["one.txt", "two.txt", "three.txt"]

    async def scenario() -> list[bytes]:
        async with AsyncLightfield(api_key=key, base_url=url) as client, httpx.AsyncClient() as s3:
            return await asyncio.gather(*(round_trip(client, s3, name) for name in names))

    assert asyncio.run(scenario()) == [name.encode() for name in names]


async def round_trip(client: AsyncLightfield, s3: httpx.AsyncClient, name: str) -> bytes:
    """What is downloaded after a file that contains its own name was uploaded."""
    content = name.encode()
    created = await client.file.create(
        filename=name, mime_type="text/plain", size_bytes=len(content)
    )
    stored = await s3.put(created.upload_url, content=content, headers=created.upload_headers)
    assert stored.is_success
    completed = await client.file.complete(created.id, md5=md5_of(content))
    assert (await client.file.retrieve(created.id)).to_dict() == completed.to_dict()
    link = await client.file.url(created.id)
    return (await s3.get(link.url)).content


def unix_seconds(rfc3339: str) -> float:
    return datetime.fromisoformat(rfc3339).timestamp()
