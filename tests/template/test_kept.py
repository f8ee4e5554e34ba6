"""What a deleted stack leaves: it can be taken into a new one, and be deleted."""

import json
import subprocess

import boto3
import kept
import pytest
from botocore.stub import Stubber
from conftest import plain

NAMES = {"Table": "slipway-prod", "Bucket": "slipway-prod-111122223333-eu-west-1-an"}


def test_the_names_are_those_of_the_template(template, monkeypatch):
    answer = {"Account": "111122223333"}
    stub(monkeypatch, "sts").add_response("get_caller_identity", answer)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    written = {
        "Table": plain(template.properties("Table")["TableName"]),
        "Bucket": plain(template.properties("Bucket")["BucketName"]),
    }
    values = {"Stage": "prod", "AWS::AccountId": "111122223333", "AWS::Region": "eu-west-1"}
    for name, value in values.items():
        written = {key: text.replace(f"${{{name}}}", value) for key, text in written.items()}
    assert kept.names_of("prod") == written == NAMES


def test_what_is_imported_needs_nothing_that_is_not_there(tmp_path):
    path = tmp_path / "import.json"
    path.write_text(json.dumps(kept.importing({"Table", "Bucket"})))
    checked = subprocess.run(["cfn-lint", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_what_is_imported_is_kept_again(template):
    for name, resource in kept.importing({"Table", "Bucket"})["Resources"].items():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            assert resource[policy] == template.resources[name][policy]


def test_a_bucket_is_imported_with_all_that_only_its_creation_can_set(template):
    """Otherwise the next deployment would make another bucket in its place."""
    imported = kept.importing({"Bucket"})["Resources"]["Bucket"]["Properties"]
    assert imported["BucketNamespace"] == "account-regional"
    assert plain(imported["BucketName"]) == plain(template.properties("Bucket")["BucketName"])


def test_a_table_is_imported_as_it_was_deployed(template):
    imported = kept.importing({"Table"})["Resources"]
    assert imported == {"Table": template.resources["Table"]}


def test_a_stack_that_is_there_keeps_its_data(monkeypatch):
    monkeypatch.setattr(kept, "stack_exists", lambda stack: True)
    with pytest.raises(SystemExit, match="still there"):
        kept.main("delete", "prod")


def test_a_stack_that_is_there_adopts_nothing(monkeypatch):
    monkeypatch.setattr(kept, "stack_exists", lambda stack: True)
    monkeypatch.setattr(kept, "exists", lambda name, physical_id: True)
    monkeypatch.delattr(kept, "adopt")
    kept.main("adopt", "prod")


def test_a_missing_stack_is_told_from_a_refusal(monkeypatch):
    cloudformation = stub(monkeypatch, "cloudformation")
    cloudformation.add_client_error("describe_stacks", "ValidationError")
    assert not kept.stack_exists("slipway-prod")
    cloudformation.add_client_error("describe_stacks", "AccessDenied")
    with pytest.raises(kept.ClientError):
        kept.stack_exists("slipway-prod")


def stub(monkeypatch, service: str) -> Stubber:
    """Answers for the next client of a service, which never reaches AWS."""
    client = boto3.client(service, "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    monkeypatch.setattr(kept.boto3, "client", lambda name: client)
    stubber = Stubber(client)
    stubber.activate()
    return stubber
