"""The template as it is: built, deployed and deleted by the same commands as in an account."""

import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import boto3

from emulator import REGION, credentials

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"
TARGET = ROOT / "target" / "rehearsal"
SLIPWAY = ROOT / "target" / "debug" / "slipway"
FUNCTIONS = sorted(folder.name for folder in (ROOT / "functions").iterdir())

# Whose pages may call the deployment.
ORIGINS = ["https://one.example", "https://two.example"]

# The rehearsal's profile: the release's code, not optimised, because `sam` builds one function
# after the other and Cargo the SDK anew for each set of features. No zig: the binaries only have to
# run here. What is deployed to an account is built without any of this.
PROFILE = {
    "CARGO_LAMBDA_COMPILER": "cargo",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_INCREMENTAL": "true",
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
    "CARGO_TARGET_DIR": str(TARGET / "cargo"),
}


@dataclass(frozen=True)
class Stack:
    """A deployment on the emulated AWS."""

    endpoint: str
    stage: str

    @property
    def name(self) -> str:
        """The CloudFormation stack's name."""
        return f"slipway-{self.stage}"

    @property
    def url(self) -> str:
        """The base URL of its API: API Gateway's host name as a path, for want of a resolver."""
        api = self.outputs["ApiUrl"].removeprefix("https://").partition(".")[0]
        return f"{self.endpoint}/_aws/execute-api/{api}"

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs, by name. There are some once it is deployed."""
        described = self.client("cloudformation").describe_stacks(StackName=self.name)
        return {
            output["OutputKey"]: output["OutputValue"]
            for output in described["Stacks"][0]["Outputs"]
        }

    @cached_property
    def resources(self) -> dict[str, str]:
        """The physical ids of the stack's resources, by logical id."""
        cloudformation = self.client("cloudformation")
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    def client(self, service: str):
        """A client of an AWS service, as the account's owner."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def deploy(self) -> str:
        """`sam deploy`; what it printed. The rate limit is out of the tests' way."""
        parameters = {
            "Stage": self.stage,
            "Architecture": "x86_64",
            "AllowedOrigins": ",".join(ORIGINS),
            "RateLimitPerSecond": "300",
            "RateLimitBurst": "100000",
        }
        return self._sam(
            "deploy",
            f"--template-file={TARGET / 'build' / 'template.yaml'}",
            "--resolve-s3",
            "--capabilities=CAPABILITY_IAM",
            "--no-confirm-changeset",
            "--no-fail-on-empty-changeset",
            "--parameter-overrides",
            *(f"{name}={value}" for name, value in parameters.items()),
        )

    def delete(self) -> str:
        """`sam delete`; what it printed."""
        return self._sam("delete", "--no-prompts")

    def make_signing_secret(self) -> None:
        """The secret that secret keys are derived from, made by the operator's tool."""
        self._slipway("signing-secret", "rotate")

    def make_key(self, workspace: str) -> str:
        """A key with every scope, made by the operator's tool."""
        scopes = "files:create,files:read,files:delete"
        made = self._slipway("keys", "create", "--workspace", workspace, "--scopes", scopes)
        return made.splitlines()[0]

    def _slipway(self, *arguments: str) -> str:
        environment = credentials(self.endpoint) | {"TABLE_NAME": self.outputs["Table"]}
        return run([SLIPWAY, *arguments], environment, cwd=ROOT)

    def _sam(self, command: str, *arguments: str) -> str:
        return run(
            ["sam", command, f"--stack-name={self.name}", f"--region={REGION}", *arguments],
            credentials(self.endpoint) | {"SAM_CLI_TELEMETRY": "0"},
            # Not the project: its samconfig.toml names the real deployment.
            cwd=TARGET,
        )


def build() -> None:
    """`sam build` of the template, for this machine."""
    TARGET.mkdir(parents=True, exist_ok=True)
    command = [
        *("sam", "build", f"--template-file={TEMPLATE}", f"--build-dir={TARGET / 'build'}"),
        *("--parameter-overrides", "Architecture=x86_64"),
    ]
    run(command, PROFILE | {"SAM_CLI_TELEMETRY": "0"}, cwd=TARGET)


def run(command: list[str | Path], environment: dict[str, str], cwd: Path) -> str:
    """Runs a command with these variables too; its standard output. A failure shows all of it."""
    finished = subprocess.run(
        command, env=os.environ | environment, cwd=cwd, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        shown = f"{finished.stdout}\n{finished.stderr}"
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{shown}")
    return finished.stdout
