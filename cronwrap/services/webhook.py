"""The webhook: requests that its user's own settings describe.

Method, headers and body are settings, and are templates themselves; so the definition is
read again with them in it.
"""

from collections.abc import Mapping
from typing import Any

from cronwrap.services import spec
from cronwrap.services.base import Service
from cronwrap.services.table import Table

# The whole event; what a run has not is left out.
EVENT = {
    "schema": "cronwrap/1",
    "check": "{check}",
    "run_id": "{run_id}",
    "phase": "{phase}",
    "reason": "{reason}",
    "detail": "{detail}",
    "warning": "{warning}",
    "note": "{note}",
    "metrics": "{metrics}",
    "summary": "{summary}",
    "started_at": "{started_at}",
    "finished_at": "{finished_at}",
    "delivered_late": "{late}",
    "superseded": "{superseded}",
    "failures": "{failures}",
    "recovered": "{recovered}",
    "duration_s": "{duration_s}",
    "exit_status": "{exit_status}",
    "signal": "{signal}",
    "core_dumped": "{core_dumped}",
    "oom_killed": "{oom_killed}",
    "host": "{host}",
    "user": "{user}",
    "command": "{command}",
    "environment": "{environment}",
    "output": "{output}",
    "output_bytes": "{output_bytes}",
    "cpu_user_s": "{cpu_user_s}",
    "cpu_system_s": "{cpu_system_s}",
    "max_rss_bytes": "{max_rss_bytes}",
    "tree_max_rss_bytes": "{tree_max_rss_bytes}",
    "tags": "{tags}",
}
KEY = "{run_id}/{phase}/{at|unix_ms}"


def build(definition: spec.Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint.

    Args:
        definition: what webhook.toml says.
        settings: of the endpoint.
        table: the endpoint's own, for messages.
    """
    bodies = {key: settings[key] for key in ("text", "json") if settings.get(key)}
    finished = {
        **definition.table,
        "every": {},  # all that is to be said of it stands in the endpoint's own table
        "url": "{url}",
        "method": settings["method"],
        # A run has many logs: each is the same at each try, and no other's.
        "headers": {"Idempotency-Key": KEY, **settings.get("headers", {})},
        "sign": {"header": "X-Cronwrap-Signature", "key": "{secret}", "prefix": "sha256="},
        **(bodies or {"json": EVENT}),
    }
    own = spec.read(definition.name, finished, table.path, table.name)
    return spec.TemplateService(definition=own, settings=settings)
