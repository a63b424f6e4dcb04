/** The state of this server: its nodes, how long it keeps what, its settings. */
import { hostname } from "node:os";
import type { QueryContext } from "../context.ts";
import { readNodes } from "../readers/nodes.ts";
import { ask } from "./ask.ts";

const TTL = `{
  metrics: getMetricsTTL { metadata minute hour day coldMinute coldHour coldDay }
  records: getRecordsTTL { normal trace zipkinTrace log browserErrorLog coldNormal coldTrace coldZipkinTrace coldLog coldBrowserErrorLog }
}`;
const FEATURES = { "admin-server.provider": "default", "status.provider": "default", "inspect.provider": "default" };
/** What another server of this storage is reached at is not known: there is no need to. */
const NO_PORT = 0;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** This node by the address that proxies send to, the others by their names. */
export async function clusterNodes({ node, sql, clock, setup }: QueryContext): Promise<object> {
  const self = { ...addressOf(await setup.listeners(), "grpc"), self: true, isSelf: true };
  const others = (await readNodes(sql, clock)).filter((name) => name !== node.name());
  return { nodes: [self, ...others.map((host) => ({ host, port: NO_PORT, self: false, isSelf: false }))] };
}

export async function ttl(context: QueryContext): Promise<unknown> {
  return await ask(context, TTL);
}

/** The settings by key, all as text, as clients expect; and before them what clients look for in the configuration of the server they were
 *  written for: which features there are, and where questions are taken. */
export async function configDump({ node, setup }: QueryContext): Promise<object> {
  const { host, port } = addressOf(await setup.listeners(), "http");
  return {
    ...FEATURES,
    "core.default.restHost": host,
    "core.default.restPort": String(port),
    ...Object.fromEntries(Object.entries(node.settings()).map(([key, value]) => [key, String(value ?? "")])),
  };
}

/** No rules run yet. */
export async function alarmRules({ setup }: QueryContext): Promise<object> {
  const { host, port } = addressOf(await setup.listeners(), "grpc");
  return { oapInstances: [{ address: `${host}_${port}`, status: { ruleList: [] } }] };
}

/** Where others reach it: a server that listens on every address tells its name. */
function addressOf(listeners: readonly { readonly protocol: string; readonly address: string }[], protocol: string): Address {
  const address = listeners.find((one) => one.protocol === protocol)?.address ?? "";
  const cut = address.lastIndexOf(":");
  if (cut < 0) return { host: hostname(), port: NO_PORT };
  const host = address.slice(0, cut).replace(/^\[|\]$/g, "");
  return { host: host === "0.0.0.0" || host === "::" ? hostname() : host, port: Number(address.slice(cut + 1)) };
}
