/** Numbers as people read them. What is missing is a dash, never a zero. */
export const MISSING = "–";

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function formatCount(value: number | null | undefined): string {
  if (value == null) return MISSING;
  if (value < 100_000) return grouped.format(value);
  return scaled(value, ["", "k", "M", "G", "T"], 1_000);
}

/** Calls per second, or per minute when there are few. */
export function formatRate(perSecond: number | null | undefined): string {
  if (perSecond == null) return MISSING;
  if (perSecond === 0) return "0/s";
  if (perSecond < 0.1) return `${digits(perSecond * 60)}/min`;
  return `${perSecond >= 1_000 ? scaled(perSecond, ["", "k", "M"], 1_000) : digits(perSecond)}/s`;
}

export function formatMs(ms: number | null | undefined): string {
  if (ms == null) return MISSING;
  if (ms >= 60_000) return `${digits(ms / 60_000)} min`;
  if (ms >= 1_000) return `${digits(ms / 1_000)} s`;
  if (ms >= 1) return `${digits(ms)} ms`;
  return `${digits(ms * 1_000)} µs`;
}

/** A share of 0 to 1 as a percentage; what is not quite 0 or 1 never reads as if it were. */
export function formatShare(share: number | null | undefined): string {
  if (share == null) return MISSING;
  const percent = share * 100;
  if (share > 0 && percent < 0.01) return "<0.01 %";
  if (share < 1 && percent > 99.99) return ">99.99 %";
  return `${percent === 0 || percent === 100 ? percent : percent < 10 ? percent.toFixed(2) : percent.toFixed(1)} %`;
}

export function formatBytes(bytes: number | null | undefined): string {
  if (bytes == null) return MISSING;
  return bytes < 1_024 ? `${bytes} B` : scaled(bytes, ["B", " KiB", " MiB", " GiB", " TiB"], 1_024);
}

export function formatAgo(thenMs: number | null | undefined, nowMs: number): string {
  if (thenMs == null) return MISSING;
  const seconds = Math.max(0, Math.round((nowMs - thenMs) / 1_000));
  if (seconds < 2) return "now";
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

/** A length of time, in its largest unit. */
export function formatSpan(ms: number | null | undefined): string {
  if (ms == null) return MISSING;
  const minutes = ms / 60_000;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  if (minutes < 2_880) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1_440)} days`;
}

/** A moment in the reader's time zone: 2026-03-01 10:16. */
export function formatTime(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** From one moment to another; the day once where they share it. */
export function formatWindow(fromMs: number, toMs: number): string {
  const [from, to] = [formatTime(fromMs), formatTime(toMs)];
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} – ${to.slice(11)}` : `${from} – ${to}`;
}

/** The reader's time zone, which all times are in: Europe/Berlin, UTC+01:00. */
export function formatZone(nowMs: number): string {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const minutes = -new Date(nowMs).getTimezoneOffset();
  const two = (value: number): string => String(value).padStart(2, "0");
  const offset = `UTC${minutes < 0 ? "−" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return name === "UTC" ? name : `${name}, ${offset}`;
}

/** A moment to the millisecond, in the reader's time zone: 10:16:22.041, with its day in front where that is asked for. */
export function formatClock(ms: number, isDated = false): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  return isDated ? `${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}` : clock;
}

function digits(value: number): string {
  return value >= 100
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1).replace(/\.0$/, "")
      : value.toFixed(2).replace(/\.?0+$/, "");
}

function scaled(value: number, units: readonly string[], base: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log(value) / Math.log(base)));
  return `${digits(value / base ** power)}${units[power] ?? ""}`;
}
