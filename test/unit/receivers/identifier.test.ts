import { expect, test } from "vitest";
import { encode, type StructValue, structFields, TYPES } from "../../../oap/demo/proto.ts";
import { httpEntry, istioNode, message, plainNode, pod } from "../../builders/access-log.ts";
import { decoding } from "./harness.ts";

const INBOUND = { http: [httpEntry({ common: { upstream_cluster: "inbound|80||" } })] };
const CART = istioNode(pod("cart"));
const WEB = istioNode(pod("web"));
const entries = message(null, INBOUND);

/** An identifier whose node has a metadata field that is cut off. */
const BROKEN = Buffer.from([0x0a, 0x04, 0x0a, 0x02, 0x1a, 0x7f]);
/** An identifier that comes as a number. */
const NUMBER = Buffer.from([0x08, 0x01]);

test("the identifier counts wherever in its message it stands", () => {
  const { rows, message: send } = decoding();
  send(Buffer.concat([entries, message(CART, {})]));
  expect(rows).toMatchObject([{ destination: "cart.bookinfo" }]);
});

test.for([
  ["alone in its message", BROKEN],
  ["before entries", Buffer.concat([BROKEN, entries])],
  ["behind entries", Buffer.concat([entries, BROKEN])],
])("an identifier that cannot be read, %s, is refused once", ([, bytes]) => {
  const { counters, message: send } = decoding();
  send(bytes as Buffer);
  expect(counters.refused).toEqual({ identifier_truncated: 1 });
});

test("an identifier of another wire type is a broken message, refused once", () => {
  const { counters, rows, message: send } = decoding();
  send(CART_MESSAGE);
  send(Buffer.concat([entries, NUMBER, entries]));
  expect(counters.refused).toEqual({ message_wire_type: 1 });
  expect(rows).toHaveLength(1);
});

test("entries behind an identifier that cannot be read are nobody's, and not those of the sender before", () => {
  const { counters, proxies, rows, message: send } = decoding();
  send(message(CART, INBOUND));
  send(Buffer.concat([BROKEN, entries]));
  send(entries);
  expect(rows).toHaveLength(1);
  expect(counters).toMatchObject({ entries: 3, unresolved: 2 });
  expect(proxies.snapshot().map(({ service, streams, reason }) => [service, streams, reason])).toEqual([
    ["cart.bookinfo", 0, null],
    [null, 1, "The identifier of its stream could not be read."],
  ]);
  send(message(WEB, INBOUND));
  expect(rows[1]).toMatchObject({ destination: "web.bookinfo" });
});

test("a broken envelope costs what comes behind the damage, and the stream goes on", () => {
  const { counters, rows, message: send } = decoding();
  send(CART_MESSAGE);
  send(Buffer.concat([entries, Buffer.from([0x00]), entries]));
  send(entries);
  expect(rows).toHaveLength(2);
  expect(counters.refused).toEqual({ message_field_number: 1 });
});

test("the list of built-in extensions is passed over", () => {
  const node = { id: "edge-1", cluster: "edge", extensions: Array.from({ length: 500 }, (_, i) => ({ name: `envoy.${i}` })) };
  const { rows, message: send } = decoding();
  send(message({ log_name: "http", node }, { http: [httpEntry()] }));
  expect(rows).toMatchObject([{ destination: "edge", destinationInstance: "edge-1" }]);
});

test("metadata nested deeper than any proxy's is refused", () => {
  let deep: StructValue = { a: "b" };
  for (let i = 0; i < 30; i++) deep = { deep };
  const node = { id: "x", metadata: structFields(deep) };
  const { counters, message: send } = decoding();
  send(encode(TYPES.message, { identifier: { node } }));
  expect(counters.refused).toEqual({ identifier_nesting: 1 });
});

test("numbers, booleans and lists in metadata are no names", () => {
  const metadata = {
    fields: {
      NAME: { number_value: 7 },
      NAMESPACE: { bool_value: true },
      LABELS: { list_value: { values: [{ string_value: "cart" }] } },
      SERVICE: { string_value: "cart" },
    },
  };
  const { rows, message: send } = decoding();
  send(message({ node: { id: "sidecar~10.0.0.1~cart-1.shop~shop.svc.cluster.local", metadata } }, INBOUND));
  expect(rows).toMatchObject([{ destination: "cart.-", destinationInstance: null }]);
});

test("a plain Envoy shows its two streams as one proxy", () => {
  const { proxies, message: send } = decoding();
  send(message(plainNode("edge", "edge-1"), { http: [httpEntry()] }));
  send(message(plainNode("edge", "edge-1"), { http: [httpEntry()] }));
  expect(proxies.snapshot()).toMatchObject([
    { node: "edge-1", service: "edge", instance: "edge-1", streams: 1, entriesTotal: 2 },
  ]);
});

const CART_MESSAGE = message(CART, {});
