"""A queue of events that nobody could handle."""

import json

from stack import Stack


class DeadLetters:
    """The queue that the template calls `<function>DeadLetters`."""

    def __init__(self, stack: Stack, logical_id: str) -> None:
        self._queue = stack.resources[logical_id]
        self._sqs = stack.client("sqs")

    def clear(self) -> None:
        """Throws all away that lies there."""
        self._sqs.purge_queue(QueueUrl=self._queue)

    def contents(self) -> list[dict]:
        """All that lies there, ten at most, and stays."""
        received = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [json.loads(message["Body"]) for message in received.get("Messages", [])]
