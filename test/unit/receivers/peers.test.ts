import { expect, test } from "vitest";
import { encode, structFields, TYPES } from "../../../oap/demo/proto.ts";
import { NameTemplate } from "../../../receivers/envoy-als/name-template.ts";
import { UNRESOLVED } from "../../../receivers/envoy-als/peer.ts";
import { httpEntry, istioNode, message, pod } from "../../builders/access-log.ts";
import { decoding } from "./harness.ts";

/** The same pod as both generations of Istio's proxies describe it: serialised Any. */
const FLATBUFFER = `Ci50eXBlLmdvb2dsZWFwaXMuY29tL2dvb2dsZS5wcm90b2J1Zi5CeXRlc1ZhbHVlEt8CCtwCHAAA
ABgAGAAUABAADAAAAAgAAAAAAAAAAAAEABgAAADwAAAA/AAAAAwAAAAIAQAAFAEAAAQAAAC0AAAA
aAAAACgAAAAEAAAAZP///wgAAAAMAAAAAgAAAHYxAAAHAAAAdmVyc2lvbgCE////CAAAAAwAAAAC
AAAAdjEAACMAAABzZXJ2aWNlLmlzdGlvLmlvL2Nhbm9uaWNhbC1yZXZpc2lvbgDA////CAAAABQA
AAALAAAAcHJvZHVjdHBhZ2UAHwAAAHNlcnZpY2UuaXN0aW8uaW8vY2Fub25pY2FsLW5hbWUACAAM
AAgABAAIAAAACAAAABQAAAALAAAAcHJvZHVjdHBhZ2UAAwAAAGFwcAAKAAAAS3ViZXJuZXRlcwAA
DgAAAHByb2R1Y3RwYWdlLXYxAAAIAAAAYm9va2luZm8AAAAAEwAAAHByb2R1Y3RwYWdlLXYxLTZi
N2YA`;
const STRUCT = `Cip0eXBlLmdvb2dsZWFwaXMuY29tL2dvb2dsZS5wcm90b2J1Zi5TdHJ1Y3QS2AEKFAoDYXBwEg0a
C3Byb2R1Y3RwYWdlChcKB2NsdXN0ZXISDBoKS3ViZXJuZXRlcwoXCgluYW1lc3BhY2USChoIYm9v
a2luZm8KHQoEbmFtZRIVGhNwcm9kdWN0cGFnZS12MS02YjdmChAKCHJldmlzaW9uEgQaAnYxChgK
B3NlcnZpY2USDRoLcHJvZHVjdHBhZ2UKFAoEdHlwZRIMGgpkZXBsb3ltZW50Cg8KB3ZlcnNpb24S
BBoCdjEKHAoId29ya2xvYWQSEBoOcHJvZHVjdHBhZ2UtdjE=`;

/** The value of a serialised Any. */
function valueOfAny(base64: string): Buffer {
  const type = TYPES.common.root.lookupType("google.protobuf.Any");
  return Buffer.from((type.decode(Buffer.from(base64.replaceAll("\n", ""), "base64")) as unknown as { value: Uint8Array }).value);
}

test.for([
  ["Struct", STRUCT, false],
  ["FlatBuffer", FLATBUFFER, true],
] as const)("the %s peer names the pod and its service", ([, any, isFlatBuffer]) => {
  const { context, names } = decoding();
  const bytes = valueOfAny(any);
  const workload = context.peers.resolve(bytes, 0, bytes.length, isFlatBuffer);
  expect(names.describe(workload)).toEqual({ service: "productpage.bookinfo", instance: "productpage-v1-6b7f" });
  expect(names.info(workload).attributes).toMatchObject({ pod: "productpage-v1-6b7f", namespace: "bookinfo", version: "v1" });
  expect(context.peers.resolve(bytes, 0, bytes.length, isFlatBuffer)).toBe(workload);
});

test("every truncation and every changed byte of either peer is read or refused, never thrown", () => {
  const { context } = decoding();
  for (const [any, isFlatBuffer] of [
    [STRUCT, false],
    [FLATBUFFER, true],
  ] as const) {
    const bytes = valueOfAny(any);
    for (let end = 0; end < bytes.length; end++) context.peers.resolve(bytes, 0, end, isFlatBuffer);
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        context.peers.resolve(changed, 0, changed.length, isFlatBuffer);
      }
    }
  }
  expect(context.peers.undecodable).toBeGreaterThan(0);
});

test("a FlatBuffer of more labels than a pod can have is refused", () => {
  const { context } = decoding();
  const bytes = valueOfAny(FLATBUFFER);
  const labels = bytes.indexOf(Buffer.from([4, 0, 0, 0, 0xb4, 0, 0, 0])); // the vector: its count, then its first offset
  expect(labels).toBeGreaterThan(0);
  bytes.writeUInt32LE(257, labels);
  expect(context.peers.resolve(bytes, 0, bytes.length, true)).toBe(UNRESOLVED);
  expect(context.peers.undecodable).toBe(1);
});

