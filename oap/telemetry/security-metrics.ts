/** Logins, requests from elsewhere and TLS, from what the processes count; nothing of what none of them counts. */
import { Counter, Gauge, type Registry } from "prom-client";

const COUNTERS: Readonly<Record<string, readonly [string, string]>> = {
  loginsFailed: ["sidelight_logins_failed_total", "Logins with a wrong name, password or token."],
  requestsForeign: [
    "sidelight_foreign_requests_refused_total",
    "Requests refused because a page from elsewhere sent them, or under a name that is not ours.",
  ],
  tlsHandshakesFailed: ["sidelight_tls_handshakes_failed_total", "Connections that never became secure."],
  certificateReloads: ["sidelight_certificate_reloads_total", "Times a new certificate was taken into use."],
  certificateReloadsFailed: [
    "sidelight_certificate_reload_failures_total",
    "Times files of a certificate changed and could not be used: the old one stayed.",
  ],
};
const EXPIRES = "certificateExpiresSeconds";

export function addSecurity(
  registry: Registry,
  processes: readonly { readonly process: string; readonly counters: Readonly<Record<string, number>> }[],
): void {
  const registers = [registry];
  const labelNames = ["process"];
  const telling = (key: string) => processes.filter(({ counters }) => counters[key] !== undefined);
  for (const [key, [name, help]] of Object.entries(COUNTERS)) {
    if (telling(key).length === 0) continue;
    const metric = new Counter({ name, help, labelNames, registers });
    for (const { process, counters } of telling(key)) metric.inc({ process }, counters[key]);
  }
  if (telling(EXPIRES).length === 0) return;
  const expires = new Gauge({
    name: "sidelight_certificate_expires_timestamp_seconds",
    help: "When the certificate in use is no longer valid.",
    labelNames,
    registers,
  });
  for (const { process, counters } of telling(EXPIRES)) expires.set({ process }, counters[EXPIRES] ?? 0);
}
