"""What the official client of Polar can do here, unmodified: every step of a file's life."""

import asyncio
from base64 import b64decode
from typing import Any

import httpx
import pytest
from lightfield import Lightfield
from polar.v2026_04 import Polar, PolarAsync
from polar.v2027_01 import PolarAsync as NewerPolarAsync
from polar_files import CONTENT, MIB, complete, create, cut, put, send, sha256_of, uploaded


def test_a_file_goes_from_create_to_download(polar: Polar, url: str, key: str) -> None:
    sha256 = sha256_of(CONTENT)
    created = create(polar, name="Größe 1.txt", version="1.0", checksum_sha256_base64=sha256)
    assert (created.name, created.mime_type, created.size) == ("Größe 1.txt", "text/plain", 36)
    assert (created.service, created.version, created.is_uploaded) == ("downloadable", "1.0", False)
    assert created.size_readable == "36.0 B"
    [part] = created.upload.parts
    assert (part.number, part.chunk_start, part.chunk_end) == (1, 0, len(CONTENT))
    assert part.headers == {}

    file = complete(polar, created, send(created))
    assert (file.id, file.is_uploaded, file.version) == (created.id, True, "1.0")
    assert (file.path, file.organization_id) == (created.path, created.organization_id)
    assert file.checksum_sha256_base64 == sha256
    assert file.checksum_sha256_hex == b64decode(sha256).hex()
    assert file.checksum_etag
    assert file.last_modified_at >= file.created_at
    assert polar.files.list(limit=1).items == [file]

    download = download_of(url, key, file.id).json()
    assert (download["id"], download["name"]) == (file.id, "Größe 1.txt")
    answer = httpx.get(download["download"]["url"], headers=download["download"]["headers"])
    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "text/plain"
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.txt" in answer.headers["content-disposition"]


