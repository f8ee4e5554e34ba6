"""What comes down is what was proven, whatever the uploader added to the upload.

A presigned PUT signs the headers that it names. All others the uploader may add, S3 keeps some of
them, and HTTP libraries act on them: with a `Content-Encoding` of the uploader's they would decode
the bytes before they hand them over.
"""

import gzip
import subprocess
import time
from collections.abc import Callable

import httpx
import pytest
import requests
import urllib3
from geolens import AuthenticatedClient
from lightfield import Lightfield
from polar.v2026_04 import Polar

import metastudio as metastudio_files
import polar_files
from geolens_jobs import Jobs
from metastudio import MetaStudio
from uploads import create, md5_of

FREE = [
    {"content-encoding": "gzip"},
    {"content-encoding": "br"},
    {"content-encoding": "deflate"},
    {"content-encoding": "identity"},
    {"content-encoding": "aws-chunked"},
    {"content-encoding": "aws-chunked,gzip"},
    {"content-encoding": "no-such-coding"},
    {"content-language": "de"},
    {"cache-control": "public, max-age=31536000, immutable"},
    {"content-disposition": "inline; filename=other.html"},
    {"expires": "Thu, 01 Jan 2099 00:00:00 GMT"},
]

# Bytes that a decoder turns into others, and bytes that it chokes on.
CONTENTS = [gzip.compress(bytes(100_000), mtime=0), b"hello"]

# Seconds, on a machine that is busy with something else.
PATIENCE = 120

FETCH = """
fetch(process.argv[1])
  .then((answer) => answer.arrayBuffer())
  .then((bytes) => process.stdout.write(Buffer.from(bytes)));
"""

LIBRARIES: dict[str, Callable[[str], bytes]] = {
    "requests": lambda url: requests.get(url, timeout=60).content,
    "urllib3": lambda url: urllib3.PoolManager().request("GET", url, timeout=60).data,
    "httpx": lambda url: httpx.get(url, timeout=60).content,
    "fetch": lambda url: subprocess.run(
        ["node", "-e", FETCH, url], check=True, capture_output=True, timeout=60
    ).stdout,
}


def downloads(url: str) -> dict[str, bytes]:
    """What each HTTP library hands to its caller."""
    return {name: get(url) for name, get in LIBRARIES.items()}


@pytest.mark.parametrize("content", CONTENTS, ids=["a gzip file", "plain text"])
@pytest.mark.parametrize("added", FREE, ids=lambda added: " ".join(next(iter(added.items()))))
def test_a_single_put(client: Lightfield, added: dict[str, str], content: bytes) -> None:
    created = create(client, content)
    send(created.upload_url, {**created.upload_headers, **added}, content)
    completed = client.file.complete(created.id, md5=md5_of(content))
    assert completed.status == "COMPLETED"
    assert completed.md5 == md5_of(content)
    url = client.file.url(created.id).url
    assert downloads(url) == dict.fromkeys(LIBRARIES, content)
    answer = requests.get(url, timeout=60)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("added", FREE, ids=lambda added: " ".join(next(iter(added.items()))))
def test_an_upload_by_polars_client(client: Lightfield, polar: Polar, added: dict[str, str]) -> None:
    created = polar_files.create(polar, CONTENTS[0])
    part = created.upload.parts[0]
    sent = send(part.url, {**part.headers, **added})
    done = {"number": 1, "checksum_etag": sent.headers["etag"], "checksum_sha256_base64": None}
    assert polar_files.complete(polar, created, [done]).is_uploaded
    assert_newest_is_whole(client)


@pytest.mark.parametrize("added", FREE, ids=lambda added: " ".join(next(iter(added.items()))))
def test_an_upload_by_metastudios_client(
    client: Lightfield, metastudio: MetaStudio, added: dict[str, str]
) -> None:
    created = metastudio.create(CONTENTS[0])
    headers = {"Content-MD5": metastudio_files.md5_of(CONTENTS[0]), "Content-Type": "video/mp4"}
    send(created.upload_url, {**headers, **added})
    metastudio.confirm(created.file_id)
    assert_newest_is_whole(client)


@pytest.mark.parametrize("added", FREE, ids=lambda added: " ".join(next(iter(added.items()))))
def test_an_upload_by_geolens_client(
    client: Lightfield, url: str, key: str, added: dict[str, str]
) -> None:
    jobs = Jobs(AuthenticatedClient(base_url=f"{url}/geolens/api", token=key))
    opened = jobs.open(size=len(CONTENTS[0]))
    # GeoLens names no type to be sent, so the uploader may choose one.
    send(opened.urls[0], {"content-type": "text/html", **added})
    jobs.complete(opened.job_id)
    assert_newest_is_whole(client)


def send(url: str, headers: dict[str, str], content: bytes = CONTENTS[0]) -> httpx.Response:
    """Sends bytes by a presigned URL."""
    answer = httpx.put(url, content=content, headers=headers)
    if answer.is_client_error and "aws-chunked" in headers.get("content-encoding", ""):
        pytest.skip("this S3 takes the body for chunks, finds none and refuses it")
    return answer.raise_for_status()


def assert_newest_is_whole(client: Lightfield) -> None:
    """The file that was created last comes down as the gzip file that was sent."""
    newest = client.file.list(limit=1).data[0]
    assert known_md5(client, newest.id) == md5_of(CONTENTS[0])
    content = dict.fromkeys(LIBRARIES, CONTENTS[0])
    assert downloads(client.file.url(newest.id).url) == content


def known_md5(client: Lightfield, file_id: str) -> str:
    """The MD5 that the API tells: of parts, only once S3's event has had them read."""
    deadline = time.monotonic() + PATIENCE
    while (md5 := client.file.retrieve(file_id).md5) is None:
        assert time.monotonic() < deadline, "nobody has read the bytes"
    return md5
