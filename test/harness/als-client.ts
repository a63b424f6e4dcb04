import { Client, credentials } from "@grpc/grpc-js";

export const ALS_PATHS = {
  v3: "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs",
  v2: "/envoy.service.accesslog.v2.AccessLogService/StreamAccessLogs",
  satellite: "/satellite.envoy.accesslog.v3.SatelliteAccessLogService/StreamAccessLogs",
  mesh: "/skywalking.v3.ServiceMeshMetricService/collect",
} as const;
export type AlsPath = keyof typeof ALS_PATHS;

const identity = (bytes: Buffer): Buffer => bytes;

/** Sends messages on one stream, half-closes, and resolves with the answer. */
export function sendMessages(
  address: string,
  messages: readonly Buffer[],
  path: AlsPath = "v3",
  channel = credentials.createInsecure(),
): Promise<Buffer> {
  const client = new Client(address, channel, { "grpc.max_send_message_length": -1 });
  return new Promise<Buffer>((resolve, reject) => {
    const stream = client.makeClientStreamRequest(ALS_PATHS[path], identity, identity, (error, answer) => {
      client.close();
      if (error) reject(error);
      else resolve(answer as Buffer);
    });
    for (const message of messages) stream.write(message);
    stream.end();
  });
}