@pytest.mark.parametrize("signed", [False, True], ids=["plain", "with checksums"])
def test_a_file_is_sent_in_parts(polar: Polar, url: str, key: str, signed: bool) -> None:
    content = bytes(range(256)) * (11 * MIB // 256) + b"the rest"
    created = create(polar, content, upload={"parts": cut(content, signed=signed)})
    assert [part.number for part in created.upload.parts] == [1, 2, 3]
    sent = send(created, content)
    file = complete(polar, created, sent)
    assert (file.is_uploaded, file.size, file.size_readable) == (True, len(content), "11.0 MB")
    assert file.checksum_etag.endswith("-3")
    download = download_of(url, key, file.id).json()["download"]
    assert httpx.get(download["url"]).content == content


def test_a_part_can_be_sent_again_until_the_upload_is_complete_but_not_after(polar: Polar) -> None:
    created = create(polar)
    [part] = created.upload.parts
    other = CONTENT.swapcase()
    assert put(part, other).is_success
    sent = send(created)
    file = complete(polar, created, sent)
    assert put(part, other).status_code == httpx.codes.NOT_FOUND
    assert polar.files.list(ids=file.id).items == [file]
    assert complete(polar, created, sent) == file


def test_s3_refuses_other_bytes_than_were_announced(polar: Polar) -> None:
    created = create(polar, upload={"parts": cut(CONTENT, signed=True)})
    [part] = created.upload.parts
    assert part.headers["x-amz-checksum-sha256"] == sha256_of(CONTENT)
    assert put(part, CONTENT.swapcase()).status_code == httpx.codes.BAD_REQUEST
    for wrong in (CONTENT[:-1], CONTENT + b"!"):
        answer = httpx.put(part.url, content=wrong, headers=part.headers)
        assert answer.status_code == httpx.codes.FORBIDDEN
    assert complete(polar, created, send(created)).is_uploaded


@pytest.mark.parametrize(
    ("service", "mime_type"),
    [
        ("product_media", "image/png"),
        ("organization_avatar", "image/svg+xml"),
        ("support_case_attachment", "application/pdf"),
    ],
)
def test_every_service_is_read_as_its_own_type(polar: Polar, service: str, mime_type: str) -> None:
    file = uploaded(polar, service=service, mime_type=mime_type)
    assert (file.service, file.mime_type) == (service, mime_type)
    [listed] = polar.files.list(ids=file.id).items
    assert type(listed) is type(file)
    if service != "support_case_attachment":
        assert httpx.get(listed.public_url).content == CONTENT


def test_an_organization_is_what_the_client_says_or_always_the_same(polar: Polar) -> None:
    own = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    assert uploaded(polar, organization_id=own).organization_id == own
    first, second = create(polar), create(polar)
    assert first.organization_id == second.organization_id != own


def test_a_file_is_renamed_and_gets_another_version(polar: Polar, client: Lightfield) -> None:
    file = uploaded(polar, version="1")
    renamed = polar.files.update(file.id, name="renamed.txt")
    assert (renamed.name, renamed.version) == ("renamed.txt", "1")
    again = polar.files.update(file.id, version="2")
    assert (again.name, again.version) == ("renamed.txt", "2")
    assert polar.files.list(limit=1).items == [again]
    assert client.file.list(limit=1).data[0].filename == "renamed.txt"


def test_a_deleted_file_is_gone_with_its_bytes(polar: Polar, url: str, key: str) -> None:
    file = uploaded(polar)
    link = download_of(url, key, file.id).json()["download"]["url"]
    count = polar.files.list().pagination.total_count
    assert polar.files.delete(file.id) is None
    assert polar.files.list().pagination.total_count == count - 1
    assert polar.files.list(ids=file.id).items == []
    assert httpx.get(link).status_code == httpx.codes.NOT_FOUND


def test_the_parts_of_a_deleted_file_find_no_place(polar: Polar) -> None:
    created = create(polar)
    polar.files.delete(created.id)
    assert put(created.upload.parts[0]).status_code == httpx.codes.NOT_FOUND


def test_every_file_is_on_exactly_one_page(other_polar: Polar) -> None:
    polar = other_polar
    before = polar.files.list().pagination.total_count
    ids = [create(polar, name=f"{number}.txt").id for number in range(12)]
    for number in (11, 7, 6, 0):
        polar.files.delete(ids.pop(number))
    ids.reverse()

    assert [file.id for file in polar.files.iter_list(limit=3)][: len(ids)] == ids
    page = polar.files.list(limit=1_000)
    assert [file.id for file in page.items][: len(ids)] == ids
    assert page.pagination.total_count == before + len(ids)
    assert page.pagination.max_page == -(-page.pagination.total_count // 100)
    assert not any(file.is_uploaded for file in page.items[: len(ids)])
    asked = polar.files.list(ids=[*ids[:3], ids[0]], page=2, limit=2)
    assert [file.id for file in asked.items] == ids[2:3]
    assert (asked.pagination.total_count, asked.pagination.max_page) == (3, 2)


def test_files_of_other_apis_are_listed_and_can_be_used(polar: Polar, client: Lightfield) -> None:
    created = client.file.create(filename="native.txt", mime_type="text/plain", size_bytes=1)
    [file] = polar.files.list(limit=1).items
    assert (file.name, file.service, file.is_uploaded) == ("native.txt", "downloadable", False)
    renamed = polar.files.update(file.id, version="3")
    assert renamed.version == "3"
    polar.files.delete(file.id)
    assert created.id not in {file.id for file in client.file.list().data}


def test_the_asynchronous_client_and_every_version_of_it_do_the_same(url: str, key: str) -> None:
    for client in (PolarAsync, NewerPolarAsync):
        assert asyncio.run(upload_by(client(key, base_url=f"{url}/polar", timeout=60)))


async def upload_by(polar: Any) -> bool:
    async with polar:
        created = await create(polar)
        sent = send(created)
        file = await complete(polar, created, sent)
        page = await polar.files.list(ids=[file.id])
        return file.is_uploaded and page.items == [file]


def test_an_answer_repeats_the_version_that_was_asked_for(url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Polar-Version": "2026-10"}
    answer = httpx.get(f"{url}/polar/v1/files/", headers=headers)
    assert answer.headers["polar-version"] == "2026-10"


def download_of(url: str, key: str, file_id: str) -> httpx.Response:
    """The one endpoint that the public client lacks: the dashboard asks it."""
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.get(f"{url}/polar/v1/files/{file_id}/download", headers=headers)
    return answer.raise_for_status()
