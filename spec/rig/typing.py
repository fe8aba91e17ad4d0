"""Types lines into an interactive shell on a terminal, and prints the arguments that a command then got.

argv: a FIFO into which the command writes its arguments, each followed by a NUL and the last by a second one; then the
shell. stdin: a JSON list of lines, in which a tab is the key. Prints a JSON list of arguments for each line.
"""

import json
import os
import pty
import select
import sys

prompt = b"ready> "
deadline_s = 60

fifo_path, *shell = sys.argv[1:]
lines = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(shell[0], shell)
# Open for writing, too, so that it never ends.
fifo = os.open(fifo_path, os.O_RDWR)
screen = b""
given = b""


def until(is_done):
    """Reads what the shell writes, and what the command got, until that is enough."""
    global screen, given
    while not is_done():
        ready, _, _ = select.select([terminal, fifo], [], [], deadline_s)
        if not ready:
            sys.exit(f"nothing came; the terminal shows: {screen!r}")
        if terminal in ready:
            screen += os.read(terminal, 65536)
        if fifo in ready:
            given += os.read(fifo, 65536)


results = []
for line in lines:
    until(lambda: prompt in screen)
    screen = given = b""
    os.write(terminal, line.encode() + b"\r")
    until(lambda: given.endswith(b"\0\0"))
    results.append(given[:-2].decode().split("\0"))
# On hang-up, a shell writes its history: the home must not go away before that.
os.close(terminal)
os.waitpid(pid, 0)
print(json.dumps(results))
