"""The functions: one for each folder, with what each needs to run and to be reached."""

import re
import tomllib
from pathlib import Path

import expand
from conftest import FUNCTIONS, pascal_case, plain

ROOT = Path(__file__).parents[2]
BEHIND_THE_API_SECONDS = 29
DIALECTS = ["geolens", "metastudio", "polar"]


def test_the_functions_are_the_folders_in_the_same_order(template):
    kind = "AWS::Serverless::Function"
    resources = template.source["Resources"].items()
    functions = {name: it["Properties"] for name, it in resources if it["Type"] == kind}
    assert list(functions) == [pascal_case(folder) for folder in FUNCTIONS]
    for folder, function in zip(FUNCTIONS, functions.values(), strict=True):
        assert function["CodeUri"] == f"../functions/{folder}"
        assert plain(function["FunctionName"]) == f"slipway-${{Stage}}-{folder}"


def test_the_routes_are_those_of_the_machine(template):
    assert routes(template) == router()


def test_the_docs_can_be_left_out(template):
    conditional = {name for name, it in template.resources.items() if it.get("Condition") == "DocsAreServed"}
    of_routes = {name for name in template.resources if name.startswith("GetDocs")}
    assert conditional == of_routes and {"GetDocs", "GetDocsLogs", "GetDocsRole"} < of_routes
    paths = template.properties("Api")["Body"]["paths"].items()
    conditional = {path for path, item in paths if any("Fn::If" in operation for operation in item.values())}
    assert conditional == {path for (_, path), name in routes(template).items() if name == "GetDocs"}


def test_every_route_speaks_payload_2(template):
    for integration in integrations(template).values():
        assert integration["payloadFormatVersion"] == "2.0"


def test_a_function_runs_what_cargo_built_and_is_traced_if_wanted(template, logical_id):
    function = template.properties(logical_id)
    assert function["Runtime"] == "provided.al2023"
    assert function["Handler"] == "bootstrap"
    assert [plain(it) for it in function["Architectures"]] == ["Architecture"]
    assert template.resources[logical_id]["Metadata"] == {"BuildMethod": "rust-cargolambda"}
    assert function["TracingConfig"] == {"Mode": {"Ref": "Tracing"}}
    assert template.parameters["Tracing"]["Default"] == "PassThrough"


def test_a_function_is_said_once(template, function, logical_id):
    """Function, role and log are neighbours, and nothing else names a function that the API calls."""
    text = expand.TEMPLATE.read_text()
    resources = list(template.source["Resources"])
    at = resources.index(logical_id)
    own = [logical_id, f"{logical_id}Role", f"{logical_id}Logs"]
    assert resources[at : at + 3] == own
    behind_api = "HttpApi" in str(template.source["Resources"][logical_id])
    if behind_api:
        entry = text[text.index(f"\n  {logical_id}:\n") :]
        entry = entry[: re.search(rf"\n  {logical_id}Logs:\n(?:    .*\n)+", entry).end()]
        name = rf"\b{logical_id}(?:Role|Logs)?\b|\b{function}(?![-\w])"
        elsewhere = re.sub(r"(?m)^ *#.*$", "", text.replace(entry, ""))
        assert not re.findall(name, elsewhere)


def test_the_api_answers_by_ipv6_too(template):
    (server,) = template.properties("Api")["Body"]["servers"]
    assert server == {"x-amazon-apigateway-endpoint-configuration": {"ipAddressType": "dualstack"}}


def test_memory_and_time_are_enough_and_no_more(template):
    given = {
        name: (function["MemorySize"], function["Timeout"])
        for name, function in template.of_type("AWS::Lambda::Function").items()
    }
    assert given.pop("VerifyUpload") == (512, 900)
    assert given.pop("ExpireFile") == (256, 60)
    assert given.pop("NoRoute") == (128, BEHIND_THE_API_SECONDS)
    # They read bytes while a client waits, and a core's share is bought by memory.
    reading = {"CompleteFile", *map(pascal_case, DIALECTS)}
    assert {given.pop(name) for name in reading} == {(512, BEHIND_THE_API_SECONDS)}
    assert set(given.values()) == {(256, BEHIND_THE_API_SECONDS)}
    assert set(given) == set(routes(template).values()) - reading - {"NoRoute"}


def test_only_the_function_that_calls_itself_may_do_so_without_end(template):
    loops = {
        name: function.get("RecursiveLoop", "Terminate")
        for name, function in template.of_type("AWS::Lambda::Function").items()
    }
    assert loops.pop("VerifyUpload") == "Allow"
    assert set(loops.values()) == {"Terminate"}


