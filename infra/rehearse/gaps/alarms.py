"""AWS::CloudWatch::Alarm: one on an expression is made as one on the first metric in it.

The emulator knows no metric math. No test here looks at what an alarm does.
"""

from collections.abc import Callable

from ministack.services.cloudformation import provisioners

from .patch import wrap


def fill() -> None:
    """Replaces the expression when an alarm is created and when it changes."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]
    wrap(handlers, "create", "logical_id props stack_name", _creating)
    wrap(handlers, "update", "physical_id old_props new_props stack_name logical_id", _updating)


def _creating(create: Callable) -> Callable:
    def create_alarm(logical_id, props, stack_name):
        return create(logical_id, _on_one_metric(props), stack_name)

    return create_alarm


def _updating(update: Callable) -> Callable:
    def update_alarm(physical_id, old_props, new_props, stack_name, logical_id=None):
        old, new = _on_one_metric(old_props), _on_one_metric(new_props)
        return update(physical_id, old, new, stack_name, logical_id)

    return update_alarm


def _on_one_metric(props: dict) -> dict:
    stats = [it["MetricStat"] for it in props.get("Metrics", []) if "MetricStat" in it]
    if not stats:
        return props
    rest = {name: value for name, value in props.items() if name != "Metrics"}
    first = {"Statistic": stats[0]["Stat"], "Period": stats[0]["Period"]}
    return rest | stats[0]["Metric"] | first
