"""The steps of an upload by the official client of GeoLens, whose functions have long names."""

from dataclasses import dataclass
from uuid import UUID

import httpx
from geolens import AuthenticatedClient, Client
from geolens.api.admin import cancel_job_jobs_job_id_cancel_post as cancel_job
from geolens.api.admin import get_job_status_jobs_job_id_get as job_status
from geolens.api.datasets import (
    complete_presigned_upload_ingest_upload_presigned_job_id_complete_post as complete_upload,
)
from geolens.api.datasets import get_upload_config_ingest_upload_config_get as upload_config
from geolens.api.datasets import (
    request_presigned_upload_ingest_upload_presigned_post as open_upload,
)
from geolens.models import (
    JobCancelResponse,
    JobStatusResponse,
    PresignedCompleteRequest,
    PresignedPartInfo,
    PresignedUploadRequest,
    PresignedUploadResponse,
    ProblemDetail,
    UploadConfigResponse,
    UploadResponse,
)

CONTENT = b'{"type": "FeatureCollection", "features": []}'


@dataclass
class Jobs:
    """Uploads by one client; each answer is the client's own, a refusal too."""

    client: AuthenticatedClient | Client

    def config(self) -> UploadConfigResponse | ProblemDetail | None:
        return upload_config.sync(client=self.client)

    def open(
        self, filename: str = "roads.geojson", size: int = len(CONTENT), **fields: str
    ) -> PresignedUploadResponse | ProblemDetail | None:
        body = PresignedUploadRequest(filename=filename, file_size=size, **fields)
        return open_upload.sync(client=self.client, body=body)

    def complete(self, job: UUID, *parts: tuple[int, str]) -> UploadResponse | ProblemDetail | None:
        sent = [PresignedPartInfo(etag=etag, part_number=number) for number, etag in parts]
        body = PresignedCompleteRequest(parts=sent)
        return complete_upload.sync(job, client=self.client, body=body)

    def status(self, job: UUID) -> JobStatusResponse | ProblemDetail | None:
        return job_status.sync(job, client=self.client)

    def cancel(self, job: UUID) -> JobCancelResponse | ProblemDetail | None:
        return cancel_job.sync(job, client=self.client)

    def uploaded(self) -> PresignedUploadResponse:
        """A job whose bytes have arrived and which is still pending."""
        opened = self.open()
        put(opened.urls[0]).raise_for_status()
        return opened

    def completed(self) -> PresignedUploadResponse:
        """A job that is complete."""
        opened = self.uploaded()
        assert self.complete(opened.job_id).status == "pending"
        return opened


def put(url: str, content: bytes = CONTENT) -> httpx.Response:
    """Sends bytes to a presigned URL as the users of GeoLens do: without any headers."""
    return httpx.put(url, content=content)
