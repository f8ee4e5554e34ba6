"""One emulated AWS with one deployment, which all tests share."""

from collections.abc import Iterator

import pytest

import emulator
import stack as stacks
from stack import Stack

MATRIX = pytest.StashKey[list[tuple[str, str, str]]]()


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The emulated AWS, after the template was built."""
    stacks.build()
    with emulator.running(stacks.TARGET / "emulator") as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def stack(endpoint: str) -> Stack:
    """The deployment."""
    deployment = Stack(endpoint, "rehearsal")
    deployment.deploy()
    # Before any function starts: it reads the secret when it does, and then now and again.
    deployment.make_signing_secret()
    return deployment


@pytest.fixture(scope="session")
def matrix(request: pytest.FixtureRequest) -> list[tuple[str, str, str]]:
    """Function, action, and what was noticed without it: shown when all tests are through."""
    return request.config.stash.setdefault(MATRIX, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows the permission matrix."""
    rows = terminalreporter.config.stash.get(MATRIX, [])
    if rows:
        terminalreporter.section("what fails without a permission")
    for function, action, noticed in rows:
        terminalreporter.line(f"{function:<14} {action:<30} {noticed}")
