"""What was lost sight of is found by comparing bucket and table, and swept only when that is asked for."""

import os
import subprocess

import pytest

from emulator import credentials
from owner import Owner
from scene import Scene, expect, learn_md5
from stack import ROOT, Stack
from uploader import Uploader
from waiting import LONG


@pytest.fixture
def scene(stack: Stack) -> Scene:
    """A user, and the owner looking at the same workspace."""
    return Scene(Uploader(stack, "sweep", stack.make_key("sweep")), Owner(stack, "sweep"), LONG)


def test_orphans_are_named_and_then_swept(scene: Scene) -> None:
    uploader, owner = scene.uploader, scene.owner
    completed, pending = uploader.upload(b"completed"), uploader.upload(b"pending")
    expect(uploader.complete(completed, b"completed"), 200, "complete")
    # Their removal was told, and nobody heard it.
    expired, lost = uploader.upload(b"expired"), uploader.upload(b"lost")
    in_parts = uploader.upload_in_parts(b"expired in parts")
    for file in (expired, lost):
        # Until S3's event is handled it could delete what has no record.
        learn_md5(scene, file, b"expired" if file is expired else b"lost")
    for file in (expired, in_parts):
        owner.remove_session(file)
        owner.make_expired(file)
    owner.remove_session(lost)
    owner.lose_record(lost)

    told = sweep(scene)
    orphans = [expired, lost, in_parts]
    assert all(f"{owner.object_key(file)}: " in told for file in orphans), told
    assert not any(owner.object_key(file) + ":" in told for file in (completed, pending)), told
    assert owner.holds_bytes(expired) and owner.holds_bytes(lost) and owner.holds_parts(in_parts)

    sweep(scene, "--apply")
    assert not owner.holds_bytes(expired) and not owner.holds_bytes(lost)
    assert not owner.holds_parts(in_parts)
    assert owner.holds_bytes(completed) and owner.holds_bytes(pending)
    assert owner.object_key(expired) not in sweep(scene)


def test_a_completed_file_without_bytes_is_named(scene: Scene) -> None:
    file = scene.uploader.upload(b"completed")
    expect(scene.uploader.complete(file, b"completed"), 200, "complete")
    scene.owner.lose_bytes(file)
    assert f"{scene.owner.object_key(file)}: COMPLETED, and its bytes are missing" in sweep(scene, 1)
    expect(scene.uploader.delete(file), 204, "delete")


def sweep(scene: Scene, *arguments: str | int) -> str:
    """What the tool prints; a number is the exit code that it must have."""
    [code] = [it for it in arguments if isinstance(it, int)] or [0]
    stack = scene.owner.stack
    done = subprocess.run(
        ["python", "infra/sweep.py", stack.stage, *(it for it in arguments if isinstance(it, str))],
        env=os.environ | credentials(stack.endpoint),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout
