"""Copies lost records from a restored copy of the table into the live one.

Usage: restore.py COPY TABLE

COPY is what `aws dynamodb restore-table-to-point-in-time` made of TABLE. A record is copied only if TABLE
has none in its place: what is there is newer, and an old PENDING record over a COMPLETED one would let the
session's end delete bytes that were proven. Sessions are never copied: TTL would remove one that is long
over, and expire-file would take that for the end of the file's session.
"""

import sys
from collections import Counter

import boto3
from botocore.exceptions import ClientError

SESSION = "SESSION#"


def main(copy: str, table: str) -> None:
    """Copies, and says how many of each kind of item."""
    dynamodb = boto3.client("dynamodb")
    done = Counter()
    for page in dynamodb.get_paginator("scan").paginate(TableName=copy, ConsistentRead=True):
        for item in page["Items"]:
            kind = item["pk"]["S"].partition("#")[0]
            done[kind, outcome(dynamodb, table, item)] += 1
    for (kind, word), count in sorted(done.items()):
        print(f"{kind:<8} {word:<8} {count}")


def outcome(dynamodb, table: str, item: dict) -> str:
    """Copies one item if it may be copied; what became of it."""
    if item["pk"]["S"].startswith(SESSION):
        return "skipped"
    try:
        dynamodb.put_item(
            TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)"
        )
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return "kept"
    return "copied"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
