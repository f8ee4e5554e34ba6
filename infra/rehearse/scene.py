"""Who takes part in a scenario, and the steps that scenarios are made of.

A step ends with an assertion's sentence if something is not as it should be.
"""

from dataclasses import dataclass

import requests

from owner import Owner
from uploader import File, Uploader, md5_of
from waiting import until


@dataclass(frozen=True)
class Scene:
    """Who takes part, and how many seconds they wait for what happens by itself."""

    uploader: Uploader
    owner: Owner
    patience: float


def expect(answer: requests.Response, status: int, what: str) -> None:
    """Asserts an answer's status."""
    assert answer.status_code == status, f"{what} answers {answer.status_code}, not {status}"


def learn_md5(scene: Scene, file: File, content: bytes) -> None:
    """Waits for the MD5 of these bytes in the file's record."""
    until(
        lambda: scene.owner.record(file).get("verifiedMd5") == {"S": md5_of(content)},
        f"verify-upload learns the MD5 of {content.decode()!r}",
        scene.patience,
    )


def become_overdue(scene: Scene, file: File, content: bytes) -> None:
    """Moves the session's end into the past, once verify-upload, which also expires, is through."""
    learn_md5(scene, file, content)
    scene.owner.make_record_overdue(file)
    scene.owner.make_session_overdue(file)


def expire(scene: Scene, file: File) -> None:
    """Waits until the file's record says EXPIRED."""
    until(lambda: scene.owner.status(file) == "EXPIRED", "the file is EXPIRED", scene.patience)


def reopen(scene: Scene, file: File, why: str) -> None:
    """Waits until the file, whose completion had begun, takes bytes again."""
    until(lambda: scene.owner.status(file) == "PENDING", why, scene.patience)


def lose_bytes(scene: Scene, file: File) -> None:
    """Waits until the bucket holds nothing for the file."""
    until(lambda: not scene.owner.holds_bytes(file), "the bytes are deleted", scene.patience)


def lose_parts(scene: Scene, file: File) -> None:
    """Waits until the bucket holds no parts for the file."""
    until(lambda: not scene.owner.holds_parts(file), "the parts are deleted", scene.patience)
