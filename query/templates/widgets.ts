/** Parts of a dashboard of Booster UI: its grid has 24 columns, places and sizes are in cells. */

/** What a part says besides its place. */
type Part = Readonly<Record<string, unknown>>;

/** Parts side by side, each with its width; all of one height. */
export interface Row {
  readonly height: number;
  readonly parts: readonly (readonly [width: number, part: Part])[];
}

export interface Dashboard {
  readonly name: string;
  readonly layer: string;
  readonly entity: string;
  /** The page that the menu opens. */
  readonly isRoot?: boolean;
  readonly children: readonly Part[];
  /** What a box of the hierarchy shows. */
  readonly expressions?: readonly string[];
  readonly expressionsConfig?: readonly { readonly label: string; readonly unit: string }[];
}

/** Rows from the top down. */
export function grid(...rows: readonly Row[]): Part[] {
  let [y, index] = [0, 0];
  const placed: Part[] = [];
  for (const { height, parts } of rows) {
    let x = 0;
    for (const [width, part] of parts) {
      placed.push({ x, y, w: width, h: height, i: String(index++), ...part });
      x += width;
    }
    y += height;
  }
  return placed;
}

/** Rows of three parts. */
export function thirds(height: number, parts: readonly Part[]): Row[] {
  const rows = Math.ceil(parts.length / 3);
  return Array.from({ length: rows }, (_, i) => ({
    height,
    parts: parts.slice(i * 3, i * 3 + 3).map((part) => [8, part] as const),
  }));
}

export function tabs(height: number, byName: Readonly<Record<string, readonly Part[]>>): Row {
  const children = Object.entries(byName).map(([name, parts]) => ({ name, children: parts }));
  return { height, parts: [[24, { type: "Tab", children }]] };
}

export function line(title: string, ...expressions: readonly string[]): Part {
  return widget(title, expressions, { type: "Line", showXAxis: true, showYAxis: true, showSymbol: true });
}

export function card(title: string, expression: string): Part {
  return widget(title, [expression], { type: "Card", fontSize: 14, textAlign: "center", showUnit: true });
}

export function topList(title: string, expression: string): Part {
  return widget(title, [expression], { type: "TopList", topN: 10 });
}

/** A list of entities with a value and a sparkline for each column. */
export function list(
  type: "ServiceList" | "InstanceList" | "EndpointList",
  dashboardName: string,
  columns: readonly { readonly label: string; readonly unit: string; readonly value: string; readonly series: string }[],
): Part {
  return {
    type: "Widget",
    metricMode: "Expression",
    graph: { type, dashboardName, fontSize: 12, showXAxis: false, showYAxis: false, showGroup: true },
    expressions: columns.map(({ value }) => value),
    subExpressions: columns.map(({ series }) => series),
    metricConfig: columns.map(({ label, unit }) => ({ label, unit })),
  };
}

export interface Measured {
  readonly label: string;
  readonly unit: string;
  readonly expression: string;
}

export function topology(options: {
  readonly linkDashboard: string;
  readonly nodeDashboard: readonly { readonly scope: string; readonly dashboard: string }[];
  readonly nodes: readonly Measured[];
  readonly server: readonly Measured[];
  readonly client: readonly Measured[];
  /** 1: drawn as unhealthy. */
  readonly legend?: string;
  readonly unhealthy?: string;
}): Part {
  const { linkDashboard, nodeDashboard, nodes, server, client, legend, unhealthy } = options;
  const expressions = (of: readonly Measured[]) => of.map(({ expression }) => expression);
  const config = (of: readonly Measured[]) => of.map(({ label, unit }) => ({ label, unit }));
  return {
    type: "Topology",
    metricMode: "Expression",
    graph: { showDepth: true },
    linkDashboard,
    nodeDashboard,
    nodeExpressions: expressions(nodes),
    nodeMetricConfig: config(nodes),
    linkServerExpressions: expressions(server),
    linkServerMetricConfig: config(server),
    linkClientExpressions: expressions(client),
    linkClientMetricConfig: config(client),
    ...(legend === undefined ? {} : { legendMQE: { expression: legend }, description: { healthy: "Healthy", unhealthy } }),
  };
}

function widget(title: string, expressions: readonly string[], graph: Part): Part {
  return { type: "Widget", widget: { title }, graph, metricMode: "Expression", expressions };
}
