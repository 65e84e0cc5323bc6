"""How bcron reads a field: ``timespec-parse.c``, in which items need no comma between them."""

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.reading import DIGITS, Reading, Scan, bad_value, c_int

_LONG_NAMES = {
    "month": (
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ),
    "weekday": ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
}  # fmt: skip


def read_bcron(text: str, field: Range) -> Reading:
    """Read a field as bcron does."""
    scan = Scan(text, field)
    _item(scan)
    while scan.at < len(text):
        start, commas = scan.at, scan.take(",")
        while scan.take(","):
            pass
        if scan.at == len(text):
            break
        _item(scan)
        if not commas:
            scan.odd("no_comma", start, text[start : scan.at])
    return scan.reading()


def _item(scan: Scan) -> None:
    start, step = scan.at, 1
    low, high = scan.field.low, scan.field.high
    if not scan.take("*"):
        low = high = _value(scan)
        if scan.take("-"):
            high = _value(scan)
    slash = scan.at
    if scan.take("/"):
        digits = scan.match(DIGITS)
        if not digits:
            raise scan.refused("bad_step", slash, word="")
        step = c_int(digits)
    if low < scan.field.low or high > scan.field.high:
        raise scan.refused("out_of_range", start)
    if low > high:
        raise scan.refused("backwards", start, low=low, high=high)
    if step <= 0:
        raise scan.refused("step_hangs", start)
    if step > max(high - low, 1):
        scan.odd("step_too_large", start, f"only {low}")
    scan.values.update(range(low, high + 1, step))


def _value(scan: Scan) -> int:
    digits = scan.match(DIGITS)
    if digits:
        return c_int(digits)
    rest = scan.text[scan.at :].lower()
    for number, long in enumerate(_LONG_NAMES.get(scan.field.name, ()), start=scan.field.low):
        for name in (long, long[:3]):
            if rest.startswith(name) and not rest[len(name) : len(name) + 1].isalpha():
                scan.at += len(name)
                return number
    raise bad_value(scan.text, scan.at)
