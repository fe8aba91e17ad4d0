"""Runs a program on a terminal of 80 x 24 for some screens, then makes the terminal 40 x 6, and stops the program.

Prints what it wrote as JSON: a list of screens, of which the last two are in the second size.
"""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios

clear = b"\x1b[H\x1b[2J"
terminal, end = pty.openpty()


def resize(rows, columns):
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


resize(24, 80)
program = subprocess.Popen(sys.argv[1:], stdin=end, stdout=end, stderr=end)
said = b""
for screens in (3, 6):
    while said.count(clear) < screens:
        said += os.read(terminal, 65536)
    resize(6, 40)
program.kill()
print(json.dumps([screen.decode(errors="replace") for screen in said.split(clear)[1:]]))
