/** Who may import whom; the table of CONTRIBUTING.md. */
const rule = (name, from, notTo) => ({ name, severity: "error", from, to: notTo });
const folder = (...names) => `^(${names.join("|")})(/|$)`;
const only = (name, from, ...allowed) =>
  rule(name, { path: from }, { path: "^(oap|receivers|query|ui|test)/", pathNot: [from, ...allowed].map(String) });
const CONFIG_TYPES = "^oap/config/schema\\.ts$";
const SHARED = [folder("oap/model"), CONFIG_TYPES];

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    only("model-imports-nothing", folder("oap/model")),
    only("catalog-imports-model", folder("oap/catalog"), ...SHARED),
    only("config-imports-model", folder("oap/config"), ...SHARED),
    only("telemetry-imports-model", folder("oap/telemetry"), ...SHARED),
    only("tls-imports-model", folder("oap/tls"), ...SHARED, folder("oap/telemetry")),
    only("analysis-knows-no-storage", folder("oap/analysis"), ...SHARED, folder("oap/catalog"), folder("oap/telemetry")),
    only("storage-knows-no-analysis", folder("oap/storage"), ...SHARED, folder("oap/catalog"), folder("oap/telemetry")),
    only("receivers-know-no-metrics", folder("receivers"), ...SHARED, folder("oap/telemetry")),
    only("query-reads-through-ports", folder("query"), ...SHARED, folder("oap/catalog"), folder("oap/telemetry")),
    only("ui-stands-alone", folder("ui"), "^query/schema/"),
    rule(
      "analysis-does-no-io",
      { path: folder("oap/analysis") },
      { path: "^(node:)?(fs|net|http|http2|https|child_process)(/|$)" },
    ),
    rule("clickhouse-client-in-engine-only", { pathNot: "^oap/storage/engine\\.ts$" }, { path: "@clickhouse/client" }),
    rule(
      "graphql-in-query-only",
      { pathNot: [folder("query"), folder("test")].map(String) },
      { path: "node_modules/(graphql|graphql-yoga|dataloader|@escape\\.tech)/" },
    ),
    rule(
      "mcp-in-its-door-only",
      { pathNot: [folder("query/mcp"), folder("test")].map(String) },
      { path: "node_modules/@modelcontextprotocol/" },
    ),
    rule(
      "grpc-in-receivers-only",
      { pathNot: [folder("receivers"), folder("test"), folder("oap/demo")].map(String) },
      { path: "node_modules/@grpc/" },
    ),
    rule(
      "protocols-do-not-meet",
      { path: "^receivers/(envoy-als|skywalking-mesh)/" },
      { path: "^receivers/(envoy-als|skywalking-mesh)/", pathNot: "^receivers/$1/" },
    ),
    rule(
      "nothing-imports-a-root",
      { pathNot: ["^test/", "^oap/(supervisor|main|ingest)\\.ts$", "^oap/demo/"] },
      { path: "^oap/(supervisor|main|ingest)\\.ts$" },
    ),
    only("cli-asks-over-http", "^oap/cli/(?!hash-password|new-token)", ...SHARED),
    rule("nothing-imports-the-cli", { pathNot: ["^test/", "^oap/cli/"] }, { path: folder("oap/cli") }),
    rule("nothing-imports-tests", { pathNot: "^test/" }, { path: "^test/" }),
    rule("lib-is-the-lowest", { path: "^ui/src/lib/" }, { path: "^ui/src/(app|features|components)/" }),
    rule("components-fetch-nothing", { path: "^ui/src/components/" }, { path: "^ui/src/(app|features)/" }),
    rule(
      "features-do-not-meet",
      { path: "^ui/src/features/([^/]+)/" },
      { path: "^ui/src/features/", pathNot: "^ui/src/features/$1/" },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    parser: "swc",
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
