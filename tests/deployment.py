"""Tries a deployment: every black-box test, the official clients, and what only an account can show.

    python tests/deployment.py STAGE

The operator's credentials are those of the environment. Keys are made for two workspaces of their own,
which no file of anybody else's is in; when the tests end, their files are deleted and the keys revoked.
SLIPWAY_URL is where the API answers, if that is not the stack's output ApiUrl.
"""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import boto3
import requests

ROOT = Path(__file__).parents[1]
SLIPWAY = ROOT / "target" / "debug" / "slipway"
SCOPES = "files:create,files:read,files:delete"
TIMEOUT = 60  # Seconds.

# The API tests share a workspace and some count its files, so one at a time.
API = ["cargo", "test", "--workspace", "--test", "api", "--", "--test-threads=1"]
SUITES = [API, ["pytest", "tests/clients"], ["pytest", "tests/aws"]]


class Key:
    """A key with every scope, and what its holder may sign with where the stage has a secret."""

    def __init__(self, table: str, workspace: str) -> None:
        self.table = table
        command = ("create", "--workspace", workspace, "--scopes", SCOPES, "--name", "deployment test")
        made = self.keys(*command)
        self.id = made.stderr.split()[1]
        self.text, self.access, self.secret = [*made.stdout.splitlines(), "", ""][:3]

    def keys(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `slipway keys`."""
        command = [SLIPWAY, "--table", self.table, "keys", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True)

    def clean_up(self, url: str) -> None:
        """Deletes the files of the workspace, and revokes the key."""
        headers = {"Authorization": f"Bearer {self.text}"}

        def call(method: str, path: str) -> requests.Response:
            while True:
                answer = requests.request(method, url + path, headers=headers, timeout=TIMEOUT)
                if answer.status_code != 429:
                    return answer
                time.sleep(int(answer.headers["Retry-After"]))

        while files := call("GET", "/v1/files?limit=25").json()["data"]:
            for file in files:
                call("DELETE", f"/v1/files/{file['id']}").raise_for_status()
        self.keys("revoke", self.id)


def outputs(stage: str) -> dict[str, str]:
    """The outputs of the stage's stack, by name."""
    stack = boto3.client("cloudformation").describe_stacks(StackName=f"slipway-{stage}")
    return {it["OutputKey"]: it["OutputValue"] for it in stack["Stacks"][0]["Outputs"]}


def main(stage: str) -> int:
    """Runs every suite; the number of those that failed."""
    found = outputs(stage)
    url = os.environ.get("SLIPWAY_URL", found["ApiUrl"]).rstrip("/")
    workspace = f"test-{secrets.token_hex(4)}"
    keys: list[Key] = []
    try:
        for name in (workspace, f"{workspace}-other"):
            keys.append(Key(found["Table"], name))
        key, other = keys
        environment = os.environ | {
            "SLIPWAY_URL": url,
            "SLIPWAY_KEY": key.text,
            "SLIPWAY_OTHER_KEY": other.text,
            "SLIPWAY_BUCKET": found["Bucket"],
            "SLIPWAY_TABLE": found["Table"],
        }
        if key.access:
            environment |= {"SLIPWAY_AK": key.access, "SLIPWAY_SK": key.secret}
        return sum(bool(subprocess.call(suite, cwd=ROOT, env=environment)) for suite in SUITES)
    finally:
        for key in keys:
            key.clean_up(url)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
