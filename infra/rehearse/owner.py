"""The account's owner, who sees what lies behind the API and can meddle with it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from stack import Stack
from uploader import File, md5_of

BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Owner:
    """The owner, looking at the files of one workspace."""

    stack: Stack
    workspace: str

    def object_key(self, file: File) -> str:
        """Where the file's bytes lie in the bucket."""
        return f"{self.workspace}/{file['id']}"

    def holds_bytes(self, file: File) -> bool:
        """Whether the bucket holds anything for the file."""
        bucket = self.stack.outputs["Bucket"]
        try:
            self.stack.client("s3").head_object(Bucket=bucket, Key=self.object_key(file))
        except ClientError as error:
            assert error.response["Error"]["Code"] == "404", error
            return False
        return True

    def holds_parts(self, file: File) -> bool:
        """Whether the bucket has a multipart upload open for the file."""
        at = {"Bucket": self.stack.outputs["Bucket"], "Prefix": self.object_key(file)}
        return "Uploads" in self.stack.client("s3").list_multipart_uploads(**at)

    def put_in_parts(self, file: File, content: bytes) -> None:
        """Stores the file's bytes as a multipart upload of one part: its ETag is no MD5."""
        s3 = self.stack.client("s3")
        at = {"Bucket": self.stack.outputs["Bucket"], "Key": self.object_key(file)}
        upload = s3.create_multipart_upload(**at)["UploadId"]
        s3.upload_part(**at, UploadId=upload, PartNumber=1, Body=content)
        self._join(file, upload)

    def join(self, file: File) -> None:
        """Makes the file's parts an object, as complete does."""
        self._join(file, self.record(file)["uploadId"]["S"])

    def note_continuation(self, file: File) -> None:
        """Puts the note that starts verify-upload again."""
        at = {"Bucket": self.stack.outputs["Bucket"], "Key": f"_continue/{self.object_key(file)}"}
        self.stack.client("s3").put_object(**at)

    def record(self, file: File) -> dict[str, Any]:
        """The file's item in the table."""
        table = self.stack.client("dynamodb")
        name = self.stack.outputs["Table"]
        return table.get_item(TableName=name, Key=_file_key(self.workspace, file))["Item"]

    def status(self, file: File) -> str:
        """The status in the file's item, which is not always what the API tells."""
        return self.record(file)["status"]["S"]

    def make_record_overdue(self, file: File) -> None:
        """Moves the session's end into the past, as the functions see it."""
        ended = {"N": str((int(time.time()) - 1) * 1000)}
        self._set(_file_key(self.workspace, file), {"expiresAt": ended})

    def make_session_overdue(self, file: File) -> None:
        """Moves the session's end into the past, as DynamoDB's TTL sees it."""
        self._set(_session_key(file), {"ttl": {"N": str(int(time.time()) - 1)}})

    @contextmanager
    def giving_up_after(self, seconds: int) -> Iterator[None]:
        """Lets removals that keep failing grow only so old, instead of most of a day."""
        functions = self.stack.client("lambda")
        found = functions.list_event_source_mappings(FunctionName=f"{self.stack.name}-expire-file")
        [mapping] = found["EventSourceMappings"]
        name = {"UUID": mapping["UUID"]}
        functions.update_event_source_mapping(**name, MaximumRecordAgeInSeconds=seconds)
        try:
            yield
        finally:
            before = mapping["MaximumRecordAgeInSeconds"]
            functions.update_event_source_mapping(**name, MaximumRecordAgeInSeconds=before)

    def begin_completion(self, file: File, content: bytes, hours_ago: int = 0) -> None:
        """Makes the record that of a completion with the MD5 of these bytes, whose request died."""
        since = (int(time.time()) - hours_ago * 3600) * 1000
        begun = {
            "status": {"S": "COMPLETING"},
            "completingSince": {"N": str(since)},
            "claimedMd5": {"S": md5_of(content)},
        }
        self._set(_file_key(self.workspace, file), begun)

    def remove_session(self, file: File) -> None:
        """Deletes the session, which is not what TTL does."""
        table = self.stack.client("dynamodb")
        table.delete_item(TableName=self.stack.outputs["Table"], Key=_session_key(file))

    def make_expired(self, file: File) -> None:
        """Makes the record EXPIRED, as expire-file does before it deletes the bytes."""
        self._set(_file_key(self.workspace, file), {"status": {"S": "EXPIRED"}})

    def lose_bytes(self, file: File) -> None:
        """Deletes the object by hand, as nobody should."""
        bucket = self.stack.outputs["Bucket"]
        self.stack.client("s3").delete_object(Bucket=bucket, Key=self.object_key(file))

    def lose_record(self, file: File) -> None:
        """Deletes the record by hand, as nobody should."""
        table = self.stack.client("dynamodb")
        key = _file_key(self.workspace, file)
        table.delete_item(TableName=self.stack.outputs["Table"], Key=key)

    def send(self, function: str, event: dict) -> None:
        """Hands an event to a function as S3 does: nobody waits, Lambda repeats what fails."""
        self.stack.client("lambda").invoke(
            FunctionName=f"{self.stack.name}-{function}",
            InvocationType="Event",
            Payload=json.dumps(event),
        )

    def _join(self, file: File, upload: str) -> None:
        s3 = self.stack.client("s3")
        bucket, key = self.stack.outputs["Bucket"], self.object_key(file)
        at = {"Bucket": bucket, "Key": key, "UploadId": upload}
        parts = [
            {"PartNumber": part["PartNumber"], "ETag": part["ETag"]}
            for part in s3.list_parts(**at)["Parts"]
        ]
        s3.complete_multipart_upload(**at, MultipartUpload={"Parts": parts})

    def _set(self, key: dict, attributes: dict[str, dict]) -> None:
        self.stack.client("dynamodb").update_item(
            TableName=self.stack.outputs["Table"],
            Key=key,
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()},
        )


def _file_key(workspace: str, file: File) -> dict:
    """The first eight characters of an id, after `fil_`, are the file's number in base32."""
    number = 0
    for character in file["id"][4:12]:
        number = number * 32 + BASE32.index(character)
    return {"pk": {"S": f"WS#{workspace}"}, "sk": {"S": f"FILE#{number:013}"}}


def _session_key(file: File) -> dict:
    return {"pk": {"S": f"SESSION#{file['id']}"}, "sk": {"S": "SESSION"}}
