"""Registers an app with cvmain and prints its notifications: python3 app.py [name] [cvmain's address]"""
import json
import socket
import sys

import grpc
import cv_saas_pb2 as cv

name, cvmain = (sys.argv[1:] + ["myapp", "127.0.0.1:7777"][len(sys.argv) - 1 :])[:2]
channel = grpc.insecure_channel(cvmain)


def call(rpc, request):
    method = channel.unary_unary(
        f"/cv_saas.CommsService/{rpc}",
        request_serializer=type(request).SerializeToString,
        response_deserializer=cv.RegisterMqttIntegrationResponse.FromString,
    )
    return method(request, timeout=5).resp


# Listen first: what comes before the socket is there is lost.
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
host, port = udp.getsockname()
address = cv.MqttCommsIntegration(host=host, port=port)
answer = call("register_mqtt_integration", cv.RegisterMqttIntegrationRequest(name=name, integration=address))
if not answer.success:
    sys.exit(f"cvmain refused {name}: {answer.errMsg}")
print(f"registered {name}, listening on port {port}", flush=True)
try:
    while True:
        notification = json.loads(udp.recv(32768))
        vals = {each["k"]: each["v"] for each in notification["vals"]}
        print(f"{notification['type']}: {vals.get('body', '')}", flush=True)
except KeyboardInterrupt:
    # Messages wait for an app that is not registered; those for one that has ended are lost.
    call("unregister_mqtt_integration", cv.UnregisterMqttIntegrationRequest(name=name))
