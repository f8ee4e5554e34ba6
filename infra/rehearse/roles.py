"""The roles of the deployed functions, and what becomes of them when they lose a permission."""

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from stack import Stack


@dataclass(frozen=True)
class Role:
    """A function's role with its one inline policy."""

    stack: Stack
    name: str
    policy_name: str
    policy: dict

    @classmethod
    def of(cls, stack: Stack, function: str) -> "Role":
        """The role that a deployed function has. It has no policies but one inline."""
        configuration = stack.client("lambda").get_function_configuration(
            FunctionName=f"{stack.name}-{function}"
        )
        name = configuration["Role"].rpartition("/")[2]
        iam = stack.client("iam")
        assert not iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        [policy_name] = iam.list_role_policies(RoleName=name)["PolicyNames"]
        found = iam.get_role_policy(RoleName=name, PolicyName=policy_name)
        return cls(stack, name, policy_name, found["PolicyDocument"])

    def actions(self) -> list[str]:
        """All that it may do, sorted."""
        return sorted(
            {action for statement in self.policy["Statement"] for action in _actions(statement)}
        )

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Takes one action away for as long as the block."""
        policy = copy.deepcopy(self.policy)
        for statement in policy["Statement"]:
            statement["Action"] = [kept for kept in _actions(statement) if kept != action]
        policy["Statement"] = [kept for kept in policy["Statement"] if kept["Action"]]
        self._put(policy)
        try:
            yield
        finally:
            self._put(self.policy)

    def _put(self, policy: dict) -> None:
        self.stack.client("iam").put_role_policy(
            RoleName=self.name, PolicyName=self.policy_name, PolicyDocument=json.dumps(policy)
        )


def _actions(statement: dict) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions
