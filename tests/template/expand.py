"""The template as CloudFormation gets it: every AWS::Serverless resource expanded, offline.

On the command line it prints that as JSON, for the linters: they see more in it.
"""

import json
from pathlib import Path

from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samcli.yamlhelper import yaml_parse

TEMPLATE = Path(__file__).parents[2] / "infra" / "template.yaml"


def source() -> dict:
    """The template as it is written."""
    return yaml_parse(TEMPLATE.read_text())


def expanded() -> dict:
    """The template as CloudFormation gets it."""
    validator = SamTemplateValidator(source(), NoManagedPolicies(), region="us-east-1")
    return json.loads(json.dumps(yaml_parse(validator.get_translated_template_if_valid())))


class NoManagedPolicies:
    """No function names one, so no account needs to be asked for the list of them."""

    def load(self) -> dict:
        """The account's managed policies, by name."""
        return {}


if __name__ == "__main__":
    print(json.dumps(expanded(), indent=2))
