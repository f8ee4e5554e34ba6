"""Every permission of every role is needed: without it, what the function is for fails."""

import time
from collections.abc import Callable

import pytest

from owner import Owner
from roles import Role
from scenarios import OF_FUNCTION
from scene import Scene
from stack import FUNCTIONS, Stack
from uploader import Uploader
from waiting import LONG

# Lambda itself writes logs and traces, and the emulator's Lambda asks no role for that.
NOT_PROVABLE = ("logs:", "xray:")

# What a container reads when it starts, it knows for as long as it lives. Some read nothing of the table but
# the item that warms their connections up, and a start without that is slower, and no failure.
ONLY_AT_A_START = {
    ("metastudio", "secretsmanager:GetSecretValue"),
    ("cancel-file", "dynamodb:GetItem"),
    ("create-upload-token", "dynamodb:GetItem"),
    ("delete-file", "dynamodb:GetItem"),
    ("revoke-upload-token", "dynamodb:GetItem"),
    ("validate-key", "dynamodb:GetItem"),
}

# An upload that lost its place to another's is given up: that takes two requests at the same moment.
ONLY_IN_A_RACE = {("complete-file", "s3:AbortMultipartUpload")}


@pytest.fixture(scope="module")
def people(stack: Stack) -> tuple[Uploader, Owner]:
    """A user, and the owner looking at the same workspace."""
    return Uploader(stack, "matrix", stack.make_key("matrix")), Owner(stack, "matrix")


def test_every_function_has_a_scenario() -> None:
    assert sorted(OF_FUNCTION) == FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_needs_every_action_of_its_role(
    function: str, people: tuple[Uploader, Owner], matrix: list[tuple[str, str, str]]
) -> None:
    scenario = OF_FUNCTION[function]
    started = time.monotonic()
    scenario(Scene(*people, LONG))
    # What took that long with the permission is not waited for much longer without it.
    crippled = Scene(*people, patience=3 * (time.monotonic() - started) + 2)

    role = Role.of(people[1].stack, function)
    # A removal that fails without a permission must not stand in the way of the next.
    with people[1].giving_up_after(seconds=5):
        unnoticed = unnoticed_actions(function, role, crippled, matrix)
        scenario(Scene(*people, LONG))
    assert not unnoticed, f"{function} does its work without {unnoticed}"


def unnoticed_actions(
    function: str, role: Role, scene: Scene, matrix: list[tuple[str, str, str]]
) -> list[str]:
    """The actions without which the function's scenario still plays; each is noted in the matrix."""
    unnoticed = []
    for action in role.actions():
        if action.startswith(NOT_PROVABLE):
            matrix.append((function, action, "not provable here: no role is asked for it"))
            continue
        if (function, action) in ONLY_AT_A_START:
            matrix.append((function, action, "not provable here: needed only at a start"))
            continue
        if (function, action) in ONLY_IN_A_RACE:
            matrix.append((function, action, "not provable here: needed only in a race"))
            continue
        with role.without(action):
            noticed = failure_of(OF_FUNCTION[function], scene)
        matrix.append((function, action, noticed or "NOTHING"))
        if noticed is None:
            unnoticed.append(action)
    return unnoticed


def failure_of(scenario: Callable[[Scene], None], scene: Scene) -> str | None:
    """What fails in a scenario, in one line."""
    try:
        scenario(scene)
    except AssertionError as failure:
        return str(failure).partition("\n")[0]
    return None
