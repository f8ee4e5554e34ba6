"""Compares the bucket with the table, both ways, and sweeps what nobody will ever complete.

Usage: sweep.py STAGE [--apply] [--after KEY]

Without --apply it only says what it would do. An object, or an open multipart upload, is swept if its
file has no record, or one that is CANCELLED, EXPIRED or long overdue. expire-file does it: it is told of
the end of the file's session, checks the record itself, and deletes. Objects that are not called like a
file are named and left alone, as are COMPLETED files whose bytes are missing: then the exit code is 1.

Objects are read in the order of their keys. If the run is interrupted, go on with --after and the key
that was printed last.
"""

import argparse
import itertools
import json
import re
import sys
import time
from collections.abc import Iterator

import boto3
from botocore.exceptions import ClientError
from kept import names_of

KEY = re.compile(r"([a-z0-9-]{1,32})/(fil_([0-9a-hjkmnp-tv-z]{8})[0-9a-hjkmnp-tv-z]{16})")
BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
# verify-upload's notes; the bucket's lifecycle removes them.
NOTES = "_continue/"
BATCH = 100
# Of a session's end. TTL removes sessions within two days, and expire-file does the rest by itself.
OVERDUE_MS = 3 * 24 * 3600 * 1000


class Sweep:
    """One comparison of a stage's bucket with its table."""

    def __init__(self, stage: str, *, apply: bool) -> None:
        names = names_of(stage)
        self.table, self.bucket = names["Table"], names["Bucket"]
        self.function = f"slipway-{stage}-expire-file"
        self.apply = apply
        self.now = int(time.time() * 1000)
        self.swept = self.lost = 0
        self.s3, self.dynamodb = boto3.client("s3"), boto3.client("dynamodb")

    def objects(self, after: str) -> None:
        """Sweeps the objects whose keys come after this one."""
        pages = self.s3.get_paginator("list_objects_v2")
        pages = pages.paginate(Bucket=self.bucket, StartAfter=after)
        keys = (it["Key"] for page in pages for it in page.get("Contents", []))
        self._sweep(key for key in keys if not key.startswith(NOTES))

    def uploads(self) -> None:
        """Sweeps open multipart uploads."""
        pages = self.s3.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket)
        self._sweep(it["Key"] for page in pages for it in page.get("Uploads", []))

    def records(self) -> None:
        """Names the COMPLETED files whose bytes are missing."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table,
            FilterExpression="begins_with(pk, :files) AND #status = :completed",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":files": {"S": "WS#"}, ":completed": {"S": "COMPLETED"}},
        )
        for item in (item for page in pages for item in page["Items"]):
            key = f"{item['pk']['S'].removeprefix('WS#')}/{item['id']['S']}"
            if not self._has(key):
                self.lost += 1
                print(f"{key}: COMPLETED, and its bytes are missing")

    def _sweep(self, keys: Iterator[str]) -> None:
        while batch := list(itertools.islice(keys, BATCH)):
            files = {key: KEY.fullmatch(key) for key in batch}
            records = self._records([match for match in files.values() if match])
            for key, match in files.items():
                if match is None:
                    print(f"{key}: not called like a file, left alone")
                elif why := self._why(match, records):
                    print(f"{key}: {why}, {'swept' if self.apply else 'would be swept'}")
                    self._end(key)
            print(f"--after {batch[-1]}", file=sys.stderr)

    def _records(self, files: list[re.Match]) -> dict[tuple[str, str], dict]:
        wanted = {place(file): None for file in files}
        keys = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in wanted]
        found = {}
        while keys:
            asked = {self.table: {"Keys": keys, "ConsistentRead": True}}
            answer = self.dynamodb.batch_get_item(RequestItems=asked)
            for item in answer["Responses"][self.table]:
                found[item["pk"]["S"], item["sk"]["S"]] = item
            keys = answer["UnprocessedKeys"].get(self.table, {}).get("Keys", [])
        return found

    def _why(self, file: re.Match, records: dict[tuple[str, str], dict]) -> str | None:
        record = records.get(place(file))
        if record is None or record["id"]["S"] != file[2]:
            return "no record"
        status = record["status"]["S"]
        if status in ("CANCELLED", "EXPIRED"):
            return status
        # A completion that has begun does not expire.
        if status == "PENDING" and int(record["expiresAt"]["N"]) < self.now - OVERDUE_MS:
            return "overdue"
        return None

    def _end(self, key: str) -> None:
        self.swept += 1
        if not self.apply:
            return
        removal = {
            "eventID": "sweep",
            "eventName": "REMOVE",
            "awsRegion": "-",
            "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
            "dynamodb": {"SizeBytes": 0, "OldImage": {"objectKey": {"S": key}}},
        }
        answer = boto3.client("lambda").invoke(
            FunctionName=self.function, Payload=json.dumps({"Records": [removal]})
        )
        told = json.loads(answer["Payload"].read())
        if "FunctionError" in answer or told["batchItemFailures"]:
            sys.exit(f"{self.function} could not sweep {key}: {told}")

    def _has(self, key: str) -> bool:
        try:
            self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != "404":
                raise
            return False
        return True


def place(file: re.Match) -> tuple[str, str]:
    """Where a file's record is: the first eight characters of an id, after `fil_`, are its number."""
    number = 0
    for character in file[3]:
        number = number * 32 + BASE32.index(character)
    return f"WS#{file[1]}", f"FILE#{number:013}"


def main() -> None:
    """Does what the command line says."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("stage")
    parser.add_argument("--apply", action="store_true")
    parser.add_argument("--after", default="")
    arguments = parser.parse_args()
    sweep = Sweep(arguments.stage, apply=arguments.apply)
    sweep.objects(arguments.after)
    sweep.uploads()
    sweep.records()
    word = "swept" if arguments.apply else "would be swept: run again with --apply"
    print(f"{sweep.swept} {word}; {sweep.lost} without bytes")
    sys.exit(1 if sweep.lost else 0)


if __name__ == "__main__":
    main()
