"""The emulated AWS as a process of its own, and how to call it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

HERE = Path(__file__).parent
REGION = "us-east-1"
START_SECONDS = 60


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """Runs the emulator while the block does; its endpoint. Log and files are in `directory`."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    port = _free_port()
    with (directory / "emulator.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, HERE / "launcher.py", str(port)],
            # What the functions need must come from the template, not from here.
            env={name: os.environ[name] for name in ("PATH", "HOME")} | {"TMPDIR": str(directory)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, endpoint, directory / "emulator.log")
        yield endpoint
    finally:
        process.terminate()
        process.wait(timeout=30)
        # The functions that it started would notice a moment later.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def credentials(endpoint: str) -> dict[str, str]:
    """The environment in which any AWS tool is the emulated account's owner."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_until_ready(process: subprocess.Popen, endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{endpoint}/_ministack/health", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise RuntimeError(f"the emulator did not start:\n{log.read_text()}")
