"""What a function's role allows, for the calls that Lambda itself makes in the role's name."""

from ministack.core.iam_evaluator import EvalContext, evaluate, resolve_principal
from ministack.core.lambda_runtime import execution_credentials
from ministack.core.responses import get_account_id, get_region


def allows(config: dict, action: str, resource: str) -> bool:
    """Whether the role in a function's configuration may do `action` on `resource`."""
    access_key = execution_credentials(config)["AWS_ACCESS_KEY_ID"]
    principal = resolve_principal(access_key, get_account_id())
    context = EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        source_ip="127.0.0.1",
        secure_transport=True,
        principal_keys=principal.keys,
    )
    return evaluate(context, principal.policies, *principal.limits).decision == "Allow"
