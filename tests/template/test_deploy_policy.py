"""The policy of whoever deploys: every action exists, and none reaches beyond our names."""

import json
import subprocess

import expand
import pytest
from conftest import listed

POLICY = json.loads((expand.TEMPLATE.parent / "deploy-policy.json").read_text())
MOST_CHARACTERS_OF_A_MANAGED_POLICY = 6144

# AWS gives these no names that a policy could be held to.
NAMELESS = {"Apis", "FirstApiOfTheAccount", "Streams", "WithoutResources"}
NAMED = [statement for statement in POLICY["Statement"] if statement["Sid"] not in NAMELESS]


def test_every_action_exists(tmp_path):
    # In a template, as that is where cfn-lint knows the actions of every service.
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": POLICY}}
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"Resources": {"Policy": policy}}))
    checked = subprocess.run(["cfn-lint", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_it_fits_into_one_managed_policy():
    assert len(json.dumps(POLICY, separators=(",", ":"))) <= MOST_CHARACTERS_OF_A_MANAGED_POLICY


@pytest.mark.parametrize("statement", NAMED, ids=lambda statement: statement["Sid"])
def test_a_statement_is_about_this_service_alone(statement):
    for resource in listed(statement["Resource"]):
        of_sam = ("aws-sam-cli-managed-default", "Serverless-2016-10-31")
        assert any(name in resource for name in ("slipway-", *of_sam))


def test_nobody_is_allowed_to_read_or_delete_what_is_kept():
    kept = {it["Sid"]: set(it["Action"]) for it in POLICY["Statement"]}
    assert not kept["Bucket"] & {
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:DeleteBucket",
    }
    assert "dynamodb:DeleteTable" not in kept["Table"]
    assert not [it for it in kept["Table"] if it.endswith(("Item", "Query", "Scan"))]


def test_it_can_deploy_every_kind_of_resource_there_is(template):
    services = {
        action.split(":")[0] for it in POLICY["Statement"] for action in listed(it["Action"])
    }
    kinds = {resource["Type"].split("::")[1].lower() for resource in template.resources.values()}
    assert {kind.replace("apigatewayv2", "apigateway") for kind in kinds} <= services
