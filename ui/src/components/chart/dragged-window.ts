const MINUTE_MS = 60_000;

/** What was dragged over as a window: half-open, ms, outward to whole minutes, which is what the server answers in. Pure. */
export function draggedWindow(fromMs: number, toMs: number): [from: number, to: number] {
  const from = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS;
  return [from, Math.max(from + MINUTE_MS, Math.ceil(toMs / MINUTE_MS) * MINUTE_MS)];
}