def test_a_function_s_log_is_its_own_and_ends(template, function, logical_id):
    logging = template.properties(logical_id)["LoggingConfig"]
    assert logging["LogFormat"] == "JSON"
    assert plain(logging["LogGroup"]) == f"{logical_id}Logs"
    log = template.properties(f"{logical_id}Logs")
    assert plain(log["LogGroupName"]) == f"/aws/lambda/slipway-${{Stage}}-{function}"
    assert plain(log["RetentionInDays"]) == "LogRetentionDays"


def test_the_environment_is_what_the_functions_read(template, logical_id):
    named = re.findall(r'"([A-Z][A-Z_]+)"', production_code("shared/src/config.rs"))
    # AWS_* is Lambda's to give; the bucket's encryption is the default that it has here.
    expected = {name for name in named if not name.startswith("AWS_")} - {"BUCKET_ENCRYPTION"}
    # A secret is told to nobody who has no use for it.
    if logical_id != "Metastudio":
        expected -= {"SIGNING_SECRET_ID"}
    assert set(template.properties(logical_id)["Environment"]["Variables"]) == expected


def test_the_stage_refuses_more_than_strangers_may_cost(template):
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": {"Ref": "ApiRatePerSecond"},
        "ThrottlingBurstLimit": {"Ref": "ApiBurst"},
    }
    # One key at its limit in every category stays far below.
    of_a_key = int(template.parameters["RateLimitPerSecond"]["Default"])
    assert int(template.parameters["ApiRatePerSecond"]["Default"]) >= 10 * 3 * of_a_key


def test_the_defaults_are_those_of_the_readme(template):
    documented = (ROOT / "README.md").read_text()
    for parameter, row in {
        "SessionLifetimeSeconds": "| `SESSION_LIFETIME_SECONDS` | {} |",
        "DownloadLifetimeSeconds": "| `DOWNLOAD_LIFETIME_SECONDS` | {} |",
        "RateLimitPerSecond": "| `RATE_LIMIT_PER_SECOND`, `RATE_LIMIT_BURST` | {}, 25 |",
        "RateLimitBurst": "| `RATE_LIMIT_PER_SECOND`, `RATE_LIMIT_BURST` | 25, {} |",
    }.items():
        assert row.format(template.parameters[parameter]["Default"]) in documented
    for parameter, mebibytes in {"MaxSizeBytes": 512, "MultipartThresholdBytes": 100}.items():
        variable = re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).upper()
        assert f"| `{variable}` | {mebibytes} MiB |" in documented
        assert int(template.parameters[parameter]["Default"]) == mebibytes * 1024 * 1024


def test_a_file_may_be_as_large_as_its_parts_can_make_it(template):
    largest = 10_000 * 5 * 1024**3
    assert int(template.parameters["MaxSizeBytes"]["MaxValue"]) == largest


def test_no_permission_to_call_a_function_is_for_everybody(template):
    for permission in template.of_type("AWS::Lambda::Permission").values():
        assert "SourceArn" in permission or "SourceAccount" in permission


def routes(template) -> dict[tuple[str, str], str]:
    """The function behind each method and path."""
    called = re.compile(r"functions/\$\{(\w+)\.Arn\}/invocations")
    return {
        route: called.search(unconditional(integration["uri"])["Fn::Sub"])[1]
        for route, integration in integrations(template).items()
    }


def router() -> dict[tuple[str, str], str]:
    """The routes of `cargo lambda watch`, which those of a deployment must be."""
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    found = {}
    for path, targets in manifest["workspace"]["metadata"]["lambda"]["watch"]["router"].items():
        route = "$default" if path == "/{*path}" else path.replace("{*path}", "{proxy+}")
        of_any = [{"method": "ANY", "function": targets}]
        for target in of_any if isinstance(targets, str) else targets:
            found[target["method"], route] = pascal_case(target["function"])
    return found


def integrations(template) -> dict[tuple[str, str], dict]:
    """How the API calls each method and path."""
    found = {}
    for path, item in template.properties("Api")["Body"]["paths"].items():
        for method, operation in item.items():
            method = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            found[method, path] = unconditional(operation)["x-amazon-apigateway-integration"]
    return found


def unconditional(value: dict) -> dict:
    """A value that is there if a condition holds."""
    return value["Fn::If"][1] if "Fn::If" in value else value


def production_code(path: str) -> str:
    """A Rust source without its tests."""
    return (ROOT / path).read_text().split("#[cfg(test)]")[0]
