/** One request's reports put together as calls. */
import { expect, test } from "vitest";
import type { LogRow } from "../../../query/readers/logs.ts";
import { placeHops } from "../../../query/request-hops.ts";

type Given = Partial<LogRow> & Pick<LogRow, "service" | "detect_point">;

const row = (given: Given): LogRow =>
  ({ time_us: 0, duration_us: 1_000, instance: `${given.service}-1`, caller: "", callee: "", ...given }) as LogRow;
const server = (caller: string, service: string, time_us: number, more: Partial<LogRow> = {}): LogRow =>
  row({ detect_point: "server", service, caller, time_us, ...more });
const client = (service: string, callee: string, time_us: number, more: Partial<LogRow> = {}): LogRow =>
  row({ detect_point: "client", service, callee, time_us, ...more });
/** "  a > b cs": depth as indent, then which ends reported. */
const drawn = (rows: readonly LogRow[]): string[] =>
  placeHops(rows).map(
    ({ depth, caller, callee, client, server }) =>
      `${"  ".repeat(depth)}${caller} > ${callee} ${client === null ? "" : "c"}${server === null ? "" : "s"}`,
  );

test("a gateway's row is the end of one call and the begin of the next", () => {
  const rows = [
    row({ detect_point: "both", service: "edge", caller: "UNKNOWN", callee: "web", time_us: 0 }),
    server("edge", "web", 10),
    client("web", "cart", 20),
    server("web", "cart", 30),
    client("cart", "db", 40),
    client("web", "mail", 600),
  ];
  expect(drawn(rows)).toEqual([
    "UNKNOWN > edge s",
    "  edge > web cs",
    "    web > cart cs",
    "      cart > db c",
    "    web > mail c",
  ]);
  expect(placeHops(rows).map(({ parent }) => parent)).toEqual([null, 0, 1, 2, 1]);
});

test("the clock of the called proxy may be behind: names decide which ends belong together", () => {
  expect(drawn([server("web", "cart", 5), client("web", "cart", 900), server("UNKNOWN", "web", 800)])).toEqual([
    "UNKNOWN > web s",
    "  web > cart cs",
  ]);
});

test("two calls of one edge meet in order, and a further attempt is a call of its own", () => {
  const rows = [
    client("web", "cart", 0),
    server("web", "cart", 1),
    client("web", "cart", 10),
    server("web", "cart", 11),
    server("web", "cart", 15),
  ];
  expect(drawn(rows)).toEqual(["web > cart cs", "web > cart cs", "web > cart s"]);
  expect(placeHops(rows)[1]?.server?.time_us).toBe(11);
});

test("a server that does not know its caller belongs to the client-side report that is left", () => {
  expect(drawn([client("web", "cart", 0), server("UNKNOWN", "cart", 1)])).toEqual(["web > cart cs"]);
  expect(drawn([server("", "cart", 1)])).toEqual(["UNKNOWN > cart s"]);
});

test("a call inside two calls of the same service belongs to that of its own instance, and there to the one under way", () => {
  const rows = [
    server("edge", "web", 0, { instance: "a" }),
    server("edge", "web", 1, { instance: "b" }),
    server("edge", "web", 5_000, { instance: "b" }),
    client("web", "cart", 5_100, { instance: "b" }),
    client("web", "cart", 100, { instance: "a" }),
  ];
  const hops = placeHops(rows);
  const around = hops.filter(({ callee }) => callee === "cart").map(({ parent }) => hops[parent as number]?.server?.time_us);
  expect(around).toEqual([0, 5_000]);
});

test("services that call each other in a circle are all shown, each call once", () => {
  const rows = [
    server("b", "a", 0),
    client("a", "b", 1),
    server("a", "b", 2),
    client("b", "a", 3),
    server("b", "a", 4),
    server("x", "x", 5),
    client("x", "x", 6),
  ];
  const hops = placeHops(rows);
  expect(hops.flatMap(({ client, server }) => [client, server]).filter((one) => one !== null)).toHaveLength(rows.length);
  expect(placeHops([])).toEqual([]);
});
