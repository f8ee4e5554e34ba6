"""The table and bucket that `sam delete` leaves: take them into a new stack, or delete them.

The signing secret is no part of a stack: it stays until `delete`, as the keys do that it belongs to.

Usage: kept.py adopt|delete STAGE

`adopt` does nothing where there is a stack, or nothing was left. `delete` refuses while there is a
stack. Both work in the account and region of the caller's AWS credentials.
"""

import json
import sys
from pathlib import Path

import boto3
from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_parse

TEMPLATE = Path(__file__).parent / "template.yaml"
STACK_IS_MISSING = ("ValidationError",)
TABLE_IS_MISSING = ("ResourceNotFoundException",)
SECRET_IS_MISSING = ("ResourceNotFoundException",)
BUCKET_IS_MISSING = ("404", "NoSuchBucket")


def main(command: str, stage: str) -> None:
    """Does what the command line says."""
    stack = f"slipway-{stage}"
    if stack_exists(stack):
        if command == "delete":
            sys.exit(f"The stack {stack} is still there: delete it first.")
        return
    names = names_of(stage)
    left = {name: names[name] for name in names if exists(name, names[name])}
    if left and command == "adopt":
        adopt(stack, stage, left)
    if command == "delete":
        delete(left)
        delete_secret(stage)


def names_of(stage: str) -> dict[str, str]:
    """The names that infra/template.yaml gives to table and bucket, by logical id."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    region = boto3.session.Session().region_name
    return {"Table": f"slipway-{stage}", "Bucket": f"slipway-{stage}-{account}-{region}-an"}


def adopt(stack: str, stage: str, left: dict[str, str]) -> None:
    """Makes a stack of just what was left; the deployment after it adds the rest."""
    cloudformation = boto3.client("cloudformation")
    template = importing(set(left))
    change = {"StackName": stack, "ChangeSetName": "adopt"}
    cloudformation.create_change_set(
        **change,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": stage}],
        ResourcesToImport=[
            {
                "ResourceType": template["Resources"][name]["Type"],
                "LogicalResourceId": name,
                "ResourceIdentifier": {f"{name}Name": left[name]},
            }
            for name in left
        ],
    )
    cloudformation.get_waiter("change_set_create_complete").wait(**change)
    cloudformation.execute_change_set(**change)
    cloudformation.get_waiter("stack_import_complete").wait(StackName=stack)
    print(f"{stack} took back {' and '.join(left.values())}.")


def importing(names: set[str]) -> dict:
    """The part of the template that an import needs.

    Of the bucket only what it was created with, without which the next deployment would replace it:
    what else the template says of it refers to resources that are yet to come, and is set by that
    deployment. A table's TTL could not be set a second time.
    """
    template = json.loads(json.dumps(yaml_parse(TEMPLATE.read_text())))
    resources = {name: template["Resources"][name] for name in sorted(names)}
    if bucket := resources.get("Bucket"):
        created_with = ("BucketName", "BucketNamespace")
        bucket["Properties"] = {name: bucket["Properties"][name] for name in created_with}
        del bucket["DependsOn"]
    stage = {"Stage": template["Parameters"]["Stage"]}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Parameters": stage, "Resources": resources}


def delete(left: dict[str, str]) -> None:
    """Deletes every record and every byte."""
    if table := left.get("Table"):
        boto3.client("dynamodb").delete_table(TableName=table)
        print(f"Deleted the table {table}.")
    if name := left.get("Bucket"):
        bucket = boto3.resource("s3").Bucket(name)
        bucket.objects.all().delete()
        bucket.delete()
        print(f"Deleted the bucket {name}.")


def delete_secret(stage: str) -> None:
    """Deletes the signing secret, if `slipway signing-secret` ever made one."""
    secrets = boto3.client("secretsmanager")
    name = f"slipway-{stage}/signing"
    if answers(secrets.describe_secret, SECRET_IS_MISSING, SecretId=name):
        # At once: a name that waits for its deletion cannot be taken again.
        secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        print(f"Deleted the secret {name}.")


def stack_exists(stack: str) -> bool:
    """Whether there is such a stack, in whatever state."""
    ask = boto3.client("cloudformation").describe_stacks
    return answers(ask, STACK_IS_MISSING, StackName=stack)


def exists(name: str, physical_id: str) -> bool:
    """Whether there is such a table, or bucket."""
    if name == "Table":
        ask = boto3.client("dynamodb").describe_table
        return answers(ask, TABLE_IS_MISSING, TableName=physical_id)
    return answers(boto3.client("s3").head_bucket, BUCKET_IS_MISSING, Bucket=physical_id)


def answers(ask, missing: tuple[str, ...], **arguments: str) -> bool:
    """Whether AWS knows what is asked for; any other refusal is raised."""
    try:
        ask(**arguments)
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] in missing:
            return False
        raise
    return True


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("adopt", "delete"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
