"""The command line: `forestall`, and `python -m forestall`."""

import os
import signal
import sys

from forestall._forestall import command_line


def main() -> None:
    """Runs the command line and leaves with its exit code."""
    # The next file that is opened would take the number of a stream that the caller has closed, and its text.
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    # Python's own handler would hold an interrupt back until the work is done. Ignored interrupts stay ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(command_line(["forestall", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
