"""What Polar's official client for Node can do here: its own tests tell, in polar-js."""

import subprocess
from pathlib import Path


def test_the_client_for_node_runs_unchanged() -> None:
    folder = Path(__file__).parent / "polar-js"
    run = subprocess.run(["node", "--test", folder], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
