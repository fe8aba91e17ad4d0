"""Runs a program on a terminal of 80 x 24 for some screens, then makes the terminal 40 x 6, and stops the program.

Prints what it wrote as JSON: a list of screens, of which the last two are in the second size.
"""

import fcntl
import json
import os
import pty
import signal
import struct
import sys
import termios

clear = b"\x1b[H\x1b[2J"
# The terminal has to be the one that controls the program, for it to get SIGWINCH.
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])


def resize(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


resize(24, 80)
said = b""
for screens in (3, 6):
    while said.count(clear) < screens:
        said += os.read(terminal, 65536)
    resize(6, 40)
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
print(json.dumps([screen.decode(errors="replace") for screen in said.split(clear)[1:]]))
