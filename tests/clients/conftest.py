"""The deployment under test, and the official client of the Files API pointed at it.

SLIPWAY_URL is the base URL, without /v1. SLIPWAY_KEY needs files:create and files:read; nobody else
may create files in its workspace while the tests count them.
"""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from lightfield import Lightfield
from polar.v2026_04 import Polar

from metastudio import MetaStudio


@pytest.fixture(scope="session")
def url() -> str:
    """The deployment's base URL."""
    return os.environ["SLIPWAY_URL"]


@pytest.fixture(scope="session")
def key() -> str:
    """An API key of the deployment."""
    return os.environ["SLIPWAY_KEY"]


@pytest.fixture(scope="session")
def client(url: str, key: str) -> Iterator[Lightfield]:
    """The official client as its users make it."""
    with Lightfield(api_key=key, base_url=url) as client:
        yield client


@pytest.fixture(scope="session")
def polar(url: str, key: str) -> Iterator[Polar]:
    """Polar's client as its users make it; a busy machine may take longer than its 5 s."""
    with Polar(key, base_url=f"{url}/polar", timeout=60) as polar:
        yield polar


@pytest.fixture(scope="session")
def other_polar(url: str, other_key: str) -> Iterator[Polar]:
    """Polar's client with a key of another workspace."""
    with Polar(other_key, base_url=f"{url}/polar", timeout=60) as polar:
        yield polar


@pytest.fixture(scope="session")
def other_key() -> str:
    """An API key of another workspace."""
    return of_environment("SLIPWAY_OTHER_KEY")


@pytest.fixture(scope="session")
def host_url(url: str) -> str:
    """The deployment's base URL, if it is a host: MetaStudio's client drops a path behind it."""
    if urlsplit(url).path:
        pytest.skip("the deployment is not at a host of its own")
    return url


@pytest.fixture(scope="session")
def signed(host_url: str) -> MetaStudio:
    """The official client of MetaStudio with an access key and a secret key."""
    return MetaStudio(host_url, of_environment("SLIPWAY_AK"), of_environment("SLIPWAY_SK"))


@pytest.fixture(scope="session", params=["by token", "by signature"])
def metastudio(request: pytest.FixtureRequest, host_url: str, key: str) -> MetaStudio:
    """The official client of MetaStudio in both ways to be let in. It always signs."""
    if request.param == "by signature":
        return request.getfixturevalue("signed")
    return MetaStudio(host_url, "no access key", "no secret key", token=key)


def of_environment(name: str) -> str:
    """What not every deployment under test provides."""
    if name not in os.environ:
        pytest.skip(f"{name} is not set")
    return os.environ[name]


def pytest_configure(config: pytest.Config) -> None:
    """Ends a run that has nothing to run against with one line, instead of one per test."""
    missing = [name for name in ("SLIPWAY_URL", "SLIPWAY_KEY") if not os.environ.get(name)]
    if missing and not config.option.collectonly:
        raise pytest.UsageError(f"{' and '.join(missing)} must name a running deployment.")
