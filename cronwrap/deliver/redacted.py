"""An event as it may leave the machine: without secrets."""

from cronwrap.event import Event
from cronwrap.redact import Redactor


def redacted(event: Event, redact: Redactor) -> Event:
    """Return *event* with marks in the places of secrets."""
    output = redact(event.output)
    return event.replace(
        output=output,
        # By as much as it grew or shrank, else what is whole would look like cut.
        output_bytes=event.output_bytes + len(output) - len(event.output),
        command=redact.text(event.command),
        detail=redact.text(event.detail),
        warning=redact.text(event.warning),
        note=redact.text(event.note),
    )
