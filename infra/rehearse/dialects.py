"""What each dialect is for, in its own words, told so that its role needs every permission."""

import base64
import hashlib

import requests

from scene import Scene, expect
from uploader import TIMEOUT, File


def geolens(scene: Scene) -> None:
    """A job goes through; a cancelled one loses what has arrived."""
    job = _create_job(scene, b"a,b")
    _put(job["urls"][0], b"a,b")
    path = f"/geolens/ingest/upload/presigned/{job['job_id']}/complete"
    expect(scene.uploader.call("POST", path, {"parts": []}), 200, "complete")
    expect(scene.uploader.call("GET", f"/geolens/jobs/{job['job_id']}"), 200, "job")

    cancelled = _create_job(scene, b"c,d")
    _put(cancelled["urls"][0], b"c,d")
    file = _newest(scene)
    expect(scene.uploader.call("POST", f"/geolens/jobs/{cancelled['job_id']}/cancel"), 200, "cancel")
    assert not scene.owner.holds_parts(file), "what arrived for a cancelled job is still there"


def metastudio(scene: Scene) -> None:
    """A file is created, uploaded, confirmed and deleted; a cancelled one loses what has arrived."""
    created = _create_asset(scene, b"shown")
    file = _newest(scene)
    expect(_confirm(scene, created, "CREATED"), 200, "confirm")
    expect(_metastudio(scene, "DELETE", f"/files/{created['file_id']}"), 200, "delete")
    assert not scene.owner.holds_bytes(file), "the bytes of a deleted file are still there"

    cancelled = _create_asset(scene, b"given up")
    file = _newest(scene)
    expect(_confirm(scene, cancelled, "CANCELLED"), 200, "cancel")
    assert not scene.owner.holds_parts(file), "what arrived for a cancelled file is still there"


def polar(scene: Scene) -> None:
    """A file is created, uploaded, listed, renamed, downloaded and deleted; so is an unfinished one."""
    created, etag = _create_download(scene, b"sold")
    file, path = _newest(scene), f"/polar/v1/files/{created['id']}"
    part = {"number": 1, "checksum_etag": etag, "checksum_sha256_base64": None}
    upload = created["upload"]
    uploaded = {"id": upload["id"], "path": upload["path"], "parts": [part]}
    expect(scene.uploader.call("POST", f"{path}/uploaded", uploaded), 200, "uploaded")
    expect(scene.uploader.call("GET", "/polar/v1/files/"), 200, "list")
    expect(scene.uploader.call("PATCH", path, {"name": "renamed.txt"}), 200, "rename")
    download = scene.uploader.call("GET", f"{path}/download")
    expect(download, 200, "download")
    url = download.json()["download"]["url"]
    expect(requests.get(url, timeout=TIMEOUT), 200, "the download")
    expect(scene.uploader.call("DELETE", path), 204, "delete")
    assert not scene.owner.holds_bytes(file), "the bytes of a deleted file are still there"

    unfinished, _ = _create_download(scene, b"unfinished")
    file = _newest(scene)
    expect(scene.uploader.call("DELETE", f"/polar/v1/files/{unfinished['id']}"), 204, "delete")
    assert not scene.owner.holds_parts(file), "the parts of a deleted file are still there"


def uppy(scene: Scene) -> None:
    """A file is created, sent in a part and completed; a removed one loses what has arrived."""
    token = scene.uploader.call("POST", "/v1/upload-tokens", {"maxFiles": 2}).json()["token"]
    base = f"{scene.uploader.stack.url}/uppy/{token}/s3/multipart"
    upload, etag = _create_multipart(base, b"shown")
    listed = requests.get(f"{base}/{upload}?key=x", timeout=TIMEOUT)
    expect(listed, 200, "list parts")
    assert [part["PartNumber"] for part in listed.json()] == [1]
    parts = {"parts": [{"PartNumber": 1, "ETag": etag}]}
    completed = requests.post(f"{base}/{upload}/complete?key=x", json=parts, timeout=TIMEOUT)
    expect(completed, 200, "complete")

    removed, _ = _create_multipart(base, b"given up")
    file = _newest(scene)
    expect(requests.delete(f"{base}/{removed}?key=x", timeout=TIMEOUT), 200, "abort")
    assert not scene.owner.holds_parts(file), "what arrived for a removed file is still there"
    # A key opens nothing here.
    with_key = f"{scene.uploader.stack.url}/uppy/{scene.uploader.key}/s3/multipart"
    expect(requests.post(with_key, json={}, timeout=TIMEOUT), 401, "create with a key")


def _create_multipart(base: str, content: bytes) -> tuple[str, str]:
    body = {"filename": "a.txt", "type": "text/plain", "metadata": {"size": len(content)}}
    created = requests.post(base, json=body, timeout=TIMEOUT)
    expect(created, 200, "create")
    upload = created.json()["uploadId"]
    signed = requests.get(f"{base}/{upload}/1?key=x", timeout=TIMEOUT)
    expect(signed, 200, "sign a part")
    return upload, _put(signed.json()["url"], content)


def _create_job(scene: Scene, content: bytes) -> dict:
    body = {"filename": "table.csv", "file_size": len(content), "content_type": "text/csv"}
    created = scene.uploader.call("POST", "/geolens/ingest/upload/presigned", body)
    expect(created, 201, "create a job")
    return created.json()


def _create_asset(scene: Scene, content: bytes) -> dict:
    md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    body = {
        "file_name": "image.png",
        "file_md5": md5,
        "file_size": len(content),
        "file_type": "png",
        "asset_id": "asset",
        "asset_file_category": "MAIN",
    }
    created = _metastudio(scene, "POST", "/files", body)
    expect(created, 200, "create")
    _put(created.json()["upload_url"], content, {"content-md5": md5})
    return created.json()


def _confirm(scene: Scene, created: dict, state: str) -> requests.Response:
    path = f"/files/{created['file_id']}/complete"
    return _metastudio(scene, "POST", path, {"state": state})


def _metastudio(
    scene: Scene, method: str, path: str, body: dict | None = None
) -> requests.Response:
    url = f"{scene.uploader.stack.url}/v1/project{path}"
    headers = {"x-auth-token": scene.uploader.key}
    return requests.request(method, url, json=body, headers=headers, timeout=TIMEOUT)


def _create_download(scene: Scene, content: bytes) -> tuple[dict, str]:
    part = {"number": 1, "chunk_start": 0, "chunk_end": len(content)}
    body = {
        "service": "downloadable",
        "name": "file.txt",
        "mime_type": "text/plain",
        "size": len(content),
        "upload": {"parts": [part]},
    }
    created = scene.uploader.call("POST", "/polar/v1/files/", body)
    expect(created, 201, "create")
    part = created.json()["upload"]["parts"][0]
    return created.json(), _put(part["url"], content, part["headers"])


def _put(url: str, content: bytes, headers: dict[str, str] | None = None) -> str:
    """Sends the bytes; the ETag that S3 answers."""
    answer = requests.put(url, data=content, headers=headers, timeout=TIMEOUT)
    assert answer.status_code == 200, f"S3 answers the PUT with {answer.status_code}"
    return answer.headers["etag"].strip('"')


def _newest(scene: Scene) -> File:
    """The file that was created last, as the native API shows it."""
    return scene.uploader.call("GET", "/v1/files?limit=1").json()["data"][0]
