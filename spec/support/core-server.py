"""A gRPC server on C-core, see spec/support/grpc-servers.ts: prints its events to stdout, restarts on SIGHUP."""

import re
import signal
import threading
from concurrent import futures

import grpc

WORD = re.compile(rb"(status|answer|length|refuse|hang)=(\d*)")
STATUSES = {code.value[0]: code for code in grpc.StatusCode}
ACCEPTED = b"\x08\x01"


PRINTING = threading.Lock()


def report(line):
    with PRINTING:
        print(line, flush=True)


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def refused(text):
    return b"\x12" + varint(len(text)) + text.encode() + b"\x18\x07"


def of_size(size):
    """An accepted BasicResponse of this size, in bytes."""
    rest = size - len(ACCEPTED) - 1
    length = rest - 1
    while len(varint(length)) + length > rest:
        length -= 1
    return ACCEPTED + b"\x12" + varint(length) + b"x" * length


def send_notification(request, context):
    report("called")
    match = WORD.search(request)
    word, number = (match[1].decode(), match[2].decode()) if match else ("", "")
    if word == "status":
        context.set_code(STATUSES[int(number)])
        context.set_details("so it said: 100% ü")
        return b""
    if word == "answer":
        return of_size(int(number))
    if word == "length":
        return refused(str(len(request)))
    if word == "refuse":
        return refused(number)
    if word == "hang":
        ended = threading.Event()
        # False if the call has already ended.
        if context.add_callback(ended.set):
            ended.wait()
        report("cancelled")
    return ACCEPTED


def with_text(text):
    return lambda _request, _context: b"\x0a\x02" + ACCEPTED + b"\x12" + varint(len(text)) + text.encode()


RPCS = {
    "send_notification": send_notification,
    "get_version": with_text("1.2.3"),
    "get_auth_token": with_text("the token"),
}


def start(port):
    handlers = {name: grpc.unary_unary_rpc_method_handler(rpc) for name, rpc in RPCS.items()}
    server = grpc.server(futures.ThreadPoolExecutor(64), options=[("grpc.so_reuseport", 1)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("cv_saas.CommsService", handlers),))
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, bound


# The threads that the server starts have the same mask: none of them takes the signal.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
server, port = start(0)
report(port)
while signal.sigwait({signal.SIGHUP}):
    successor, _ = start(port)
    server.stop(grace=10).wait()
    server = successor
    report("restarted")
