"""What people are told: why an expression is refused and what to write, and what is odd in one."""

from cronwrap.schedule.dialects import Dialect, Range

# By kind: the message, and the hint. {word} and what else a reader gave; {title}, {low}, {high}
# and {names} of the field; {daemon}.
REFUSALS: dict[str, tuple[str, str]] = {
    "no_schedule": ("there is no schedule", "write five fields: {five}"),
    "few_fields": ("a schedule has five fields, and here are {count}", "write {five}"),
    "many_fields": (
        "a schedule has {most} fields, and here are {count}",
        "write {five}, and no command",
    ),
    "nickname": ("{daemon} does not know {word}", "{known}"),
    "comment": ("{daemon} takes # for a comment, wherever it stands", "write the fields without it"),
    "empty": ("a value is missing in the {title}", "write a value before and after each comma"),
    "bad_value": ("{word!r} is no value for the {title}", "write {values}"),
    "out_of_range": ("the {title} {word!r} is out of range", "write {values}"),
    "backwards": (
        "the range {word!r} runs backwards",
        "write two ranges: {two_ranges}",
    ),
    "bad_step": ("there is no number behind the slash", "write a number behind the slash, as in */5"),
    "step_zero": ("a step of 0 is none", "write a step of 1 or more"),
    "step_hangs": ("{daemon} hangs in a step of 0: {word!r}", "write a step of 1 or more"),
    "step_alone": (
        "{daemon} takes a step only behind * or a range",
        "write {write}",
    ),
    "step_too_large": (
        "the step {word} is more than {daemon} takes in the {title}",
        "write a step of 1 to {high}",
    ),
    "month_name": (
        "{daemon} refuses names of months, such as {word!r}",
        "write its number, {low}",
    ),
    "quartz": (
        "{word!r} is from Quartz, and {daemon} does not know it",
        "write {values}",
    ),
    "jenkins": (
        "'H' is from Jenkins, and {daemon} does not know it",
        "write one of {low} to {high}, another on each host; */15 for H/15",
    ),
    "random": (
        "{daemon} cannot make sense of ~ here, by which others draw a value",
        "write a value",
    ),
    "not_portable": (
        "Debian's cron and cronie read this differently",
        "{write}",
    ),
}  # fmt: skip
# What stands for Quartz's signs, where a field has some; the rest is the command's to ask.
_PLAINLY = {
    "day": "write 28-31, or the days that it may be, and ask for the right one in the command",
    "weekday": "write a plain weekday, and ask for its week in the command",
}
FIVE_FIELDS = "minute, hour, day of the month, month, weekday"
# Nicknames of others, by how they begin.
OF_OTHERS = (
    ("@every_", "that is FreeBSD's; write fields, as * * * * * for @every_minute"),
    (
        "@every",
        "that is of robfig/cron, in Kubernetes and other Go programs; write */5 * * * * for @every 5m",
    ),
)
FIELDS_INSTEAD = "the five fields, as 0 0 * * * for @daily"

ODDITIES: dict[str, str] = {
    "junk_skipped": "{daemon} skips {detail!r} without a word",
    "wrap_empty": "the range {detail} runs backwards: for {daemon} it is empty",
    "step_too_large": "the step is larger than the range: {detail}",
    "step_zero": "{daemon} takes a step of 0 for: {detail}",
    "random": "{daemon} draws {detail} each time it loads the file",
    "not_logged": "the - before the schedule keeps cronie from logging the job",
    "every_value": "{daemon} logs an error about {detail!r}, and then takes it for every value",
    "error_logged": "{daemon} logs an error about {detail!r}, but runs the job all the same",
    "sunday_daily": "{daemon} takes Sunday's name alone for every day: write 7",
    "cut_to_range": "{daemon} reads the range {detail}",
    "empty_list": "{daemon} takes {detail!r} for every value",
    "outside": "{daemon} takes {detail} in its memory for a value of another field",
    "no_comma": "{daemon} reads {detail!r} as one value more, though there is no comma",
    "zero_padded": "{daemon} misreads a number with a leading 0: {detail}",
    "weekly_monday": "{daemon} runs it on Mondays, other daemons on Sundays",
    "may_crash": "BusyBox crond knows nicknames only if it was built so; Debian's dies of them",
}


def refusal(
    kind: str, dialect: Dialect, field: Range | None, details: dict[str, object]
) -> tuple[str, str]:
    """Return message and hint."""
    message, hint = REFUSALS[kind]
    known: dict[str, object] = {"daemon": dialect.title, "five": FIVE_FIELDS, **details}
    if field is not None:
        known = {**known, "title": field.title, "values": values_of(field)}
        known.setdefault("low", field.low)
        known.setdefault("high", field.high)
        if kind == "backwards":
            low, high = known["low"], known["high"]
            known["two_ranges"] = f"{low}-{field.high},{field.low}-{high}"
        if kind == "quartz":
            hint = "write *" if known["word"] == "?" else _PLAINLY.get(field.name, hint)
    return message.format_map(known), hint.format_map(known)


def values_of(field: Range) -> str:
    """Return what a field may hold, for people.

    >>> from cronwrap.schedule.dialects import HOUR, MONTH
    >>> values_of(HOUR), values_of(MONTH)
    ('0 to 23', '1 to 12, or jan to dec')
    """
    if not field.names:
        return f"{field.low} to {field.high}"
    return f"{field.low} to {field.high}, or {field.names[0]} to {field.names[-1]}"
