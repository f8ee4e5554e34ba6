"""DynamoDB's TTL: removals that reach the table's stream as the service's own.

The emulator sweeps once a minute and writes no stream record. AWS takes up to days, and marks the
record with the identity of the service.
"""

import threading
import time
from collections.abc import Callable

from ministack.core.responses import request_scope
from ministack.services import dynamodb

from .patch import PatchPointMoved, wrap

REAPER = "dynamodb-ttl-reaper"
SERVICE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
SWEEP_SECONDS = 1


def fill() -> None:
    """Sweeps each second, and keeps the emulator's own sweeper from removing anything silently."""
    if not any(thread.name == REAPER for thread in threading.enumerate()):
        raise PatchPointMoved(f"no thread is called {REAPER}")
    wrap(dynamodb, "_remove_item", "table pk_val sk_val", _not_by_the_reaper)
    wrap(
        dynamodb,
        "_build_change_record",
        "table event_name old_item new_item view_type",
        _signed_by_the_service,
    )
    threading.Thread(target=_sweep_forever, name="time-to-live", daemon=True).start()


def _not_by_the_reaper(remove: Callable) -> Callable:
    def remove_item(table, pk_val, sk_val):
        if threading.current_thread().name == REAPER:
            return None
        return remove(table, pk_val, sk_val)

    return remove_item


def _signed_by_the_service(build: Callable) -> Callable:
    def build_change_record(table, event_name, old_item, new_item, view_type):
        record = build(table, event_name, old_item, new_item, view_type)
        if threading.current_thread().name == "time-to-live":
            record["userIdentity"] = SERVICE
        return record

    return build_change_record


def _sweep_forever() -> None:
    while True:
        time.sleep(SWEEP_SECONDS)
        for (account, region, name), setting in list(dynamodb._ttl_settings.all_items()):
            if setting["TimeToLiveStatus"] == "ENABLED":
                with request_scope(account, region), dynamodb._lock:
                    _sweep(name, setting["AttributeName"])


def _sweep(name: str, attribute: str) -> None:
    table = dynamodb._tables.get(name)
    if table is None:
        return
    now = time.time()
    due = [
        (partition, sort, item)
        for partition, items in table["items"].items()
        for sort, item in items.items()
        if float(item.get(attribute, {}).get("N", "inf")) <= now
    ]
    for partition, sort, item in due:
        dynamodb._remove_item(table, partition, sort)
        dynamodb._emit_stream_event(name, "REMOVE", item, None)
