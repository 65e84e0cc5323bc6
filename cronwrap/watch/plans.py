"""What the configuration says of when checks should run, also of those that never have."""

from collections.abc import Mapping

from cronwrap.config import Config
from cronwrap.run import options
from cronwrap.run.job import assemble
from cronwrap.store.checks import Check
from cronwrap.watch.due import Plan


def plans(config: Config, environ: Mapping[str, str]) -> dict[str, Plan]:
    """Return the plan of each check that has a table of its own."""
    outer = {name: value for name, value in environ.items() if not name.startswith("CRONWRAP_")}
    return {name: plan(name, config, outer) for name in config.checks}


def endpoints(check: Check | None, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return where a check reports, and the files in which names are looked up.

    Its last run knows best: its command line may have said something else than the configuration.
    """
    if check is not None and check.endpoints:
        return check.endpoints, check.config_files
    return plan.endpoints, plan.config_files


def plan(name: str, config: Config, environ: Mapping[str, str]) -> Plan:
    """Return when the check *name* should run, by the configuration."""
    line = options.Line()
    line.command = ["true"]
    line.given["check"] = [name]
    job = assemble(line, environ, config)
    return Plan(
        schedule=job.schedule or "",
        timezone=job.timezone or "",
        grace_s=job.grace,
        endpoints=tuple(job.endpoint),
        config_files=tuple(path for path, _ in config.files),
        origin=job.origins["schedule"],
    )
