/** What differs between two windows of the same length, in words: only what is larger than what comes and goes by itself. Pure. */
import type { TrafficNumbers } from "./shapes.ts";
import { ms, percent, rate } from "./words.ts";

export type Change = string;

/** Fewer calls say nothing about shares and latencies. */
const CALLS_MIN = 20;
const RATE_FACTOR = 1.3;
const LATENCY_FACTOR = 1.25;
/** Of shares of errors: so many times, and by so much. */
const ERRORS_FACTOR = 1.5;
const ERRORS_MIN = 0.002;
const TLS_MIN = 0.01;

export function changes(now: TrafficNumbers | null, before: TrafficNumbers | null): Change[] {
  if (now === null) return before === null ? [] : ["Calls were seen in the window before, and none in this one."];
  if (before === null) return ["Nothing was seen in the window before: there is nothing to compare with."];
  const enough = Math.min(now.calls, before.calls) >= CALLS_MIN;
  return [
    between("Calls", now.callRate, before.callRate, RATE_FACTOR, rate),
    enough ? errors(now.errorShare, before.errorShare) : "",
    ...(["p50", "p95", "p99"] as const).map((one) =>
      enough ? between(`Latency ${one}`, now[one], before[one], LATENCY_FACTOR, ms) : "",
    ),
    enough ? mtls(now.mtlsShare, before.mtlsShare) : "",
  ].filter((one) => one !== "");
}

function between(
  what: string,
  now: number | null,
  before: number | null,
  factor: number,
  shown: (value: number | null) => string,
): string {
  if (now === null || before === null || now === before) return "";
  if (now < before * factor && before < now * factor) return "";
  return `${what} went ${now > before ? "up" : "down"} from ${shown(before)} to ${shown(now)}.`;
}

function errors(now: number | null, before: number | null): string {
  if (now === null || before === null || Math.abs(now - before) < ERRORS_MIN) return "";
  if (now < before * ERRORS_FACTOR && before < now * ERRORS_FACTOR) return "";
  return `Failed calls went ${now > before ? "up" : "down"} from ${percent(before)} to ${percent(now)}.`;
}

function mtls(now: number | null, before: number | null): string {
  if (now === null || before === null || Math.abs(now - before) < TLS_MIN) return "";
  return `Calls over mTLS went ${now > before ? "up" : "down"} from ${percent(before)} to ${percent(now)}.`;
}
