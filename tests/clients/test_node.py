"""What Node's clients can do here, Polar's official one and one with generated types: their own tests tell."""

import subprocess
from pathlib import Path

import pytest


@pytest.mark.parametrize("folder", ["polar-js", "openapi-js"])
def test_a_client_for_node_runs(folder: str) -> None:
    tests = Path(__file__).parent / folder
    run = subprocess.run(["node", "--test", tests], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
