"""Event source mappings of DynamoDB streams: the role's permissions, partial failures, retries.

The emulator reads a stream whatever the function's role says, takes a batch with reported failures
for a success, and tries a failing batch for ever. This is what AWS does instead: a record that keeps
failing is tried until its tries are used up or it is too old.
"""

import time
from dataclasses import dataclass

from ministack.core.responses import request_scope
from ministack.services import dynamodb, lambda_svc

from .patch import wrap
from .roles import allows

READS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")


@dataclass
class Reader:
    """How far a mapping has read, and what it makes of the oldest record not yet done with."""

    position: int
    failures: int = 0


_readers: dict[str, Reader] = {}


def fill() -> None:
    """Takes the place of the emulator's poller."""
    wrap(lambda_svc, "_poll_dynamodb_streams", "", lambda _: poll)


def poll() -> bool:
    """Delivers at most one batch for each mapping; whether there may be more at once."""
    busy = False
    for account, region, mapping in lambda_svc._iter_all_esms():
        if "/stream/" in mapping["EventSourceArn"] and mapping.get("Enabled", True):
            with request_scope(account, region):
                busy = _advance(mapping) or busy
    return busy


def _advance(mapping: dict) -> bool:
    function, config = lambda_svc._get_func_record_for_qualifier(
        mapping["FunctionName"], mapping.get("Qualifier")
    )
    if function is None or not _may_read(mapping, config):
        return False
    table = mapping["EventSourceArn"].split("/")[1]
    reader = _readers.setdefault(mapping["UUID"], Reader(_start(mapping)))
    # A record that failed comes again alone: bisecting taken to its end at once.
    size = 1 if reader.failures else mapping.get("BatchSize", 100)
    batch = dynamodb.stream_records_since(table, reader.position, size)
    wanted = lambda_svc._apply_filter_criteria(batch, mapping)
    if wanted:
        _deliver(mapping, function, reader, batch, wanted)
    else:
        reader.position += len(batch)
    # A record that failed is not tried again at once.
    return bool(batch) and not reader.failures


def _deliver(mapping: dict, function: dict, reader: Reader, batch: list, wanted: list) -> None:
    result = lambda_svc._execute_function(function, {"Records": wanted})
    failed = _first_failure(mapping, wanted, result)
    if failed is None:
        reader.position += len(batch)
        reader.failures = 0
        return
    done = batch.index(failed)
    reader.failures = 1 if done else reader.failures + 1
    reader.position += done
    if given_up := _why_given_up(mapping, reader, failed):
        lambda_svc._send_ddb_stream_failure_record(
            mapping, function, [failed], mapping["EventSourceArn"], result, given_up
        )
        reader.position += 1
        reader.failures = 0


def _why_given_up(mapping: dict, reader: Reader, failed: dict) -> str | None:
    if reader.failures > mapping.get("MaximumRetryAttempts", -1) >= 0:
        return "RetryAttemptsExhausted"
    oldest = mapping.get("MaximumRecordAgeInSeconds", -1)
    age = time.time() - float(failed["dynamodb"]["ApproximateCreationDateTime"])
    return "MaxRecordAgeExceeded" if 0 <= oldest < age else None


def _first_failure(mapping: dict, records: list, result: dict) -> dict | None:
    if result.get("error"):
        return records[0]
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
        return None
    reported = {
        failure["itemIdentifier"] for failure in result["body"].get("batchItemFailures", [])
    }
    by_number = (r for r in records if r["dynamodb"]["SequenceNumber"] in reported)
    return next(by_number, None)


def _start(mapping: dict) -> int:
    return lambda_svc._dynamodb_stream_positions[mapping["UUID"]]


def _may_read(mapping: dict, config: dict) -> bool:
    source = mapping["EventSourceArn"]
    missing = [read for read in READS if not allows(config, f"dynamodb:{read}", source)]
    if missing:
        problem = f"PROBLEM: the function's role may not {', '.join(missing)}"
        mapping["LastProcessingResult"] = problem
    elif mapping.get("LastProcessingResult", "").startswith("PROBLEM"):
        mapping["LastProcessingResult"] = "OK"
    return not missing