const struct = (object: Record<string, string>): Buffer => encode(TYPES.struct, structFields(object));

test("a peer without a canonical name falls back to app, then to workload; one without any name is nobody", () => {
  const { context, names } = decoding();
  const resolve = (object: Record<string, string>): string | null => {
    const bytes = struct(object);
    const workload = context.peers.resolve(bytes, 0, bytes.length, false);
    return workload === UNRESOLVED ? null : names.describe(workload).service;
  };
  expect(resolve({ namespace: "shop", app: "cart", workload: "cart-v1" })).toBe("cart.shop");
  expect(resolve({ namespace: "shop", workload: "cart-v1" })).toBe("cart-v1.shop");
  expect(resolve({ cluster: "Kubernetes" })).toBeNull();
});

test("name templates: first candidate that says something, keys in any case, quotes, text around, and - for nothing", () => {
  const metadata = { LABELS: { "app.kubernetes.io/name": "cart", version: "-" }, namespace: "shop", NAME: "" };
  const apply = (template: string): string | null => new NameTemplate(template).apply(metadata);
  expect(apply('${LABELS.app,LABELS."app.kubernetes.io/name"}.${NAMESPACE}')).toBe("cart.shop");
  expect(apply("e2e::${labels.version,NAMESPACE}!")).toBe("e2e::shop!");
  expect(apply("${NAME}.${NAMESPACE}")).toBe("-.shop");
  expect(apply("${NAME,LABELS}")).toBeNull();
  for (const bad of ["plain", "${a", '${"a}']) expect(() => new NameTemplate(bad)).toThrow("name template");
});

test("a Struct that names nobody or cannot be read leaves the word to the FlatBuffer beside it", () => {
  for (const value of [struct({ cluster: "Kubernetes" }), Buffer.from([0x0a, 0x7f])]) {
    const { rows, message: send } = decoding();
    const objects = { downstream_peer: { value }, "wasm.downstream_peer": { value: valueOfAny(FLATBUFFER) } };
    const common = { upstream_cluster: "inbound|80||", filter_state_objects: objects };
    send(message(istioNode(pod("cart")), { http: [httpEntry({ common })] }));
    expect(rows).toMatchObject([{ source: "productpage.bookinfo", sourceInstance: "productpage-v1-6b7f" }]);
  }
});

test("a gateway's destination is never read from the authority, which its clients choose", () => {
  const { rows, message: send } = decoding();
  const common = { upstream_remote_address: { pipe: { path: "/run/app" } } };
  send(message(istioNode(pod("edge"), "router"), { http: [httpEntry({ common, request: { authority: "reviews" } })] }));
  expect(rows.map(({ side, destination }) => [side, destination])).toEqual([
    ["server", "edge.bookinfo"],
    ["client", "UNKNOWN"],
  ]);
});

test("of a value's kinds the last one counts, and of a field that comes twice the last value", () => {
  const { context, names } = decoding();
  const field = (key: string, value: readonly number[]): Buffer =>
    Buffer.from([0x0a, key.length + value.length + 4, 0x0a, key.length, ...Buffer.from(key), 0x12, value.length, ...value]);
  const cart = [0x1a, 4, ...Buffer.from("cart")];
  const web = [0x1a, 3, ...Buffer.from("web")];
  const truth = [0x20, 1];
  const resolve = (...values: number[][]): string | null => {
    const bytes = Buffer.concat([struct({ app: "other", namespace: "shop" }), ...values.map((value) => field("service", value))]);
    return names.describe(context.peers.resolve(bytes, 0, bytes.length, false)).service;
  };
  expect([resolve(cart), resolve([...truth, ...cart]), resolve(cart, web)]).toEqual(["cart.shop", "cart.shop", "web.shop"]);
  expect([resolve([...cart, ...truth]), resolve(cart, truth)]).toEqual(["other.shop", "other.shop"]);
});

test("large peers are bounded by their bytes", () => {
  const { context } = decoding();
  for (let i = 0; i < 5_000; i++) {
    const bytes = struct({ service: "cart", namespace: "shop", revision: `${i}`, filler: "x".repeat(15_000) });
    context.peers.resolve(bytes, 0, bytes.length, false);
  }
  expect(context.peers.evictions).toBe(1);
});

test("peers beyond the memory start it anew, counted, and are still named", () => {
  const { context, names } = decoding();
  const resolve = (i: number): number => {
    const bytes = struct({ service: `s${i % 7}`, namespace: "shop", revision: `r${i}` });
    return context.peers.resolve(bytes, 0, bytes.length, false);
  };
  for (let i = 0; i < 50_000; i++) resolve(i);
  expect(context.peers.evictions).toBe(0);
  expect(names.describe(resolve(50_000)).service).toBe(`s${50_000 % 7}.shop`);
  expect([context.peers.evictions, resolve(0) === resolve(7)]).toEqual([1, true]);
});
