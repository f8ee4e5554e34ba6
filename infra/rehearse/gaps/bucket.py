"""S3: a missing object is 404 only for who may list the bucket, and 403 for everybody else."""

from collections.abc import Callable

from ministack import app
from ministack.core.iam_actions import access_denied_response
from ministack.core.iam_evaluator import enforce
from ministack.core.router import detect_service, extract_access_key_id, extract_region

from .patch import wrap


def fill() -> None:
    """Looks at the answers to every GET and HEAD of an object."""
    wrap(
        app,
        "_dispatch_service_request",
        "method path headers body query_params request_id",
        _hiding,
    )


def _hiding(dispatch: Callable) -> Callable:
    async def dispatch_and_hide(method, path, headers, body, query_params, request_id):
        answer = await dispatch(method, path, headers, body, query_params, request_id)
        bucket, _, key = path.lstrip("/").partition("/")
        if answer[0] != 404 or method not in ("GET", "HEAD") or not key:
            return answer
        if detect_service(method, path, headers, query_params) != "s3":
            return answer
        access_key = extract_access_key_id(headers, query_params)
        region = extract_region(headers, query_params)
        denied = enforce(access_key, "s3:ListBucket", "s3", region, f"arn:aws:s3:::{bucket}")
        if not denied:
            return answer
        return access_denied_response(
            "s3", "s3:ListBucket", denied.principal_arn, request_id, headers=headers
        )

    return dispatch_and_hide
