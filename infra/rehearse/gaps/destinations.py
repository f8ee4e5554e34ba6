"""Dead-letter queues: Lambda sends a failed event there as the function's role, if that may.

The emulator sends whatever the role says.
"""

import logging
from collections.abc import Callable

from ministack.services import lambda_svc

from .patch import wrap
from .roles import allows

log = logging.getLogger(__name__)


def fill() -> None:
    """Asks the role before an asynchronous event or a batch of stream records is sent away."""
    wrap(lambda_svc, "_route_async_failure", "target_arn func_name event result", _asynchronous)
    wrap(
        lambda_svc,
        "_send_ddb_stream_failure_record",
        "esm func_rec batch stream_arn result condition",
        _of_a_stream,
    )


def _asynchronous(send: Callable) -> Callable:
    def send_event(target_arn, func_name, event, result):
        config = lambda_svc._functions[func_name]["config"]
        if _may_send(config, target_arn):
            send(target_arn, func_name, event, result)

    return send_event


def _of_a_stream(send: Callable) -> Callable:
    def send_batch(esm, func_rec, batch, stream_arn, result, condition):
        target = esm["DestinationConfig"]["OnFailure"]["Destination"]
        if _may_send(func_rec["config"], target):
            send(esm, func_rec, batch, stream_arn, result, condition)

    return send_batch


def _may_send(config: dict, target: str) -> bool:
    allowed = allows(config, "sqs:SendMessage", target)
    if not allowed:
        log.warning("the role of %s may not send to %s", config["FunctionName"], target)
    return allowed
