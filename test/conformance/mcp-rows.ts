/** A small shop with something wrong in it, on stored rows: what assistants are asked about. */
import { logRow } from "../builders/log-row.ts";
import type { Query } from "./query-fixture.ts";

export const NOW = "2026-03-01T10:30:20Z";
const MINUTE = "2026-03-01 10:20:00";
/** Within the window before. */
const EARLIER = "2026-03-01 10:05:00";
export const REQUEST = "12345678901234567890";

const many = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);

export async function insertShop(query: Query): Promise<void> {
  const service = (name: string, minute: string) => ({ scope: "service", service: name, minute }) as const;
  const edge = { scope: "service_relation", minute: MINUTE } as const;
  const endpoint = { scope: "endpoint", service: "cart.shop", minute: MINUTE } as const;
  await query.traffic(
    {
      ...service("cart.shop", MINUTE),
      failed: 20,
      status_2xx: 80,
      status_5xx: 20,
      tls_mtls: 60,
      tls_none: 40,
      latencies: [...many(90, 10), ...many(10, 400)],
    },
    { ...service("cart.shop", EARLIER), failed: 1, status_2xx: 99, status_5xx: 1, tls_mtls: 100, latencies: many(100, 10) },
    { ...service("web.shop", MINUTE), tls_mtls: 50, latencies: many(50, 30) },
    { ...service("web.shop", EARLIER), tls_mtls: 50, latencies: many(50, 30) },
    { ...service("cart.blog", MINUTE), tls_mtls: 5, latencies: many(5, 3) },
    { ...endpoint, endpoint: "GET:/items", failed: 20, latencies: [...many(60, 10), ...many(10, 400)] },
    { ...endpoint, endpoint: "GET:/total", latencies: many(30, 10) },
    { scope: "instance", service: "cart.shop", instance: "cart-1", minute: MINUTE, failed: 20, latencies: many(30, 10) },
    { scope: "instance", service: "cart.shop", instance: "cart-2", minute: MINUTE, latencies: many(70, 10) },
    {
      ...edge,
      service: "web.shop",
      dest_service: "cart.shop",
      detect_point: "server",
      failed: 20,
      tls_mtls: 60,
      latencies: many(60, 10),
    },
    {
      ...edge,
      service: "web.shop",
      dest_service: "cart.shop",
      detect_point: "client",
      failed: 25,
      tls_mtls: 65,
      latencies: many(65, 12),
    },
    { ...edge, service: "UNKNOWN", dest_service: "cart.shop", detect_point: "server", tls_none: 40, latencies: many(40, 10) },
    { ...edge, service: "cart.shop", dest_service: "db.outside", detect_point: "client", tcp_records: 3, tls_none: 3 },
    { ...edge, service: "blog.blog", dest_service: "cart.blog", detect_point: "server", tls_mtls: 5, latencies: many(5, 3) },
  ); // prettier-ignore
  const seen = { normal: 1, layer: "MESH", first_seen: EARLIER, last_seen: "2026-03-01 10:29:00" };
  const names = ["cart.shop", "web.shop", "cart.blog", "blog.blog"];
  await query.insert(
    "service_meta",
    names.map((name) => ({ ...seen, service: name })),
  );
  const { layer: _, ...alive } = seen;
  await query.insert(
    "instance_meta",
    ["cart-1", "cart-2"].map((instance) => ({ ...alive, service: "cart.shop", instance, attributes: {} })),
  );
  const failure = {
    service: "web.shop",
    normal: 1,
    dest_service: "cart.shop",
    dest_normal: 1,
    endpoint: "GET:/items",
    minute: MINUTE,
  };
  await query.insert("failure_minute", [
    {
      ...failure,
      detect_point: "client",
      response_code: 503,
      response_flags: 32,
      code_details: "upstream_reset_before_response_started",
      calls: 5,
    },
    { ...failure, detect_point: "client", response_code: 500, response_flags: 0, code_details: "via_upstream", calls: 20 },
    { ...failure, detect_point: "server", response_code: 500, response_flags: 0, code_details: "via_upstream", calls: 20 },
  ]);
  const client = {
    detect_point: "client",
    service: "web.shop",
    instance: "web-1",
    caller: "",
    caller_instance: "",
    callee: "cart.shop",
    callee_instance: "cart-1",
  };
  await query.insert("access_log", [
    logRow({ time: `${MINUTE}.000000`, kept: "failed", response_code: 500, request_id: REQUEST }),
    logRow({ time: `${MINUTE}.000000`, kept: "failed", response_code: 500, request_id: REQUEST, ...client }),
    logRow({
      time: "2026-03-01 10:21:00.000000",
      kept: "failed",
      response_code: 503,
      response_flags: 32,
      request_id: "r-2",
      failure_reason: "connection refused",
      ...client,
    }),
    logRow({ time: "2026-03-01 10:22:00.000000", request_id: "r-3", weight: 8, tls_mode: "none" }),
  ]); // prettier-ignore
}
