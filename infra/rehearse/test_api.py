"""The end-to-end tests, unchanged, through API Gateway."""

import json

import pytest
import requests

from stack import ROOT, Stack, run
from uploader import TIMEOUT, Uploader


@pytest.fixture(scope="module")
def environment(stack: Stack) -> dict[str, str]:
    """What names a deployment to the end-to-end tests; the key's workspace is theirs alone."""
    return {"SLIPWAY_URL": stack.url, "SLIPWAY_KEY": stack.make_key("end-to-end")}


def test_every_end_to_end_test_passes(environment: dict[str, str]) -> None:
    # One at a time: they share the key's workspace, and some count its files.
    command = ["cargo", "test", "--workspace", "--test", "api", "--", "--test-threads=1"]
    run(command, environment, cwd=ROOT)


def test_the_official_client_runs_unchanged(environment: dict[str, str]) -> None:
    # By its own pytest, the one on the path: it has the client.
    run(["pytest", "tests/clients"], environment, cwd=ROOT)


def test_a_path_without_a_route_is_not_found(stack: Stack) -> None:
    assert requests.get(f"{stack.url}/v1/nothing", timeout=TIMEOUT).status_code == 404


def test_a_request_leaves_one_line_in_the_log_of_its_function(stack: Stack) -> None:
    answer = Uploader(stack, "log", stack.make_key("log")).call("GET", "/v1/auth/validate")
    request = answer.headers["x-request-id"]
    group = stack.resources["ValidateKeyLogs"]
    found = stack.client("logs").filter_log_events(logGroupName=group, filterPattern=f'"{request}"')
    lines = [event["message"] for event in found["events"] if event["message"].startswith("{")]
    assert len(lines) == 1, lines
    assert json.loads(lines[0])["route"] == "GET /v1/auth/validate"
