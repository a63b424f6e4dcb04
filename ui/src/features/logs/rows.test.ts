import { expect, test } from "vitest";
import type { MeshLog } from "../../lib/mesh-log-types.ts";
import { decodeSearch } from "../../lib/url-state.ts";
import { detailGroups } from "./detail-groups.ts";
import { extentOf } from "./extent.ts";
import { momentOf, rowsOf } from "./rows.ts";

const LOG: MeshLog = {
  time: 1,
  kept: "REST",
  weight: 1,
  kind: "http",
  detectPoint: "server",
  reporter: "cart.shop",
  instance: "cart-1",
  node: "node-1",
  caller: "web.shop",
  callerInstance: null,
  callee: null,
  calleeInstance: null,
  endpoint: "GET:/",
  method: "GET",
  protocol: "",
  authority: "",
  path: "/",
  query: null,
  code: null,
  grpcStatus: null,
  flags: [],
  codeDetails: "",
  failureReason: null,
  duration: null,
  phases: [],
  requestHeaderBytes: 0,
  requestBodyBytes: 0,
  responseHeaderBytes: 0,
  responseBodyBytes: 0,
  attempts: 1,
  tlsMode: "none",
  tlsVersion: "",
  serverName: "",
  localPrincipal: "",
  peerPrincipal: "",
  requestId: "id",
  traceId: null,
  downstreamAddress: "",
  upstreamAddress: "",
  upstreamCluster: "",
  route: "",
  userAgent: "",
  requestHeaders: [],
  responseHeaders: [],
};

test("a row keeps its key when newer ones come in, even one that equals it", () => {
  const keys = (...pages: MeshLog[][]): string[] => rowsOf(pages).map(({ key }) => key);
  const older = { ...LOG, time: 0 };
  const before = keys([LOG], [older]);
  const after = keys([{ ...LOG, time: 2 }, LOG], [LOG, older]);
  expect(new Set(after).size).toBe(4);
  expect(after.slice(-2)).toEqual(before);
});

test("a key survives its way through the address, and tells the moment of its row", () => {
  const time = 1_772_360_100_000.125;
  const rows = rowsOf([
    [
      { ...LOG, time },
      { ...LOG, time },
      { ...LOG, time, node: "node-2" },
    ],
  ]);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(3);
  for (const { key } of rows) {
    expect(decodeSearch({ row: key }).row).toBe(key);
    expect(momentOf(key)).toEqual({ from: 1_772_360_100_000, to: 1_772_360_100_001 });
  }
});

test("details name caller and callee whichever end reported, and leave out what says nothing", () => {
  const fields = (log: MeshLog): string[] =>
    detailGroups(log).flatMap((group) => group.fields.map(({ title, value }) => `${title} ${value}`));
  expect(fields(LOG)).toEqual(expect.arrayContaining(["Caller web.shop", "Callee cart.shop", "As the callee", "Code none"]));
  const client = { ...LOG, detectPoint: "client", caller: null, callee: "db.shop" };
  expect(fields(client)).toEqual(expect.arrayContaining(["Caller cart.shop", "Callee db.shop", "As the caller"]));
  expect(fields(LOG).join()).not.toMatch(/Query|Attempts|Header size|Server name/);
  expect(fields({ ...LOG, kind: "tcp", requestBodyBytes: 5, attempts: 2 }).join()).toMatch(/Received 5 B.*Attempts 2/);
});

test("without a duration a report covers what its phases cover", () => {
  const phases = [
    { name: "REQUEST", from: 0, to: 1 },
    { name: "RESPONSE", from: 499, to: 500 },
  ] as const;
  expect([
    extentOf({ duration: 7, phases }),
    extentOf({ duration: null, phases }),
    extentOf({ duration: null, phases: [] }),
  ]).toEqual([7, 500, null]);
});
