"""Stands for systemd's notification socket: binds the path and prints each message as a line of JSON, its lines as a list.

Closes the descriptors that come with a message, which ends the wait of sd_notify_barrier(3).
"""

import json
import os
import socket
import sys

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print(json.dumps(["LISTENING=1"]), flush=True)
while True:
    message, descriptors, _, _ = socket.recv_fds(receiver, 65536, 8)
    for descriptor in descriptors:
        os.close(descriptor)
    lines = message.decode().splitlines()
    if lines != ["BARRIER=1"]:
        print(json.dumps(lines), flush=True)
