"""A client that openapi-python-client generates from `openapi.json` uploads a file."""

import hashlib
import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import requests

DESCRIPTION = Path(__file__).parents[2] / "openapi.json"
PACKAGE = "generated_slipway"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of the generated package."""
    folder = tmp_path_factory.mktemp("generated")
    # Formatting what nobody reads would take longest.
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n")
    tool = [str(Path(sys.executable).with_name("openapi-python-client")), "generate"]
    tool += ["--path", str(DESCRIPTION), "--config", str(config), "--meta", "none"]
    tool += ["--output-path", str(folder / PACKAGE), "--fail-on-warning"]
    run = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    sys.path.insert(0, str(folder))
    yield PACKAGE
    sys.path.remove(str(folder))


def test_the_generated_client_uploads_a_file(generated: str, url: str, key: str) -> None:
    module = lambda name: importlib.import_module(f"{generated}.{name}")
    models, api = module("models"), "api.files"
    body = b"Hello, generated client\n"
    with module("client").AuthenticatedClient(base_url=url, token=key) as client:
        wanted = models.CreateFile(filename="hello.txt", mime_type="text/plain", size_bytes=len(body))
        created = module(f"{api}.create_file").sync(client=client, body=wanted)
        assert isinstance(created, models.CreatedFile), created
        headers = {name: it for name, it in created.upload_headers.additional_properties.items() if name != "content-length"}
        requests.put(created.upload_url, data=body, headers=headers, timeout=60).raise_for_status()
        claim = models.CompleteFile(md5=hashlib.md5(body).hexdigest())
        completed = module(f"{api}.complete_file").sync(created.id, client=client, body=claim)
        assert isinstance(completed, models.File), completed
        assert (completed.status, completed.md5) == ("COMPLETED", claim.md5)
        refused = module(f"{api}.complete_file").sync("fil_0", client=client, body=claim)
        assert isinstance(refused, models.Error), refused
        assert refused.error.type_ == "not_found"
