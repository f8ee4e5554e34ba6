"""The end-to-end tests, unchanged, through API Gateway."""

import json

import requests

from emulator import credentials
from stack import ORIGINS, ROOT, Stack, run
from uploader import TIMEOUT, Uploader


def test_the_tests_of_a_deployment_pass(stack: Stack) -> None:
    # The emulated bucket says to pages what they may read in its answer to a preflight only.
    left_out = "-k 'not test_a_page_may_read_what_s3_says'"
    deployed = {"SLIPWAY_URL": stack.url, "SLIPWAY_ORIGIN": ORIGINS[0], "PYTEST_ADDOPTS": left_out}
    environment = credentials(stack.endpoint) | deployed
    # By the Python on the path: it has the clients.
    run(["python", "tests/deployment.py", stack.stage], environment, cwd=ROOT)
    with_keys = {item["pk"]["S"] for item in items(stack) if item["sk"]["S"].startswith("FILE#")}
    assert not [it for it in with_keys if it.startswith("WS#test-")], "files were left behind"


def items(stack: Stack) -> list[dict]:
    """Everything in the table."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["Table"])
    return [item for page in pages for item in page["Items"]]


def test_a_path_without_a_route_is_not_found(stack: Stack) -> None:
    answer = requests.get(f"{stack.url}/v1/nothing", timeout=TIMEOUT)
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found")


def test_a_request_leaves_one_line_in_the_log_of_its_function(stack: Stack) -> None:
    answer = Uploader(stack, "log", stack.make_key("log")).call("GET", "/v1/auth/validate")
    request = answer.headers["x-request-id"]
    group = stack.resources["ValidateKeyLogs"]
    found = stack.client("logs").filter_log_events(logGroupName=group, filterPattern=f'"{request}"')
    lines = [event["message"] for event in found["events"] if event["message"].startswith("{")]
    assert len(lines) == 1, lines
    assert json.loads(lines[0])["route"] == "GET /v1/auth/validate"
