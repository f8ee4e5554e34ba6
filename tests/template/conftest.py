"""The expanded template, and the ways in which the tests look at it."""

from dataclasses import dataclass

import expand
import pytest

FUNCTIONS = sorted(path.name for path in expand.TEMPLATE.parents[1].glob("functions/*"))


@dataclass(frozen=True)
class Template:
    """A template, by its parts."""

    source: dict
    parameters: dict
    resources: dict
    outputs: dict

    def of_type(self, kind: str) -> dict:
        """The properties of every resource of a type, by logical id."""
        found = {name: it for name, it in self.resources.items() if it["Type"] == kind}
        return {name: it["Properties"] for name, it in found.items()}

    def properties(self, name: str) -> dict:
        """The properties of one resource."""
        return self.resources[name]["Properties"]


@pytest.fixture(scope="session")
def template() -> Template:
    """The template as CloudFormation gets it."""
    whole = expand.expanded()
    return Template(expand.source(), whole["Parameters"], whole["Resources"], whole["Outputs"])


@pytest.fixture(params=FUNCTIONS)
def function(request: pytest.FixtureRequest) -> str:
    """Each folder in functions/."""
    return request.param


@pytest.fixture
def logical_id(function: str) -> str:
    """The function's name in the template."""
    return pascal_case(function)


def pascal_case(name: str) -> str:
    """`create-file` as `CreateFile`."""
    return "".join(word.capitalize() for word in name.split("-"))


def plain(value: object) -> str:
    """A text or a reference as one text: `Table.Arn`, `Bucket`, `slipway-${Stage}`."""
    match value:
        case {"Ref": name}:
            return name
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name}.{attribute}"
        case {"Fn::Sub": text}:
            return text
        case _:
            return str(value)


def listed(value: object) -> list:
    """One or many, as many."""
    return value if isinstance(value, list) else [value]
