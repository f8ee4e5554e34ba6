"""AWS::ApiGatewayV2::Api: the routes in its OpenAPI `Body`, and its CORS settings.

The emulator ignores the `Body`, which is where SAM puts every route, and keeps `CorsConfiguration`
in CloudFormation's spelling while it reads API Gateway's.
"""

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

from .patch import complete_resource

INTEGRATION = "x-amazon-apigateway-integration"
ANY_METHOD = "x-amazon-apigateway-any-method"
DEFAULT_PATH = "$default"
CORS = "x-amazon-apigateway-cors"


def fill() -> None:
    """Imports the `Body` when an API is created and when it changes."""
    complete_resource("AWS::ApiGatewayV2::Api", _import)


def _import(api_id: str, props: dict) -> None:
    body = props.get("Body") or {}
    routes, integrations = {}, {}
    for path, operations in (body.get("paths") or {}).items():
        for method, operation in operations.items():
            number = f"{len(routes):08x}"
            routes[number] = _route(number, _key(method, path))
            integrations[number] = _integration(number, operation[INTEGRATION])
    apigateway._routes[api_id] = routes
    apigateway._integrations[api_id] = integrations
    cors = provisioners._pascal_to_camel(props.get("CorsConfiguration") or body.get(CORS) or {})
    if cors:
        apigateway._apis[api_id]["corsConfiguration"] = cors


def _key(method: str, path: str) -> str:
    if path == DEFAULT_PATH:
        return "$default"
    return f"{'ANY' if method == ANY_METHOD else method.upper()} {path}"


def _route(number: str, key: str) -> dict:
    return {
        "routeId": number,
        **provisioners._apigw_v2_route_props({"RouteKey": key, "Target": f"integrations/{number}"}),
    }


def _integration(number: str, settings: dict) -> dict:
    return {
        "integrationId": number,
        **provisioners._apigw_v2_integration_props(
            {
                "IntegrationType": settings["type"].upper(),
                "IntegrationUri": settings["uri"],
                "PayloadFormatVersion": settings["payloadFormatVersion"],
            }
        ),
    }
