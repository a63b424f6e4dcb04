/** The message types of proto/, by protobufjs. */
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

const PROTO = fileURLToPath(new URL("../../proto/", import.meta.url));

const root = new protobuf.Root();
root.resolvePath = (_origin, target) => PROTO + target;
root.loadSync(["envoy/service/accesslog/v3/als.proto", "skywalking/v3/service_mesh.proto"], { keepCase: true });

const type = (name: string): protobuf.Type => root.lookupType(name);

export const TYPES = {
  message: type("envoy.service.accesslog.v3.StreamAccessLogsMessage"),
  identifier: type("envoy.service.accesslog.v3.StreamAccessLogsMessage.Identifier"),
  httpEntry: type("envoy.data.accesslog.v3.HTTPAccessLogEntry"),
  tcpEntry: type("envoy.data.accesslog.v3.TCPAccessLogEntry"),
  common: type("envoy.data.accesslog.v3.AccessLogCommon"),
  request: type("envoy.data.accesslog.v3.HTTPRequestProperties"),
  response: type("envoy.data.accesslog.v3.HTTPResponseProperties"),
  connection: type("envoy.data.accesslog.v3.ConnectionProperties"),
  struct: type("google.protobuf.Struct"),
  meshMetrics: type("skywalking.v3.ServiceMeshMetrics"),
};

export function encode(message: protobuf.Type, value: object): Buffer {
  return Buffer.from(message.encode(message.fromObject(value)).finish());
}

export interface StructValue {
  readonly [key: string]: string | StructValue;
}

/** A plain object as the fields of a google.protobuf.Struct. */
export function structFields(object: StructValue): object {
  const fields = Object.entries(object).map(([key, value]) => [
    key,
    typeof value === "string" ? { string_value: value } : { struct_value: structFields(value) },
  ]);
  return { fields: Object.fromEntries(fields) };
}

/** A Struct inside Any, as the peers of Istio 1.24 and later come. */
export function structAny(object: StructValue): object {
  return { type_url: "type.googleapis.com/google.protobuf.Struct", value: encode(TYPES.struct, structFields(object)) };
}
