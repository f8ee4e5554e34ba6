"""Alarms, dashboard and access log."""

import json
import re
from pathlib import Path

import pytest
from conftest import FUNCTIONS, pascal_case, plain

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "infra" / "README.md"


CALLED_BY_AWS = ["ExpireFile", "VerifyUpload"]


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
@pytest.mark.parametrize("name", CALLED_BY_AWS)
def test_a_function_that_aws_calls_raises_an_alarm_when_it_fails(template, name, metric):
    alarm = template.properties(f"{name}{metric}")
    assert watched(alarm) == ("AWS/Lambda", metric, name)
    assert alarm["Threshold"] == 1


def test_of_the_functions_behind_the_api_one_alarm_watches_the_rate_of_5xx(template):
    alarm = template.properties("ApiServerErrors")
    rate, *terms = alarm["Metrics"]
    of = {term["Id"]: term["MetricStat"]["Metric"] for term in terms}
    assert {it: metric["MetricName"] for it, metric in of.items()} == {
        "errors": "5xx",
        "requests": "Count",
    }
    for metric in of.values():
        assert [plain(it["Value"]) for it in metric["Dimensions"]] == ["Api"]
    assert rate["Expression"] == "IF(FILL(errors, 0) >= 5, 100 * errors / requests, 0)"
    assert alarm["Threshold"] == 1
    about_functions = [name for name in template.of_type("AWS::CloudWatch::Alarm") if name != kind(name)]
    assert all(name.startswith(tuple(CALLED_BY_AWS)) for name in about_functions)


@pytest.mark.parametrize(
    ("name", "watches"),
    [
        ("ApiLatency", ("AWS/ApiGateway", "Latency", "Api")),
        ("ExpireFileLag", ("AWS/Lambda", "IteratorAge", "ExpireFile")),
        (
            "ExpireFileDeadLettersArrived",
            ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "ExpireFileDeadLetters.QueueName"),
        ),
        (
            "VerifyUploadDeadLettersArrived",
            ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "VerifyUploadDeadLetters.QueueName"),
        ),
    ],
)
def test_an_alarm_watches_what_its_name_says(template, name, watches):
    assert watched(template.properties(name)) == watches


def test_latency_is_that_of_the_slowest_hundredth(template):
    alarm = template.properties("ApiLatency")
    assert alarm["ExtendedStatistic"] == "p99"
    assert "Statistic" not in alarm


def test_every_alarm_goes_to_the_topic_if_there_is_one(template):
    for alarm in template.of_type("AWS::CloudWatch::Alarm").values():
        for reaction in ("AlarmActions", "OKActions"):
            condition, topics, _ = alarm[reaction]["Fn::If"]
            assert condition == "AlarmsAreSent"
            assert [plain(topic) for topic in topics] == ["AlarmTopicArn"]
        assert alarm["TreatMissingData"] == "notBreaching"


def test_the_runbook_knows_every_alarm(template):
    chapters = re.findall(r"^### `(\w+)`", RUNBOOK.read_text(), re.MULTILINE)
    assert {kind(alarm) for alarm in template.of_type("AWS::CloudWatch::Alarm")} == set(chapters)


def test_the_dashboard_shows_what_the_functions_count(template):
    metrics = (ROOT / "shared/src/metrics.rs").read_text().split("#[cfg(test)]")[0]
    counted = set(re.findall(r'\("(\w+)", "(?:Count|Bytes)"', metrics))
    assert counted
    for name in counted:
        assert ["Slipway", name, "Stage", "${Stage}"] in shown(template)


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_the_dashboard_finds_how_each_function_fares(template, metric):
    expressions = [
        metric[0]["expression"]
        for widget in dashboard(template)["widgets"]
        for metric in widget["properties"]["metrics"]
        if isinstance(metric[0], dict)
    ]
    named = f'MetricName="{metric}" slipway ${{Stage}}'
    assert f"SEARCH('{{AWS/Lambda,FunctionName}} {named}', 'Sum', 300)" in expressions


def test_the_dashboard_is_about_its_own_region(template):
    for widget in dashboard(template)["widgets"]:
        assert widget["properties"]["region"] == "${AWS::Region}"


def test_the_dashboard_refers_to_what_there_is(template):
    text = template.properties("Dashboard")["DashboardBody"]["Fn::Sub"]
    names = {name.split(".")[0] for name in re.findall(r"\$\{([\w.]+)\}", text)}
    assert names <= {*template.resources, *template.parameters}


def test_the_access_log_names_routes_and_no_file(template):
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage").values()
    line = stage["AccessLogSettings"]["Format"]
    assert "$context.routeKey" in line
    assert "$context.path" not in line
    assert json.loads(re.sub(r"(?<!\")\$context\.\w+", "0", line)).keys() >= {"route", "status"}
    assert stage["StageName"] == "$default"
    assert plain(stage["AccessLogSettings"]["DestinationArn"]) == "ApiLogs.Arn"
    assert plain(template.properties("ApiLogs")["RetentionInDays"]) == "LogRetentionDays"


def watched(alarm: dict) -> tuple[str, str, str]:
    """What an alarm watches: namespace, metric and the one thing it is of."""
    (dimension,) = alarm["Dimensions"]
    return alarm["Namespace"], alarm["MetricName"], plain(dimension["Value"])


def kind(alarm: str) -> str:
    """An alarm's name without the function that it is of."""
    for function in sorted(map(pascal_case, FUNCTIONS), key=len, reverse=True):
        if alarm.startswith(function):
            return alarm.removeprefix(function)
    return alarm


def shown(template) -> list[list[str]]:
    """The metrics on the dashboard: namespace, name and dimension, with nothing left to repeat."""
    metrics = []
    for widget in dashboard(template)["widgets"]:
        above = []
        for metric in widget["properties"]["metrics"]:
            words = [word for word in metric if isinstance(word, str)]
            if words[:1] == ["..."]:
                words = above[: len(above) - len(words) + 1] + words[1:]
            above = [above[at] if word == "." else word for at, word in enumerate(words)]
            metrics.append(above)
    return metrics


def dashboard(template) -> dict:
    """The dashboard, with its references left as they are."""
    return json.loads(template.properties("Dashboard")["DashboardBody"]["Fn::Sub"])
