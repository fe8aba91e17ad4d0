import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import cv_saas.CommsServiceGrpc;
import cv_saas.CvSaas.*;
import io.grpc.ManagedChannelBuilder;
import java.net.*;

/** Registers an app with cvmain and prints its notifications: java App [name] [cvmain's address] */
public class App {
  public static void main(String[] args) throws Exception {
    String name = args.length > 0 ? args[0] : "myapp";
    String cvmain = args.length > 1 ? args[1] : "127.0.0.1:7777";
    var channel = ManagedChannelBuilder.forTarget(cvmain).usePlaintext().build();
    var calls = CommsServiceGrpc.newBlockingStub(channel);

    // Listen first: what comes before the socket is there is lost.
    var socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
    int port = socket.getLocalPort();
    var address = MqttCommsIntegration.newBuilder().setHost("127.0.0.1").setPort(port);
    var request = RegisterMqttIntegrationRequest.newBuilder().setName(name).setIntegration(address);
    var answer = calls.withDeadlineAfter(5, SECONDS).registerMqttIntegration(request.build()).getResp();
    if (!answer.getSuccess()) throw new Exception("cvmain refused " + name + ": " + answer.getErrMsg());
    System.out.println("registered " + name + ", listening on port " + port);

    // Messages wait for an app that is not registered; those for one that has ended are lost.
    var goodbye = UnregisterMqttIntegrationRequest.newBuilder().setName(name).build();
    Runnable leave = () -> calls.withDeadlineAfter(5, SECONDS).unregisterMqttIntegration(goodbye);
    Runtime.getRuntime().addShutdownHook(new Thread(leave));

    byte[] buffer = new byte[32768];
    while (true) {
      var packet = new DatagramPacket(buffer, buffer.length);
      socket.receive(packet);
      // A JSON object, for the JSON library of your choice.
      System.out.println(new String(buffer, 0, packet.getLength(), UTF_8));
    }
  }
}
