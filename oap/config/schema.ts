/** Every setting once: key, type, default, unit, meaning. The reference page oap/docs/settings.md is made from it.
 *  Its variable is OAP_ + the key in upper snake case + the unit: flush.interval -> OAP_FLUSH_INTERVAL_MS. */
import { availableParallelism } from "node:os";
import { z } from "zod";

export interface Setting<T> {
  readonly check: z.ZodType<T>;
  readonly default: T;
  /** How the default reads in the reference when it depends on the machine. */
  readonly defaultText?: string;
  /** Closes the variable's name; "" when the key says it already. */
  readonly unit: "" | "MS" | "BYTES";
  readonly help: string;
  /** Gives access, or could be turned into what does: neither the value nor a part of it is ever told, to nobody. */
  readonly secret?: boolean;
}

interface NumberOptions {
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
  readonly help: string;
  readonly defaultText?: string;
}

function integer(options: NumberOptions, unit: "" | "MS" | "BYTES" = ""): Setting<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, help, defaultText } = options;
  return { check: z.int().min(min).max(max), default: options.default, unit, help, defaultText };
}

const millis = (options: NumberOptions): Setting<number> => integer(options, "MS");
const port = (value: number, help: string): Setting<number> => integer({ default: value, max: 65_535, help });

function text<T extends string | null>(options: {
  default: T;
  help: string;
  min?: number;
  secret?: boolean;
}): Setting<string | T> {
  const check = z.string().min(options.min ?? 1);
  return {
    check: options.default === null ? (check.nullable() as never) : (check as never),
    default: options.default,
    unit: "",
    help: options.help,
    secret: options.secret,
  };
}

