"""The deployment under test, and the official client of the Files API pointed at it.

SLIPWAY_URL is the base URL, without /v1. SLIPWAY_KEY needs files:create and files:read; nobody else
may create files in its workspace while the tests count them.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from lightfield import Lightfield


@dataclass(frozen=True)
class Deployment:
    """Where the API is, and a key to it."""

    url: str
    key: str


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    """The deployment that the environment names."""
    return Deployment(url=os.environ["SLIPWAY_URL"], key=os.environ["SLIPWAY_KEY"])


@pytest.fixture(scope="session")
def client(deployment: Deployment) -> Iterator[Lightfield]:
    """The official client as its users make it."""
    with Lightfield(api_key=deployment.key, base_url=deployment.url) as client:
        yield client


def pytest_configure(config: pytest.Config) -> None:
    missing = [name for name in ("SLIPWAY_URL", "SLIPWAY_KEY") if not os.environ.get(name)]
    if missing and not config.option.collectonly:
        raise pytest.UsageError(f"{' and '.join(missing)} must name a running deployment.")
