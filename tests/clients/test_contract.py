"""Whether the deployment does what `openapi.json` says, whatever it allows and whatever it does not.

schemathesis makes the requests: from the examples, at the bounds of every schema, at random, and along the
links from one operation to the next.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import requests

HERE = Path(__file__).parent
CONTRACT = HERE / "contract"
DESCRIPTION = HERE.parents[1] / "openapi.json"
# The same requests in every run.
SEED = "1"
AT_LEAST = 1_000
# Requests at one instant that no test needs to wait for.
PLENTY = 1_000


@pytest.fixture(scope="module")
def report(url: str, key: str, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What schemathesis found."""
    bearer = {"Authorization": f"Bearer {key}"}
    folder = tmp_path_factory.mktemp("contract")
    path = folder / "report.json"
    tool = [str(Path(sys.executable).with_name("schemathesis"))]
    tool += ["--config-file", str(CONTRACT / "schemathesis.toml"), "run", str(DESCRIPTION)]
    tool += ["--url", url, "--header", f"Authorization: Bearer {key}", "--seed", SEED]
    tool += ["--max-examples", "100", "--checks", "all", "--continue-on-failure"]
    # One worker: Python 3.11 cannot parse source code, which the tool does, on two threads at once.
    tool += ["--workers", "1", "--generation-database", "none", "--no-color"]
    tool += ["--report", "json", "--report-json-path", str(path)]
    limit = int(requests.get(f"{url}/v1/auth/validate", headers=bearer, timeout=60).headers["x-ratelimit-limit"])
    if limit < PLENTY:
        tool += ["--rate-limit", f"{limit}/s"]
    successes = folder / "successes"
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(CONTRACT / "hooks.py"), "CONTRACT_SUCCESSES": str(successes)}
    run = subprocess.run(tool, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert path.exists(), run.stdout[-2000:] + run.stderr[-2000:]
    told = {"exit": run.returncode, "told": run.stdout[-6000:], "successes": Counter(successes.read_text().split())}
    return told | json.loads(path.read_text())


def test_nothing_is_found(report: dict) -> None:
    assert report["exit"] == 0, report["told"]


def test_enough_was_asked_of_every_operation(report: dict) -> None:
    operations = report["operations"]
    assert operations["tested"] == operations["total"] == 15
    assert report["test_cases"]["generated"] >= AT_LEAST
    assert {it["status"] for it in report["phases"].values()} == {"success"}, report["phases"]


def test_the_links_lead_from_a_create_to_a_download(report: dict) -> None:
    """Only by links does a request name a file that is there."""
    assert {"create-file", "complete-file", "get-file-url"} <= set(report["successes"]), report["successes"]