/** An origin: scheme, host and port. */
function url(help: string): Setting<string | null> {
  const isOrigin = (value: string): boolean => /^https?:\/\/[^/?#@\s]+\/?$/.test(value) && URL.canParse(value);
  const check = z.string().refine(isOrigin, "expected https://host or http://host:port, without a path");
  return { check: check.nullable(), default: null, unit: "", help };
}

function oneOf<const T extends string>(values: readonly [T, ...T[]], options: { default: T; help: string }): Setting<T> {
  return { check: z.enum(values) as unknown as z.ZodType<T>, default: options.default, unit: "", help: options.help };
}

/** Texts; in the environment separated by commas. */
function list(options: {
  pattern: RegExp;
  expected: string;
  help: string;
  default?: readonly string[];
  secret?: boolean;
}): Setting<readonly string[]> {
  const split = (value: unknown): unknown => (typeof value === "string" ? texts(value) : value);
  const one = z.string().regex(options.pattern, `each is ${options.expected}`);
  const check = z.preprocess(split, z.array(one).max(1_000));
  return { check, default: options.default ?? [], unit: "", help: options.help, secret: options.secret };
}

function texts(value: string): string[] {
  return value.trim() === "" ? [] : value.split(",").map((one) => one.trim());
}

/** true or false, in the environment too. */
function flag(options: { default: boolean; help: string }): Setting<boolean> {
  const read = (value: unknown): unknown => (value === "true" ? true : value === "false" ? false : value);
  return { check: z.preprocess(read, z.boolean()), default: options.default, unit: "", help: options.help };
}

const MIB = 1 << 20;
const GIB = 2 ** 30;
const DAY_MS = 86_400_000;
const LABELS = `LABELS."service.istio.io/canonical-name",LABELS."app.kubernetes.io/name",LABELS.app,LABELS.k8s-app`;

/** Hashes of passwords and tokens as query/access/secret-hash.ts makes them. */
const SCRYPT = "scrypt\\.\\d{1,2}\\.\\d{1,2}\\.\\d{1,2}\\.[\\w-]{22,88}\\.[\\w-]{43}";
const SHA256 = "sha256\\.[\\w-]{43}";

/** What gives access, or tells who somebody is. */
const REDACTED = [
  ...["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token", "x-csrf-token"],
  ...["x-forwarded-client-cert", "x-amz-security-token", "api_key", "apikey", "api-key", "key", "token", "access_token"],
  ...["refresh_token", "id_token", "auth", "jwt", "password", "passwd", "pwd", "secret", "client_secret", "code", "state"],
  ...["session", "sessionid", "sid", "signature", "sig", "x-amz-signature", "x-amz-credential", "email"],
];

export const SCHEMA = {
  "grpc.host": text({
    default: "127.0.0.1",
    help: "Address the gRPC port listens on. Proxies in pods cannot reach loopback: set 0.0.0.0 there.",
  }),
  "grpc.port": port(11_800, "Port for access logs. 0: any free one, printed."),
  "grpc.maxMessageBytes": integer({ default: 50 * MIB, min: 64 * 1024, max: GIB, help: "Largest gRPC message taken." }),
  "grpc.streamMaxAge": millis({
    default: 1_800_000,
    min: 1_000,
    help: "Connections are asked to reconnect at about this age, so that load spreads over new servers.",
  }),
  "grpc.heldConnections": integer({
    default: 1_000,
    min: 1,
    help: "Connections held for a process that is being replaced or does not take them; further ones are closed.",
  }),
  "grpc.streamsMax": integer({
    default: 8_000,
    min: 16,
    help: "Streams, and connections, that an ingest process holds; beyond it the ones silent for longest are closed.",
  }),
  "grpc.tls.certFile": text({
    default: null,
    help: "File with the certificate (PEM, with those that vouch for it) for TLS on the gRPC port. Not set: no TLS.",
  }),
  "grpc.tls.keyFile": text({ default: null, help: "File with its private key (PEM, without a passphrase)." }),
  "grpc.tls.clientCaFile": text({
    default: null,
    help: "File with the authorities (PEM) whose certificates proxies must show. Not set: nobody is asked.",
  }),
  "http.host": text({
    default: "127.0.0.1",
    help: "Address of the HTTP port: GraphQL and the dashboard. Another than loopback needs http.users, http.tokens or http.allowAnonymous.",
  }),
  "http.port": port(12_800, "Port for GraphQL, the dashboard and health. 0: any free one, printed."),
  "http.publicUrl": url(
    "Address under which people reach the dashboard, https://mesh.example: links in answers of MCP begin with it, and pages from there may ask. Not set: loopback, or the address of the machine that was asked.",
  ),
  "http.maxConnections": integer({ default: 1_000, min: 1, help: "HTTP connections; further ones are closed at once." }),
  "http.users": list({
    pattern: new RegExp(`^[^\\s:,]{1,64}:(read|admin):${SCRYPT}$`),
    expected: "name:role:hash, the role read or admin, the hash from npm run -s hash-password",
    secret: true,
    help: "Who may log in with a name and a password: `name:role:hash`, the role `read` or `admin`, made by `npm run -s hash-password`. In the variable separated by commas.",
  }),
  "http.tokens": list({
    pattern: new RegExp(`^[^\\s:,]{1,64}:(read|admin):(${SCRYPT}|${SHA256})$`),
    expected: "name:role:hash, the role read or admin, the hash from npm run -s new-token",
    secret: true,
    help: "Who may log in with a bearer token: `name:role:hash`, made by `npm run -s new-token`. In the variable separated by commas.",
  }),
  "http.allowAnonymous": flag({
    default: false,
    help: "true: whoever reaches the HTTP port may read everything but the configuration. On loopback without users and tokens anybody may anyway.",
  }),
  "http.failedLoginsPerMinute": integer({
    default: 20,
    min: 1,
    max: 10_000,
    help: "Wrong passwords that are checked of one address; further ones get 429 until time has passed.",
  }),
  "http.origins": list({
    pattern: /^https?:\/\/[^\s/?#@,]+$/,
    expected: "the address of a page without a path, https://sidelight.example",
    help: "Addresses under which browsers reach this server through a proxy, `https://sidelight.example`: pages from elsewhere are refused. Where nobody logs in, on loopback or when this is set, names with a dot that are not here are refused too.",
  }),
  "http.tls.certFile": text({
    default: null,
    help: "File with the certificate (PEM, with those that vouch for it) for HTTPS on the HTTP port. Not set: HTTP.",
  }),
  "http.tls.keyFile": text({ default: null, help: "File with its private key (PEM, without a passphrase)." }),
  "tls.reload": millis({
    default: 10_000,
    min: 100,
    help: "How often files of certificates are read again: new connections get what is in them.",
  }),
  "query.maxBodyBytes": integer({
    default: 4 * MIB,
    min: 1_024,
    max: GIB,
    help: "Largest body of a question; larger ones get 413.",
  }),
  "query.maxTokens": integer({ default: 20_000, min: 100, help: "Most tokens of a GraphQL document." }),
  "query.maxFields": integer({ default: 6_000, min: 100, help: "Most fields that a GraphQL document selects." }),
  "query.maxAliases": integer({ default: 2_000, min: 10, help: "Most aliases of a GraphQL document." }),
  "query.maxDepth": integer({ default: 20, min: 5, help: "Most fields within each other of a GraphQL document." }),
  "query.maxValues": integer({
    default: 2_000_000,
    min: 10_000,
    help: "Most values that the metrics expressions of one request read and make; the largest known dashboards come to a tenth.",
  }),
  "proxies.max": integer({
    default: 10_000,
    min: 1,
    help: "Proxies an ingest process lists on the setup page; those that are gone make room first.",
  }),
  "peers.max": integer({
    default: 50_000,
    min: 1,
    help: "Distinct peer objects an ingest process remembers; when they are full they start anew.",
  }),
  "peers.maxBytes": integer({ default: 64 * MIB, min: 64 * 1024, help: "Bytes of the peer objects remembered." }),
  "peers.peerMaxBytes": integer({
    default: 16 * 1024,
    min: 64,
    help: "Largest peer object remembered; larger ones are read each time.",
  }),
  "periodicStreams.max": integer({
    default: 100_000,
    min: 1,
    help: "Streams and connections that report while they are open, remembered per ingest process; the longest silent make room.",
  }),
  "data.dir": text({ default: "./data", help: "Where the spool and the embedded ClickHouse keep their data." }),
  "ingest.processes": integer({
    default: Math.max(1, Math.min(4, availableParallelism() - 1)),
    defaultText: "cores - 1, from 1 to 4",
    max: 64,
    help: "Processes that decode and analyse. 0: everything but the database in one process.",
  }),
  "process.silentMax": millis({
    default: 30_000,
    min: 5_000,
    help: "A process of the product that says nothing for so long is killed and replaced. They tell of themselves every second or two.",
  }),
  "flush.interval": millis({
    default: 1_000,
    min: 100,
    max: 60_000,
    help: "How often an ingest process hands over what changed: what kill -9 can cost.",
  }),
  "flush.maxSlots": integer({
    default: 1_000_000,
    min: 1_000,
    max: 1_000_000,
    help: "Entities and minutes of one scope in memory, beyond which a hand-over comes before its time.",
  }),
  "flush.maxLatencies": integer({
    default: 8_000_000,
    min: 1_000,
    help: "Latencies of one scope in memory, beyond which a hand-over comes before its time.",
  }),
  "analysis.maxAge": millis({
    default: 7 * DAY_MS,
    min: 60_000,
    help: "A call that started longer ago is booked on the minute it came in.",
  }),
  "analysis.apdexThreshold": millis({
    default: 500,
    min: 1,
    help: "A call within it satisfies, within four times it is tolerated.",
  }),
  "endpoints.perService": integer({
    default: 1_000,
    min: 1,
    max: 100_000,
    help: "Endpoint names per service and day; the rest is counted as {other}.",
  }),
  "endpoints.children": integer({
    default: 20,
    min: 2,
    max: 100_000,
    help: "Different segments at one position of a service's paths, beyond which they count as values: {var}.",
  }),
  "endpoints.positions": integer({
    default: 50_000,
    min: 1,
    help: "Positions of paths an ingest process learns about; beyond them nothing new is learned.",
  }),
  "endpoints.nodePositions": integer({
    default: 200_000,
    min: 1,
    help: "Positions of paths the node's register learns about; beyond them every process decides for itself.",
  }),
  "endpoints.nodeNames": integer({
    default: 1_000_000,
    min: 1,
    help: "Endpoint names a day that the node's register remembers; beyond them every process keeps its own budget.",
  }),
  "paths.max": integer({
    default: 500_000,
    min: 1,
    help: "Distinct paths an ingest process holds between two hand-overs; the rest is counted as {other}.",
  }),
  "paths.maxBytes": integer({ default: 64 * MIB, min: 64 * 1024, max: GIB, help: "Their bytes." }),
  "endpoints.rules": list({
    pattern: /^([A-Z_]+ +)?\/\S*$/,
    expected: "METHOD /path/{name} or /path/*",
    help: "Paths that are one endpoint each, `GET /users/{id}` or `/files/*`, first match first. In the variable separated by commas.",
  }),
  "instanceRelations.perInstance": integer({
    default: 64,
    min: 1,
    max: 10_000,
    help: "Callees that a calling instance keeps apart; the rest is added up as the instance {other} of each service.",
  }),
  "failures.perMinute": integer({
    default: 10_000,
    min: 1,
    max: 1_000_000,
    help: "Kinds of failed calls (edge, endpoint, code, flags, details) an ingest process tells apart in a minute; the rest is added up as {other}.",
  }),
  "failures.codeDetails": integer({
    default: 1_000,
    min: 1,
    max: 100_000,
    help: "Classes of code details that an ingest process knows; Envoy has some dozens, extensions add their own. The rest is counted as {other}.",
  }),
  "accessLog.failedRowsPerSecond": integer({
    default: 5_000,
    max: 1_000_000,
    help: "Access-log rows of failed requests that the node keeps per second. 0: none.",
  }),
  "accessLog.rowsPerSecond": integer({
    default: 1_000,
    max: 1_000_000,
    help: "Rows of the other requests, slow ones first. 0: none; both 0: no access log at all.",
  }),
  "accessLog.queryString": flag({ default: false, help: "true: query strings are stored, less what accessLog.redact names." }),
  "accessLog.redact": list({
    pattern: /^[^\s,;&=]+$/,
    expected: "the name of a header or query parameter",
    default: REDACTED,
    help: "Headers and query parameters that are never stored; case does not matter. In the variable separated by commas.",
  }),
  "accessLog.recallBytes": integer({
    default: 96 * MIB,
    max: 4 * GIB,
    help: "Memory of an ingest process for the entries of the last two seconds that were not kept, in case their request is. 0: none.",
  }),
  "accessLog.pathMaxBytes": integer({
    default: 4_096,
    min: 64,
    max: 65_536,
    help: "Longer paths and query strings are cut in access-log rows.",
  }),
  "accessLog.textMaxBytes": integer({
    default: 1_024,
    min: 64,
    max: 65_536,
    help: "Longer texts, names and values of headers among them, are cut in access-log rows.",
  }),
  "services.max": integer({ default: 10_000, min: 1, help: "Services an ingest process knows; the rest is counted as {other}." }),
  "instances.max": integer({
    default: 100_000,
    min: 1,
    help: "Instances an ingest process knows; the rest is counted as {other}.",
  }),
  "instances.attributes": integer({ default: 32, help: "Attributes kept of an instance; further ones are left out." }),
  "names.service": text({
    default: `\${${LABELS},SERVICE,APP,WORKLOAD_NAME,WORKLOAD}.\${NAMESPACE}`,
    help: "Template of service names over the metadata of a proxy and its peers.",
  }),
  "names.instance": text({ default: "${NAME}", help: "Template of instance names." }),
  "names.serviceMaxBytes": integer({ default: 255, min: 32, max: 4_096, help: "Longer service names are cut and get a hash." }),
  "names.instanceMaxBytes": integer({ default: 255, min: 32, max: 4_096, help: "Longer instance names are cut and get a hash." }),
  "names.endpointMaxBytes": integer({ default: 512, min: 32, max: 8_192, help: "Longer endpoint names are cut and get a hash." }),
  "spool.maxBytes": integer({
    default: 2 * GIB,
    min: 16 * MIB,
    help: "What may wait on disk while ClickHouse is away; beyond it the oldest goes, counted: first rows of access logs, then whole batches.",
  }),
  "spool.keep": millis({ default: 120_000, help: "How long inserted batches stay for replay after a crash of the machine." }),
  "spool.refusedBatches": integer({
    default: 50,
    help: "Batches that ClickHouse refused, or that were damaged, kept in spool/refused; the oldest go first.",
  }),
  "audit.interval": millis({
    default: 10_000,
    min: 500,
    help: "How often what came in is compared with what is stored; while nothing comes in, every sixth time.",
  }),
  "storage.url": text({ default: null, help: "HTTP address of a ClickHouse server. Not set: the embedded ClickHouse." }),
  "storage.database": text({ default: "sidelight", help: "Database on that server, or in the embedded one." }),
  "storage.username": text({ default: "default", help: "User on that server." }),
  "storage.password": text({ default: "", min: 0, secret: true, help: "Its password." }),
  "storage.compression": oneOf(["off", "request", "response", "both"], {
    default: "off",
    help: "What travels compressed between us and that server: inserts (request), answers (response). Worth it on slow networks.",
  }),
  "storage.tls.caFile": text({
    default: null,
    help: "File with the certificates (PEM) that vouch for that server, in place of the well-known ones.",
  }),
  "storage.tls.certFile": text({ default: null, help: "File with our own certificate (PEM), for a server that asks for one." }),
  "storage.tls.keyFile": text({ default: null, help: "File with its private key (PEM)." }),
  "storage.cluster": text({
    default: null,
    help: "Name of a cluster in system.clusters of that server: rows are spread over its shards by service.",
  }),
  "storage.shardUrls": list({
    pattern: /^https?:\/\/[^\s|]+(\|https?:\/\/[^\s|]+)*$/,
    expected: "an HTTP address, of several replicas separated by |",
    help: "HTTP addresses of the shards in the cluster's order, replicas of one separated by |. Not set: the cluster's host names with scheme and port of storage.url.",
  }),
  "storage.onCluster": flag({
    default: false,
    help: "Tables are made by ON CLUSTER statements, which need Keeper, instead of host by host.",
  }),
  "storage.replicated": flag({
    default: false,
    help: "Tables are replicated: needs Keeper, and the macros shard and replica on every host.",
  }),
  "storage.memoryBytes": integer({ default: GIB, min: 256 * MIB, help: "Memory the embedded ClickHouse may use." }),
  "storage.minFreeBytes": integer({
    default: GIB,
    help: "Free space on the disk of ClickHouse below which the oldest of the least valuable data is dropped. 0: never.",
  }),
  "storage.ttl": oneOf(["on", "off"], {
    default: "on",
    help: "off: nothing expires; a full disk still costs the oldest data (storage.minFreeBytes).",
  }),
  "retention.minuteDays": integer({ default: 8, min: 1, max: 3_650, help: "Days that metrics and failures by minute are kept." }),
  "retention.hourDays": integer({ default: 35, min: 1, max: 3_650, help: "Days that metrics and failures by hour are kept." }),
  "retention.dayDays": integer({ default: 400, min: 1, max: 36_500, help: "Days that metrics and failures by day are kept." }),
  "retention.accessLogDays": integer({
    default: 3,
    min: 1,
    max: 3_650,
    help: "Days that access logs of ordinary calls are kept.",
  }),
  "retention.failedAccessLogDays": integer({
    default: 14,
    min: 1,
    max: 3_650,
    help: "Days that access logs of failed and of slow calls are kept, and those of other calls of the same requests.",
  }),
  "retention.metadataDays": integer({
    default: 90,
    min: 1,
    max: 36_500,
    help: "Days that a service, instance or endpoint stays listed after it was last seen.",
  }),
  "memory.maxBytes": integer({
    default: GIB,
    min: 128 * MIB,
    help: "Memory of an ingest process above which its streams are paused.",
  }),
  "log.level": oneOf(["debug", "info", "warn", "error"], { default: "info", help: "Least level of log lines." }),
} as const;

type Values<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** All settings by key, frozen. */
export type Config = Values<typeof SCHEMA>;
export type Key = keyof Config;

/** The environment variable of a setting. */
export function variableOf(key: Key): string {
  const snake = key
    .replaceAll(".", "_")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toUpperCase();
  const { unit } = SCHEMA[key];
  return `OAP_${snake}${unit === "" ? "" : `_${unit}`}`;
}
