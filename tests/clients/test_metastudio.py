"""What the official client of MetaStudio can do here, unmodified, with a token and by signing."""

import httpx
import pytest
from lightfield import Lightfield

from metastudio import CONTENT, MetaStudio, md5_of, native_id, put

MIB = 1024 * 1024


def test_a_file_goes_from_create_to_completed(metastudio: MetaStudio, client: Lightfield) -> None:
    created = metastudio.create()
    assert created.status_code == 200
    assert put(created.upload_url).is_success
    pending = client.file.retrieve(native_id(created.file_id))
    assert (pending.status, pending.filename) == ("PENDING", "promise.mp4")

    confirmed = metastudio.confirm(created.file_id)
    assert (confirmed.status_code, confirmed.raw_content) == (200, b"")
    completed = client.file.retrieve(native_id(created.file_id))
    assert (completed.status, completed.mime_type) == ("COMPLETED", "video/mp4")
    assert httpx.get(client.file.url(completed.id).url).content == CONTENT
