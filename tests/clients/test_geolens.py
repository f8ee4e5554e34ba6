"""What the official client of GeoLens can do here, unmodified, and how refusals reach its users."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from geolens import GeolensClient
from geolens.api.datasets import get_upload_config_ingest_upload_config_get as upload_config
from geolens.models import ProblemDetail
from geolens_jobs import CONTENT, Jobs, put
from lightfield import Lightfield

MIB = 1024 * 1024
NOT_FOUND_IN_S3 = "File not found in S3 after upload"


@pytest.fixture
def jobs(url: str, key: str) -> Jobs:
    """The client as its users make it; a status that its API does not document raises."""
    return jobs_of(url, bearer_token=key)


@pytest.fixture
def others(url: str, other_key: str) -> Jobs:
    """The client of another workspace."""
    return jobs_of(url, bearer_token=other_key)


def jobs_of(url: str, **credentials: str) -> Jobs:
    base_url = f"{url}/geolens/api"
    client = GeolensClient(base_url, raise_on_unexpected_status=True, **credentials)
    return Jobs(client.client)


def test_the_config_tells_what_may_be_uploaded(jobs: Jobs) -> None:
    config = jobs.config()
    assert config.presigned_uploads
    assert 0 < config.presigned_threshold_bytes < config.max_file_size_bytes
    assert ".geojson" in config.allowed_extensions.split(",")
    assert config.remaining_dataset_quota is None


def test_a_file_goes_from_its_opening_to_a_complete_job(jobs: Jobs, client: Lightfield) -> None:
    opened = jobs.open("Größe 1.geojson", content_type="application/geo+json")
    assert (len(opened.urls), opened.upload_id, opened.part_size) == (1, None, None)
    assert jobs.status(opened.job_id).status == "pending"
    assert put(opened.urls[0]).is_success

    answer = jobs.complete(opened.job_id)
    assert (answer.job_id, answer.status) == (opened.job_id, "pending")
    assert answer.message == "File uploaded and ready for preview"

    job = jobs.status(opened.job_id)
    assert (job.id, job.status) == (opened.job_id, "complete")
    assert job.source_filename == "Größe 1.geojson"
    assert job.completed_at >= job.created_at
    assert (job.error_message, job.dataset_id, job.can_retry) == (None, None, False)
    assert content_of(opened.s3_key, client) == CONTENT


def test_a_file_whose_type_is_not_said_is_bytes(url: str, key: str, client: Lightfield) -> None:
    # The official client always says one.
    body = {"filename": "a.zip", "file_size": 1}
    path = f"{url}/geolens/api/ingest/upload/presigned"
    answer = httpx.post(path, json=body, headers={"X-API-Key": key})
    assert answer.status_code == httpx.codes.CREATED
    file = client.file.retrieve(file_id(answer.json()["s3_key"]))
    assert file.mime_type == "application/octet-stream"


def test_a_large_file_is_sent_in_parts(jobs: Jobs, client: Lightfield) -> None:
    size = jobs.config().presigned_threshold_bytes + 1
    opened = jobs.open("dem.tif", size)
    assert opened.upload_id
    assert len(opened.urls) == -(-size // opened.part_size)
    sizes = [opened.part_size] * (len(opened.urls) - 1)
    sizes.append(size - sum(sizes))

    etags = [put(url, bytes(size)).headers["etag"] for url, size in zip(opened.urls, sizes)]
    answer = jobs.complete(opened.job_id, *enumerate(etags, 1))
    assert (answer.job_id, answer.status) == (opened.job_id, "pending")
    assert jobs.status(opened.job_id).status == "complete"
    assert client.file.retrieve(file_id(opened.s3_key)).size_bytes == size


def test_parts_that_are_missing_or_others_are_named_and_nothing_is_lost(jobs: Jobs) -> None:
    size = jobs.config().presigned_threshold_bytes + 1
    opened = jobs.open("dem.tif", size)
    rest = size - opened.part_size * (len(opened.urls) - 1)
    last = len(opened.urls)
    parts = {last: put(opened.urls[-1], bytes(rest)).headers["etag"]}

    problem = refused(400, jobs.complete, opened.job_id)
    assert problem.detail == "Multipart upload completion requires at least one uploaded part"
    problem = refused(422, jobs.complete, opened.job_id, (last, "other"), (1, "never sent"))
    flaws = {flaw["part_number"]: flaw["problem"] for flaw in problem["parts"]}
    assert flaws == {number: "missing" for number in range(1, last)} | {last: "changed"}

    for number, url in enumerate(opened.urls[:-1], 1):
        parts[number] = put(url, bytes(opened.part_size)).headers["etag"]
    assert jobs.complete(opened.job_id, *parts.items()).status == "pending"
    assert jobs.status(opened.job_id).status == "complete"


def test_a_put_may_be_repeated_before_completion(jobs: Jobs, client: Lightfield) -> None:
    opened = jobs.open()
    for content in (CONTENT.swapcase(), CONTENT):
        assert put(opened.urls[0], content).is_success
    assert jobs.complete(opened.job_id).status == "pending"
    assert content_of(opened.s3_key, client) == CONTENT


def test_completed_bytes_cannot_be_replaced(jobs: Jobs, client: Lightfield) -> None:
    opened = jobs.completed()
    assert put(opened.urls[0], CONTENT.swapcase()).status_code == httpx.codes.NOT_FOUND
    assert content_of(opened.s3_key, client) == CONTENT


def test_bytes_of_another_size_do_not_even_arrive(jobs: Jobs) -> None:
    opened = jobs.open()
    assert put(opened.urls[0], CONTENT + b"!").status_code == httpx.codes.FORBIDDEN
    assert refused(400, jobs.complete, opened.job_id).detail == NOT_FOUND_IN_S3


def test_completing_before_the_put_is_refused_and_possible_afterwards(jobs: Jobs) -> None:
    opened = jobs.open()
    assert refused(400, jobs.complete, opened.job_id).detail == NOT_FOUND_IN_S3
    assert put(opened.urls[0]).is_success
    assert jobs.complete(opened.job_id).status == "pending"


def test_completing_twice_is_refused_and_changes_nothing(jobs: Jobs) -> None:
    opened = jobs.completed()
    problem = refused(400, jobs.complete, opened.job_id)
    assert problem.detail == "Upload already completed for this job"
    assert jobs.status(opened.job_id).status == "complete"


def test_a_job_can_be_cancelled_and_its_url_is_dead(jobs: Jobs) -> None:
    opened = jobs.uploaded()
    cancelled = jobs.cancel(opened.job_id)
    assert (cancelled.id, cancelled.status, cancelled.already) == (
        opened.job_id,
        "cancelled",
        False,
    )
    assert jobs.cancel(opened.job_id).already
    assert jobs.status(opened.job_id).status == "cancelled"
    assert put(opened.urls[0]).status_code == httpx.codes.NOT_FOUND
    problem = refused(400, jobs.complete, opened.job_id)
    assert problem.detail.endswith("Start a new upload.")


def test_a_complete_job_cannot_be_cancelled(jobs: Jobs) -> None:
    opened = jobs.completed()
    assert "COMPLETED" in refused(409, jobs.cancel, opened.job_id).detail
    assert jobs.status(opened.job_id).status == "complete"


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"filename": ""}, "body.filename: "),
        ({"filename": "../a.csv"}, "body.filename: "),
        ({"size": 0}, "body.file_size: "),
        ({"size": "1"}, "body.file_size: "),
        ({"content_type": "csv"}, "body.content_type: "),
        ({"kind": "spreadsheet"}, "body.kind: "),
        ({"size": 10**15}, "File size (1000000000000000 bytes) exceeds the maximum allowed "),
    ],
)
def test_a_wrong_field_is_named(jobs: Jobs, wrong: dict[str, Any], place: str) -> None:
    assert refused(422, jobs.open, **wrong).detail.startswith(place)


def test_an_extension_that_is_not_taken_is_named(jobs: Jobs) -> None:
    problem = refused(400, jobs.open, "setup.exe")
    assert problem.detail.to_dict() == {"code": "disallowed_extension", "extension": ".exe"}
    refused(400, jobs.open, "scan.laz")
    assert jobs.open("scan.laz", kind="pointcloud").urls


def test_the_key_may_come_as_an_api_key(url: str, key: str) -> None:
    jobs = jobs_of(url, api_key=key)
    assert jobs.status(jobs.completed().job_id).status == "complete"


def test_the_base_url_may_end_before_api(url: str, key: str) -> None:
    assert Jobs(GeolensClient(f"{url}/geolens", bearer_token=key).client).config().presigned_uploads


def test_nobody_is_let_in_without_a_valid_key(url: str, key: str) -> None:
    wrong = [{}, {"bearer_token": "eyJhbGciOi"}, {"bearer_token": key + "0"}, {"api_key": "glk_1"}]
    for credentials in wrong:
        stranger = jobs_of(url, **credentials)
        for call in every_call(stranger, uuid.uuid4()):
            refused(401, call)
        answer = upload_config.sync_detailed(client=stranger.client)
        assert answer.headers["www-authenticate"] == "Bearer"


def test_another_workspace_learns_nothing_of_a_job(jobs: Jobs, others: Jobs) -> None:
    opened = jobs.uploaded()
    for foreign in (opened.job_id, uuid.uuid4()):
        for call in every_call(others, foreign)[2:]:
            assert refused(404, call).detail == "Job not found"
    assert jobs.complete(opened.job_id).status == "pending"
    assert refused(404, others.status, opened.job_id).detail == "Job not found"


def test_an_id_that_is_no_jobs_is_not_found(jobs: Jobs) -> None:
    own = str(jobs.open().job_id)
    last = "0" if own[-1] != "0" else "4"
    for foreign in (uuid.uuid4(), uuid.UUID(own[:-1] + last)):
        for call in every_call(jobs, foreign)[2:]:
            assert refused(404, call).detail == "Job not found"


def test_what_geolens_does_next_is_not_found_here(url: str, key: str) -> None:
    with httpx.Client(base_url=f"{url}/geolens/api", headers={"X-API-Key": key}) as client:
        for path in ("/ingest/preview/", "/ingest/commit/"):
            answer = client.post(path + str(uuid.uuid4()))
            assert answer.status_code == httpx.codes.NOT_FOUND
            assert answer.headers["content-type"] == "application/problem+json"


def test_the_async_client_asks_too(jobs: Jobs) -> None:
    config = asyncio.run(upload_config.asyncio(client=jobs.client))
    assert config.to_dict() == jobs.config().to_dict()


def every_call(jobs: Jobs, job: uuid.UUID) -> list[Callable[[], object]]:
    """Every endpoint; those that are about a job come after the first two."""
    about_a_job = [jobs.complete, jobs.status, jobs.cancel]
    return [jobs.config, jobs.open] + [lambda call=call: call(job) for call in about_a_job]


def refused(status: int, call: Callable[..., object], *args: Any, **kwargs: Any) -> ProblemDetail:
    """The refusal of a call, as the client parses it."""
    problem = call(*args, **kwargs)
    assert isinstance(problem, ProblemDetail), problem
    assert (problem.status, problem.type_) == (status, "about:blank")
    assert problem.title
    return problem


def file_id(s3_key: str) -> str:
    """The id by which the native API knows the file of a job."""
    return s3_key.rpartition("/")[2]


def content_of(s3_key: str, client: Lightfield) -> bytes:
    """What is downloaded by the native API."""
    return httpx.get(client.file.url(file_id(s3_key)).url).content
