"""Runs a program with a terminal as its stderr; once that says "subscribed", the terminal is stopped, as by Ctrl-S.

Prints "stopped" then. SIGTERM is passed on; the exit code is the program's.
"""

import os
import pty
import signal
import subprocess
import sys
import termios

terminal, end = pty.openpty()
program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=end)
signal.signal(signal.SIGTERM, lambda *_: program.terminate())
said = b""
while b"subscribed to" not in said:
    said += os.read(terminal, 4096)
termios.tcflow(end, termios.TCOOFF)
print("stopped", flush=True)
sys.exit(program.wait())
