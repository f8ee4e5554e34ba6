"""What a client does between two calls of the API, it PUTs the bytes; and which operations succeed."""

import os
from pathlib import Path

import requests
import schemathesis

# More bytes are not sent.
LARGEST = 1 << 20
# The most bytes that a file may have.
MAXIMUM = 53_687_091_200_000

SUCCESSES = Path(os.environ["CONTRACT_SUCCESSES"])


@schemathesis.hook
def map_body(context, body):
    """Makes half of the files small enough to be sent, of those that are allowed to be so large."""
    size = body.get("sizeBytes") if isinstance(body, dict) else None
    if type(size) is int and LARGEST < size <= MAXIMUM and size % 2:
        return body | {"sizeBytes": size % LARGEST + 1}
    return body


@schemathesis.hook
def after_call(context, case, response):
    """Notes a success. After a create, sends the bytes, so that complete can succeed."""
    operation = case.operation.definition.raw["operationId"]
    if response.status_code >= 300:
        return
    with SUCCESSES.open("a") as successes:
        successes.write(f"{operation}\n")
    if operation == "create-file":
        created = response.json()
        if "uploadUrl" in created and created["sizeBytes"] <= LARGEST:
            put(created)


def put(created):
    """Sends as many bytes as were announced."""
    headers = {name: it for name, it in created["uploadHeaders"].items() if name != "content-length"}
    requests.put(created["uploadUrl"], data=bytes(created["sizeBytes"]), headers=headers, timeout=60)
