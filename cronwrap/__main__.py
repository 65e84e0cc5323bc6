"""Entry: the usual run line goes straight to run/, all else to cli/.

What stands at the top here is loaded before every job.
"""

import os
import sys

from cronwrap.run import options, session


def main() -> int:
    """Run a job, or whatever else the command line says; return the exit status."""
    words = sys.argv[1:]
    if words and words[0] not in options.SUBCOMMANDS:
        line = options.parse(words[1:] if words[0] == "run" else words)
        if not line.wants and not options.is_dry(line, os.environ):
            status = session.run(line)
            os._exit(status)  # 2 ms sooner than by taking the interpreter down
    from cronwrap.cli import main as cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
