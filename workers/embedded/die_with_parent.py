"""Run a programme that ends when its parent does, however the parent ends (Linux).

    python die_with_parent.py PARENT_PID PROGRAMME [ARGUMENT ...]

A file of its own, run by a fresh interpreter: the wish must be made between fork and exec, where the parent, which has
threads, can't safely run Python.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2); kept across execve


def main() -> None:
    """Ask the kernel for SIGTERM at the parent's death, then become the programme."""
    parent, programme = int(sys.argv[1]), sys.argv[2:]
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        sys.exit(f"prctl failed: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:  # it died before the wish was made
        sys.exit("the parent has ended")
    os.execv(programme[0], programme)  # noqa: S606  # no shell: a full path and its arguments


if __name__ == "__main__":
    main()
