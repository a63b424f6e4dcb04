/** The dashboards that the docs offer are files that Grafana takes: what it would stumble over is checked here. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dashboards, expressionsOf, usedVariables } from "../../builders/grafana.ts";

const FOLDER = new URL("../../../oap/docs/grafana/", import.meta.url);
const all = dashboards().map((one) => [one.title, one] as const);
const OF_GRAFANA = ["__range", "__rate_interval", "__interval"];

test("every file of the folder is a dashboard, with a title and an address of its own", () => {
  const files = readdirSync(FOLDER);
  expect(files.every((name) => name.endsWith(".json"))).toBe(true);
  expect(all).toHaveLength(files.length);
  expect(new Set(all.map(([, { uid }]) => uid)).size).toBe(files.length);
  for (const name of files) expect(readFileSync(new URL(name, FOLDER), "utf8")).toMatch(/\n}\n$/);
});

test.each(all)("%s: panels have ids of their own and do not lie on each other", (_, { panels }) => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const [i, { title, gridPos: a }] of panels.entries()) {
    expect([title, a.x >= 0 && a.w > 0 && a.h > 0 && a.x + a.w <= 24]).toEqual([title, true]);
    for (const { title: other, gridPos: b } of panels.slice(i + 1)) {
      const isApart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      expect([title, other, isApart]).toEqual([title, other, true]);
    }
  }
});

test.each(all)("%s: every panel asks something, each question by its own letter, of the chosen data source", (_, { panels }) => {
  for (const panel of panels.filter(({ type }) => type !== "row")) {
    const targets = panel.targets ?? [];
    expect([panel.title, targets.length > 0]).toEqual([panel.title, true]);
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    for (const { expr, refId, legendFormat } of targets) {
      expect([panel.title, expr.trim() !== "", /^[A-Z]$/.test(refId), legendFormat !== ""]).toEqual([
        panel.title,
        true,
        true,
        true,
      ]);
    }
    for (const { datasource } of [panel, ...targets]) expect(datasource).toEqual({ type: "prometheus", uid: "${datasource}" });
  }
});

test.each(all)("%s: variables are defined before they are used, and all of them are", (_, dashboard) => {
  const variables = dashboard.templating.list;
  const defined = variables.map(({ name }) => name);
  expect(defined[0]).toBe("datasource");
  for (const [i, { query }] of variables.entries()) {
    const used = usedVariables(typeof query === "string" ? query : query.query);
    for (const name of used) expect([name, defined.indexOf(name) < i && defined.includes(name)]).toEqual([name, true]);
  }
  const used = new Set(
    expressionsOf(dashboard)
      .flatMap(usedVariables)
      .filter((name) => !OF_GRAFANA.includes(name)),
  );
  for (const name of used) expect(defined).toContain(name);
  for (const name of defined.slice(1)) expect([...used]).toContain(name);
});
