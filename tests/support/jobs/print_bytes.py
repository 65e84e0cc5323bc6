"""print_bytes.py COUNT [DESCRIPTOR]: numbered lines, cut after COUNT bytes; see ``printed``."""

import os
import sys

LINES_AT_ONCE = 4096


def main() -> None:
    """Write it all, whatever a single write takes."""
    count = int(sys.argv[1])
    descriptor = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    number = 0
    while count:
        block = b"".join(b"%015d\n" % (number + n) for n in range(LINES_AT_ONCE))[:count]
        number += LINES_AT_ONCE
        count -= len(block)
        while block:
            block = block[os.write(descriptor, block) :]


if __name__ == "__main__":
    main()
