/** Numbers, durations and strings as PromQL writes them. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../oap/model/time-bucket.ts";

const UNITS = [365 * DAY_MS, 7 * DAY_MS, DAY_MS, HOUR_MS, MINUTE_MS, 1_000, 1] as const;
const NAMES = ["y", "w", "d", "h", "m", "s", "ms"] as const;
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** ms of `1h30m`; null when the text is no duration. */
export function durationMs(text: string): number | null {
  const parts = text === "" ? null : DURATION.exec(text);
  return parts === null ? null : UNITS.reduce((sum, unit, i) => sum + unit * Number(parts[i + 1] ?? 0), 0);
}

/** In the largest units that it is whole in. */
export function durationText(ms: number): string {
  let rest = ms;
  const parts = UNITS.map((unit, i) => {
    if (i < 2 && ms % unit !== 0) return ""; // years and weeks only where nothing is left: 10d is not 1w3d
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count === 0 ? "" : `${count}${NAMES[i]}`;
  });
  return parts.join("") || "0s";
}

/** With sign, underscores, hexadecimal, Inf, NaN; a duration is its seconds. */
export function numberOf(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const plain = text.replace(/^[-+]\s*/, "").replaceAll("_", "");
  if (/^inf$/i.test(plain)) return sign * Number.POSITIVE_INFINITY;
  const duration = durationMs(plain);
  return sign * (duration === null ? Number(plain) : duration / 1_000);
}

/** As Prometheus writes numbers. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" },
  ...{ "\\": "\\", "'": "'", '"': '"' },
};
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|.|$)/gsu;

/** The text of a string with its quotes; null when it is not closed or has an escape that there is not. */
export function stringOf(text: string): string | null {
  const quote = text[0];
  if (text.length < 2 || text.at(-1) !== quote) return null;
  const inner = text.slice(1, -1);
  if (quote === "`") return inner;
  let isGood = true;
  const plain = inner.replaceAll(ESCAPE, (_, letter?: string, ...codes: (string | undefined)[]) => {
    if (letter !== undefined) return ESCAPES[letter] ?? "";
    const [x, u, long, octal] = codes;
    const hex = x ?? u ?? long;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : -1;
    if (code < 0 || code > 0x10ffff) isGood = false;
    return isGood ? String.fromCodePoint(code) : "";
  });
  return isGood ? plain : null;
}

export function stringText(value: string): string {
  return JSON.stringify(value);
}
