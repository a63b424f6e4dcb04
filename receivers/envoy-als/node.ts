/** The identifier of a stream: who sends. Read once per stream, or whenever a message brings another one. */
import { expectType, LENGTH, type Wire } from "../decode/wire.ts";
import { type Metadata, readStruct } from "./struct.ts";

/** sidecar, gateway, waypoint as Istio names them; plain: any other Envoy. */
export type Role = "sidecar" | "gateway" | "waypoint" | "plain";

export interface Node {
  readonly id: string;
  readonly cluster: string;
  readonly metadata: Metadata;
}

/** Reads the Identifier between the cursor and its limit. @throws DecodeError */
export function readIdentifier(wire: Wire): Node {
  let id = "";
  let cluster = "";
  let metadata: Metadata = {};
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    if (tag >>> 3 !== 1) {
      wire.skip(tag);
      continue;
    }
    expectType(tag, LENGTH);
    const outer = wire.enter();
    while (wire.at < wire.limit) {
      const inner = wire.tag();
      const field = inner >>> 3;
      if (field > 3) {
        wire.skip(inner); // the list of built-in extensions among them: tens of kilobytes
        continue;
      }
      expectType(inner, LENGTH);
      const outerField = wire.enter();
      if (field === 1) id = wire.bytes.toString("utf8", wire.at, wire.limit);
      else if (field === 2) cluster = wire.bytes.toString("utf8", wire.at, wire.limit);
      else metadata = { ...metadata, ...readStruct(wire) };
      wire.leave(outerField);
    }
    wire.leave(outer);
  }
  return { id, cluster, metadata };
}

export function roleOf(id: string): Role {
  if (id.startsWith("sidecar~")) return "sidecar";
  if (id.startsWith("router~")) return "gateway";
  if (id.startsWith("waypoint~")) return "waypoint";
  return "plain";
}

/** The node's own addresses: the second part of an Istio id, and INSTANCE_IPS, which a dual-stack pod fills with several. */
export function ownAddresses(node: Node): Set<string> {
  const addresses = new Set<string>();
  if (roleOf(node.id) !== "plain") addresses.add(node.id.split("~")[1] ?? "");
  const { INSTANCE_IPS: list } = node.metadata;
  if (typeof list === "string") for (const address of list.split(",")) addresses.add(address.trim());
  addresses.delete("");
  return addresses;
}

/** The namespace a bare host name is meant in. */
export function namespaceOf(node: Node): string {
  const { NAMESPACE: namespace } = node.metadata;
  if (typeof namespace === "string" && namespace !== "") return namespace;
  return node.id.split("~")[3]?.split(".")[0] ?? "";
}
