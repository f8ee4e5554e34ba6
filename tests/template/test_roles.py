"""Least privilege: each function has a role of its own that may do exactly what a list says."""

from pathlib import Path

import yaml
from conftest import FUNCTIONS, listed, plain

ALLOWED = yaml.safe_load((Path(__file__).parent / "roles.yaml").read_text())

HERE = "${AWS::Region}:${AWS::AccountId}"

PARTITIONS = {
    ("KEY#*", "TOKEN#*"): "keys",
    ("TOKEN#*",): "tokens",
    ("WARM-UP",): "warm-up",
    ("COUNTER#*", "SESSION#*", "WARM-UP", "WS#*"): "files",
    ("COUNTER#*", "KEY#*", "SESSION#*", "TOKEN#*", "WS#*"): "files and keys",
    ("COUNTER#*", "IDEM#*", "SESSION#*", "WARM-UP", "WS#*"): "files and reservations",
    ("COUNTER#*", "IDEM#*", "KEY#*", "SESSION#*", "TOKEN#*", "WS#*"): "files, reservations and keys",
}


def test_every_function_is_listed():
    assert sorted(ALLOWED) == FUNCTIONS


def test_a_role_may_do_what_the_list_says_and_nothing_else(template, function, logical_id):
    assert permissions(template, logical_id) == ALLOWED[function]


def test_a_role_is_one_function_s_alone(template, function, logical_id):
    roles = {
        name: plain(it["Role"]) for name, it in template.of_type("AWS::Lambda::Function").items()
    }
    assert roles.pop(logical_id) == f"{logical_id}Role.Arn"
    assert f"{logical_id}Role.Arn" not in roles.values()


def test_no_policy_is_managed_by_somebody_else(template):
    for role in template.of_type("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        assert not template.of_type(kind)


def test_only_lambda_may_take_a_role(template):
    for role in template.of_type("AWS::IAM::Role").values():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert statement["Action"] == "sts:AssumeRole"


def test_no_action_has_a_wildcard():
    for actions in ALLOWED.values():
        assert not [action for action in actions if "*" in action]


def test_no_function_may_make_a_key():
    for actions in ALLOWED.values():
        with_keys = {action for action, where in actions.items() if "keys" in where}
        # It demands that there is one (shared/src/storage/keys/admission.rs).
        assert with_keys <= {"dynamodb:UpdateItem"}


def test_everything_is_only_what_traces_are_sent_to():
    for actions in ALLOWED.values():
        on_everything = {action for action, where in actions.items() if where == "everything"}
        assert on_everything == {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}


def permissions(template, logical_id: str) -> dict[str, str]:
    """A role's actions, each with what it may be done to."""
    bucket = "arn:${AWS::Partition}:s3:::slipway-${Stage}-${AWS::AccountId}-${AWS::Region}-an"
    names = {
        "*": "everything",
        "Table.Arn": None,
        "Table.StreamArn": "stream",
        f"{logical_id}Logs.Arn": "own log",
        f"{logical_id}DeadLetters.Arn": "own dead letters",
        bucket: "bucket",
        f"arn:${{AWS::Partition}}:secretsmanager:{HERE}:secret:slipway-${{Stage}}/signing-??????": (
            "signing secret"
        ),
        f"{bucket}/*": "objects",
    }
    (policy,) = template.properties(f"{logical_id}Role")["Policies"]
    allowed = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        if "Fn::If" in statement:
            condition, statement, _ = statement["Fn::If"]
            assert condition == "Traced"
        assert statement["Effect"] == "Allow"
        for action in listed(statement["Action"]):
            assert action not in allowed, f"{action} is allowed twice"
            allowed[action] = where(statement, names[plain(statement["Resource"])])
    return allowed


def where(statement: dict, name: str | None) -> str:
    """What a statement is about; of the table, the partitions that its condition names."""
    if name is not None:
        assert "Condition" not in statement
        return name
    # An action that names no partition, as Scan, would pass: none is allowed.
    ((operator, condition),) = statement["Condition"].items()
    assert operator == "ForAllValues:StringLike"
    return PARTITIONS[tuple(condition["dynamodb:LeadingKeys"])]
