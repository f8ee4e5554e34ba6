"""What API Gateway does with a request before a function sees it."""

import http.client
from urllib.parse import urlsplit

import pytest

from conftest import Api


def raw(api: Api, target: str, **headers: str) -> tuple[int, bytes, http.client.HTTPMessage]:
    """A GET of exactly this target, which no library has tidied up."""
    url = urlsplit(api.url)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.netloc, timeout=60)
    connection.putrequest("GET", url.path + target, skip_accept_encoding=True)
    sent = {"Authorization": f"Bearer {api.key}"} | headers
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


@pytest.mark.parametrize("query", ['x="', "x=<", "x={|}", "%zz", "x=%ff"])
def test_a_query_that_is_none_is_refused_and_is_no_fault_of_ours(api: Api, query: str):
    status, body, _ = raw(api, f"/v1/files?{query}")
    assert status == 400, body


@pytest.mark.account
def test_an_encoded_slash_in_a_path_names_no_file(api: Api):
    status, body, headers = raw(api, "/v1/files/fil_%2F")
    assert status == 404, body
    assert headers["x-request-id"] or b"Not Found" in body


@pytest.mark.account
def test_a_body_over_the_limit_is_refused_by_the_gateway(api: Api):
    answer = api.call("POST", "/v1/files", json={"filename": "x" * 11_000_000})
    assert answer.status_code == 413
    assert "message" in answer.json()


@pytest.mark.account
def test_headers_over_the_limit_are_refused_by_the_gateway(api: Api):
    answer = api.call("GET", "/v1/files", headers={"x-long": "x" * 11_000})
    assert answer.status_code in (400, 431)


def test_every_answer_of_ours_names_its_request(api: Api):
    first, second = (api.call("GET", "/v1/auth/validate").headers["x-request-id"] for _ in range(2))
    assert first != second
