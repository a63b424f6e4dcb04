import { expect, test } from "vitest";
import { ENDPOINT_LIMITS } from "../../../builders/limits.ts";
import { mulberry32 } from "../../../harness/random.ts";
import { line, NOW } from "./pipeline-line.ts";

test("beyond the budget a service's endpoints are counted together, exactly", async () => {
  const { send, handOver } = line();
  send(...Array.from({ length: 10 }, (_, i) => ({ path: `/p${i}` })), { path: "/p1" }, { path: "/other", to: "web" });
  const endpoints = ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "endpoint");
  expect(endpoints.map((row) => [row["service"], row["endpoint"], row["calls"]]).sort()).toEqual([
    ["cart", "GET:/p0", 1],
    ["cart", "GET:/p1", 2],
    ["cart", "GET:/p2", 1],
    ["cart", "{other}", 7],
    ["web", "GET:/other", 1],
  ]); // prettier-ignore
});

test("a million random paths: as many names as the budget has, and the exact rest in {other}", async () => {
  const { send, handOver } = line({ endpoints: { ...ENDPOINT_LIMITS, perService: 1_000, children: 100_000, rules: [] } });
  const random = mulberry32(3);
  const word = (): string =>
    Math.floor(random() * 26 ** 4)
      .toString(26)
      .replaceAll(/\d/g, "x");
  const calls = new Map<unknown, number>();
  for (let batch = 0; batch < 1_000; batch++) {
    send(...Array.from({ length: 1_000 }, () => ({ path: `/${word()}/${word()}/${word()}` })));
    if (batch % 50 !== 49) continue;
    for (const row of (await handOver())["traffic_minute"] ?? []) {
      if (row["scope"] === "endpoint") calls.set(row["endpoint"], (calls.get(row["endpoint"]) ?? 0) + (row["calls"] as number));
    }
  }
  expect(calls.size).toBe(1_001);
  const total = [...calls.values()].reduce((sum, one) => sum + one, 0);
  expect(total).toBe(1_000_000);
  expect(calls.get("{other}")).toBeGreaterThan(990_000);
}, 60_000);

test("services that no longer talk make room when their table runs full, at most every ten minutes", async () => {
  const { send, handOver } = line({ servicesMax: 8 });
  const servicesOf = async (): Promise<unknown[]> =>
    ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "service").map((row) => row["service"]);
  const to = (from: number, until: number) =>
    Array.from({ length: until - from }, (_, i) => ({ from: null, to: `s${from + i}` }));
  send(...to(0, 7));
  expect((await servicesOf()).length).toBe(7);
  send(...to(7, 14)); // none of these would have found room
  expect((await servicesOf()).sort()).toEqual(["s10", "s11", "s12", "s13", "s7", "s8", "s9"]);
  send(...to(14, 21));
  expect(await servicesOf()).toContain("{other}");
});

test("beyond their budgets services and instances are counted together, exactly", async () => {
  const { send, handOver } = line({ servicesMax: 3 });
  send(...Array.from({ length: 6 }, (_, i) => ({ from: null, to: `s${i}` })));
  const services = ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "service");
  expect(services.map((row) => [row["service"], row["calls"]]).sort()).toEqual([
    ["s0", 1],
    ["s1", 1],
    ["s2", 1],
    ["{other}", 3],
  ]);
});

test("an instance keeps its pairs with few callees apart, failed ones besides; the rest is added up, exactly, and the same in every process", async () => {
  const pairs = async (order: readonly number[]) => {
    const { send, handOver } = line({ pairsPerInstance: 3 });
    for (const i of order)
      send(
        { from: "web", to: `s${i % 2}`, toInstance: `pod-${i}`, success: i !== 9 },
        { from: "web", to: `s${i % 2}`, toInstance: `pod-${i}` },
      );
    const rows = ((await handOver())["traffic_minute"] ?? []).filter(({ scope }) => scope === "instance_relation");
    return rows
      .map(
        (row) =>
          `${row["dest_service"]} ${row["dest_instance"]} ${row["calls"]} ${Object.values(row["latency_histogram"] as object)}`,
      )
      .sort();
  };
  const forward = await pairs(Array.from({ length: 20 }, (_, i) => i));
  expect(await pairs(Array.from({ length: 20 }, (_, i) => 19 - i))).toEqual(forward);
  expect(forward.length).toBeGreaterThanOrEqual(5);
  expect(forward.length).toBeLessThanOrEqual(6);
  expect(forward.filter((row) => row.includes("{other}"))).toHaveLength(2);
  expect(forward.some((row) => row.startsWith("s1 pod-9 2"))).toBe(true);
  expect(forward.map((row) => Number(row.split(" ")[2])).reduce((a, b) => a + b)).toBe(40);
  expect(forward.map((row) => Number(row.split(" ")[3])).reduce((a, b) => a + b)).toBe(40);
});

test("pairs and failures that fill memory go with the next hand-over, before their time", async () => {
  const { pipeline, send, handOver } = line({ slotsDue: 4 });
  const pairsOf = async (): Promise<number> =>
    ((await handOver(NOW + 1_000, false))["traffic_minute"] ?? []).filter(({ scope }) => scope === "instance_relation").length;
  await handOver(NOW, false);
  send(...Array.from({ length: 4 }, (_, i) => ({ side: "client" as const, toInstance: `pod-${i}` })));
  expect([pipeline.handOverDue, await pairsOf()]).toEqual([false, 0]);
  send({ side: "client", toInstance: "pod-5" });
  expect([pipeline.handOverDue, await pairsOf(), pipeline.handOverDue]).toEqual([true, 5, false]);
  send(...Array.from({ length: 5 }, (_, i) => ({ side: "client" as const, success: false, code: 500 + i })));
  expect(pipeline.handOverDue).toBe(true);
  await handOver(NOW + 2_000, false);
  expect(pipeline.handOverDue).toBe(false);
});
