"""The account's owner, who sees what lies behind the API and can meddle with it."""

import json
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from stack import Stack
from uploader import File

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

    def put_in_parts(self, file: File, content: bytes) -> None:
        """Stores the file's bytes as a multipart upload of one part: its ETag is no MD5."""
        s3 = self.stack.client("s3")
        at = {"Bucket": self.stack.outputs["Bucket"], "Key": self.object_key(file)}
        upload = s3.create_multipart_upload(**at)["UploadId"]
        etag = s3.upload_part(**at, UploadId=upload, PartNumber=1, Body=content)["ETag"]
        parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
        s3.complete_multipart_upload(**at, UploadId=upload, MultipartUpload=parts)

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
        key = _file_key(self.workspace, file)
        self._set(key, "expiresAt", (int(time.time()) - 1) * 1000)

    def make_session_overdue(self, file: File) -> None:
        """Moves the session's end into the past, as DynamoDB's TTL sees it."""
        self._set(_session_key(file), "ttl", int(time.time()) - 1)

    def remove_session(self, file: File) -> None:
        """Deletes the session, which is not what TTL does."""
        table = self.stack.client("dynamodb")
        table.delete_item(TableName=self.stack.outputs["Table"], Key=_session_key(file))

    def invoke(self, function: str, event: dict) -> str | None:
        """Hands an event to a function and waits; the message of its error, if it fails."""
        answer = self.stack.client("lambda").invoke(
            FunctionName=f"{self.stack.name}-{function}", Payload=json.dumps(event)
        )
        if "FunctionError" not in answer:
            return None
        return json.load(answer["Payload"])["errorMessage"]

    def send(self, function: str, event: dict) -> None:
        """Hands an event to a function as S3 does: nobody waits, Lambda repeats what fails."""
        self.stack.client("lambda").invoke(
            FunctionName=f"{self.stack.name}-{function}",
            InvocationType="Event",
            Payload=json.dumps(event),
        )

    def _set(self, key: dict, name: str, number: int) -> None:
        self.stack.client("dynamodb").update_item(
            TableName=self.stack.outputs["Table"],
            Key=key,
            UpdateExpression="SET #name = :number",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":number": {"N": str(number)}},
        )


def _file_key(workspace: str, file: File) -> dict:
    """The first eight characters of an id, after `fil_`, are the file's number in base32."""
    number = 0
    for character in file["id"][4:12]:
        number = number * 32 + BASE32.index(character)
    return {"pk": {"S": f"WS#{workspace}"}, "sk": {"S": f"FILE#{number:013}"}}


def _session_key(file: File) -> dict:
    return {"pk": {"S": f"SESSION#{file['id']}"}, "sk": {"S": "SESSION"}}
