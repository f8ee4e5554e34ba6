"""Bucket, table, queues and the events between them."""

import json
from pathlib import Path

from conftest import plain

CORS = json.loads((Path(__file__).parents[2] / "infra" / "cors.json").read_text())
BUCKET_NAME = "slipway-${Stage}-${AWS::AccountId}-${AWS::Region}-an"
QUEUES = ["ExpireFileDeadLetters", "VerifyUploadDeadLetters"]


def test_bucket_and_table_outlive_their_stack(template):
    for name in ("Bucket", "Table"):
        assert template.resources[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert template.resources[name]["UpdateReplacePolicy"] == "Retain"


def test_the_bucket_is_private(template):
    bucket = template.properties("Bucket")
    assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
    (ownership,) = bucket["OwnershipControls"]["Rules"]
    assert ownership["ObjectOwnership"] == "BucketOwnerEnforced"


def test_an_etag_is_an_md5(template):
    (rule,) = template.properties("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert "VersioningConfiguration" not in template.properties("Bucket")


def test_nothing_but_tls_reaches_bucket_or_queue(template):
    policies = template.of_type("AWS::SQS::QueuePolicy")
    assert sorted(plain(it["Queues"][0]) for it in policies.values()) == QUEUES
    for policy in [template.properties("BucketPolicy"), *policies.values()]:
        statement = policy["PolicyDocument"]["Statement"][0]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_pages_may_do_with_the_bucket_what_they_may_on_one_machine(template):
    allowed = {"Fn::Split": [",", {"Ref": "AllowedOrigins"}]}
    condition, given, _ = template.properties("Bucket")["CorsConfiguration"]["Fn::If"]
    assert condition == "PagesMayCall"
    (rule,) = given["CorsRules"]
    assert rule.pop("AllowedOrigins") == allowed
    assert rule == {
        "AllowedMethods": CORS["bucket"]["methods"],
        "AllowedHeaders": CORS["bucket"]["headers"],
        "ExposedHeaders": CORS["bucket"]["exposed"],
        "MaxAge": CORS["bucket"]["maxAgeSeconds"],
    }


def test_pages_may_ask_the_api_what_they_may_on_one_machine(template):
    cors = template.properties("Api")["Body"]["x-amazon-apigateway-cors"]
    condition, given, _ = cors["Fn::If"]
    assert condition == "PagesMayCall"
    # By now SAM has put the parameter's default in its place. There are no credentials: keys are headers.
    assert given == {
        "allowOrigins": {"Fn::Split": [",", "*"]},
        "allowMethods": CORS["api"]["methods"],
        "allowHeaders": CORS["api"]["headers"],
        "exposeHeaders": CORS["api"]["exposed"],
        "maxAge": CORS["api"]["maxAgeSeconds"],
    }


def test_parts_stay_longer_than_any_session_and_not_for_ever(template):
    parts, _ = template.properties("Bucket")["LifecycleConfiguration"]["Rules"]
    longest_session_days = int(template.parameters["SessionLifetimeSeconds"]["MaxValue"]) / 86400
    assert parts["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 8}
    assert longest_session_days < 8
    assert "Prefix" not in parts


def test_nothing_that_has_bytes_expires(template):
    rules = template.properties("Bucket")["LifecycleConfiguration"]["Rules"]
    expiring = [rule for rule in rules if [name for name in rule if "Expiration" in name]]
    assert [rule.pop("Id") for rule in expiring] == ["expire-notes"]
    # No workspace's name has an underscore.
    assert expiring == [{"Status": "Enabled", "Prefix": "_continue/", "ExpirationInDays": 1}]


def test_nobody_else_can_take_the_bucket_s_name(template):
    bucket = template.properties("Bucket")
    assert bucket["BucketNamespace"] == "account-regional"
    longest = plain(bucket["BucketName"]).replace("${AWS::AccountId}", "1" * 12)
    longest = longest.replace("${Stage}", "s" * 16).replace("${AWS::Region}", "ap-southeast-1")
    assert longest.endswith("-an")
    assert len(longest) <= 63


def test_what_lies_in_the_bucket_is_never_replaced(template):
    _, once = template.properties("BucketPolicy")["PolicyDocument"]["Statement"]
    assert (once["Effect"], once["Principal"], once["Action"]) == ("Deny", "*", "s3:PutObject")
    # verify-upload puts its note again when it is started again.
    assert plain(once["NotResource"]) == "${Bucket.Arn}/_continue/*"
    assert once["Condition"] == {
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }


def test_functions_and_roles_name_the_bucket_that_there_is(template, logical_id):
    assert plain(template.properties("Bucket")["BucketName"]) == BUCKET_NAME
    environment = template.properties(logical_id)["Environment"]["Variables"]
    assert plain(environment["BUCKET_NAME"]) == BUCKET_NAME
    assert plain(environment["TABLE_NAME"]) == "Table"


def test_the_table_has_the_layout_that_storage_expects(template):
    table = template.properties("Table")
    assert plain(table["TableName"]) == "slipway-${Stage}"
    keys = {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]}
    assert keys == {"HASH": "pk", "RANGE": "sk"}
    assert {it["AttributeType"] for it in table["AttributeDefinitions"]} == {"S"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def test_the_table_costs_by_request_and_can_be_restored(template):
    table = template.properties("Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_every_upload_is_verified_and_a_failure_is_kept(template):
    (event,) = template.properties("Bucket")["NotificationConfiguration"]["LambdaConfigurations"]
    assert event["Event"] == "s3:ObjectCreated:*"
    assert plain(event["Function"]) == "VerifyUpload.Arn"
    assert "Filter" not in event
    (invocation,) = template.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert plain(invocation["FunctionName"]) == "VerifyUpload"
    assert invocation["MaximumRetryAttempts"] == 2
    assert plain(invocation["DestinationConfig"]["OnFailure"]["Destination"]) == f"{QUEUES[1]}.Arn"


def test_every_end_of_a_session_by_ttl_is_handled_and_a_failure_is_kept(template):
    assert (
        template.properties("Table")["StreamSpecification"]["StreamViewType"]
        == "NEW_AND_OLD_IMAGES"
    )
    (mapping,) = template.of_type("AWS::Lambda::EventSourceMapping").values()
    assert plain(mapping["FunctionName"]) == "ExpireFile"
    assert plain(mapping["EventSourceArn"]) == "Table.StreamArn"
    assert plain(mapping["DestinationConfig"]["OnFailure"]["Destination"]) == f"{QUEUES[0]}.Arn"
    (only,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(only["Pattern"]) == {
        "eventName": ["REMOVE"],
        "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]},
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "SESSION#"}]}}},
    }


def test_one_bad_removal_does_not_hold_up_the_others(template):
    (mapping,) = template.of_type("AWS::Lambda::EventSourceMapping").values()
    assert mapping["BisectBatchOnFunctionError"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_removal_is_tried_as_long_as_the_stream_keeps_it(template):
    (mapping,) = template.of_type("AWS::Lambda::EventSourceMapping").values()
    assert mapping["MaximumRetryAttempts"] == -1
    hours = mapping["MaximumRecordAgeInSeconds"] / 3600
    assert 20 <= hours < 24, "the letter must go out while the record can be read"


def test_a_dead_letter_is_encrypted_and_kept_for_two_weeks(template):
    queues = template.of_type("AWS::SQS::Queue")
    assert sorted(queues) == QUEUES
    for queue in queues.values():
        assert queue["SqsManagedSseEnabled"]
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_the_outputs_are_what_a_client_and_an_operator_need(template):
    assert list(template.outputs) == ["ApiUrl", "Bucket", "Table"]
