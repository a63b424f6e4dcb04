import { expect, test } from "vitest";
import { httpLogUse, tcpLogUse } from "../../../receivers/envoy-als/log-type.ts";
import { httpEntry, istioNode, message, pod, tcpEntry } from "../../builders/access-log.ts";
import { decoding } from "./harness.ts";

const CART = istioNode(pod("cart"));
const WEB = istioNode(pod("web"));
const INBOUND = { upstream_cluster: "inbound|80||" };

interface Report {
  readonly type: number;
  readonly id?: string;
  readonly startTime?: string;
  readonly common?: object;
}

function tcp({ type, id = "c-1", common, ...rest }: Report, received: number, sent: number): object {
  return tcpEntry(received, sent, { ...rest, common: { ...INBOUND, access_log_type: type, stream_id: id, ...common } });
}

function http({ type, id = "r-1", common, ...rest }: Report, received: number, sent: number): object {
  return httpEntry({
    ...rest,
    common: { ...INBOUND, access_log_type: type, stream_id: id, ...common },
    request: { request_body_bytes: received },
    response: { response_body_bytes: sent },
  });
}

test("of HTTP entries only the end of a request counts", () => {
  const uses = Array.from({ length: 16 }, (_, type) => httpLogUse(type, false));
  expect(uses).toEqual([0, 3, 3, 3, 3, 1, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
  expect([httpLogUse(0, true), httpLogUse(6, true)]).toEqual([3, 0]);
});

test("of TCP entries the end of a connection or UDP session counts", () => {
  const uses = Array.from({ length: 16 }, (_, type) => tcpLogUse(type, false));
  expect(uses).toEqual([0, 2, 1, 0, 3, 3, 3, 3, 3, 3, 3, 3, 1, 0, 2, 3]);
  expect([tcpLogUse(0, true), tcpLogUse(3, true)]).toEqual([3, 0]);
});

test("all reports of a connection together carry its bytes once, and it opens and closes once", () => {
  const { rows, message: send } = decoding();
  const reports = [tcp({ type: 2 }, 10, 100), tcp({ type: 2 }, 10, 300), tcp({ type: 2 }, 25, 350), tcp({ type: 3 }, 30, 400)];
  for (const report of reports) send(message(CART, { tcp: [report] }));
  expect(rows.map((row) => [row.counted, row.received, row.sent, row.opened, row.closed])).toEqual([
    [0, 10, 100, 1, 0],
    [0, 0, 200, 0, 0],
    [0, 15, 50, 0, 0],
    [1, 5, 50, 0, 1],
  ]);
});

test("a connection that reports once opened, closed and carried all of its bytes in that report", () => {
  const { rows, message: send } = decoding();
  send(message(CART, { tcp: [tcp({ type: 3 }, 30, 400), tcp({ type: 0, id: "" }, 1, 2)] }));
  expect(rows.map((row) => [row.counted, row.received, row.sent, row.opened, row.closed])).toEqual([
    [1, 30, 400, 1, 1],
    [1, 1, 2, 1, 1],
  ]);
});

test("periodic reports of a long request give bytes and count no call until its end", () => {
  const { rows, message: send } = decoding();
  send(message(CART, { http: [http({ type: 5 }, 1_000, 0), http({ type: 5 }, 1_500, 10), http({ type: 6 }, 1_500, 90)] }));
  expect(rows.map(({ counted, received, sent }) => [counted, received, sent])).toEqual([
    [0, 1_000, 0],
    [0, 500, 10],
    [1, 0, 80],
  ]);
});

test("a request id that both proxies report is a stream of each", () => {
  const { rows, message: send } = decoding();
  for (const sender of [CART, WEB]) send(message(sender, { http: [http({ type: 5 }, 1_000, 7)] }));
  for (const sender of [CART, WEB]) send(message(sender, { http: [http({ type: 6 }, 1_200, 9)] }));
  expect(rows.map(({ received, sent }) => [received, sent])).toEqual([
    [1_000, 7],
    [1_000, 7],
    [200, 2],
    [200, 2],
  ]);
});

test("calls that one workload makes under one request id are streams of their own", () => {
  const { rows, message: send } = decoding();
  const first = "2026-03-01T10:16:00.000001Z";
  const second = "2026-03-01T10:16:00.000009Z";
  for (const startTime of [first, second]) send(message(CART, { http: [http({ type: 5, startTime }, 500, 5)] }));
  for (const startTime of [first, second]) send(message(CART, { http: [http({ type: 6, startTime }, 600, 6)] }));
  expect(rows.map(({ received }) => received)).toEqual([500, 500, 100, 100]);
});

test("without a stream id bytes count at the end alone", () => {
  const { rows, message: send } = decoding();
  send(
    message(CART, {
      tcp: [tcp({ type: 2, id: "" }, 10, 20), tcp({ type: 2, id: "" }, 30, 40), tcp({ type: 3, id: "" }, 50, 60)],
    }),
  );
  expect(rows.map(({ received, sent }) => [received, sent])).toEqual([
    [0, 0],
    [0, 0],
    [50, 60],
  ]);
});

test("counters that go back give no bytes, and the highest is what later ones are measured from", () => {
  const { rows, message: send } = decoding();
  send(message(CART, { tcp: [tcp({ type: 2 }, 100, 0), tcp({ type: 2 }, 40, 0), tcp({ type: 3 }, 110, 0)] }));
  expect(rows.map(({ received }) => received)).toEqual([100, 0, 10]);
});

test("streams beyond the memory are forgotten longest silent first, and counted", () => {
  const { context, rows, message: send } = decoding();
  const batch = (from: number): object[] =>
    Array.from({ length: 20_000 }, (_, i) => tcp({ type: 2, id: `c-${from + i}` }, 10, 0));
  for (let from = 0; from < 100_000; from += 20_000) send(message(CART, { tcp: batch(from) }));
  expect(context.streamBytes.evictions).toBe(0);
  send(message(CART, { tcp: [tcp({ type: 2, id: "c-0" }, 11, 0), tcp({ type: 2, id: "new" }, 1, 0)] }));
  expect(context.streamBytes.evictions).toBe(1);
  const before = rows.length;
  send(message(CART, { tcp: [tcp({ type: 3, id: "c-0" }, 12, 0), tcp({ type: 3, id: "c-1" }, 12, 0)] }));
  expect(rows.slice(before).map(({ received }) => received)).toEqual([1, 12]);
});
