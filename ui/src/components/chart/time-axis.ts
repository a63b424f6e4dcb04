/** Moments on a chart, in the reader's time zone: 24 hours, with the day only where there are several. Pure. */
import { formatTime } from "../../lib/format.ts";

const DAY_MS = 86_400_000;
const CLOCK = "00:00".length;

/** A label for each tick, ms. The day stands under the first tick and under each that begins another. */
export function formatTicks(ticks: readonly number[]): string[] {
  const isByDay = (ticks[1] ?? 0) - (ticks[0] ?? 0) >= DAY_MS - 3_600_000; // an hour less where clocks are put forward
  return ticks.map((tick, i) => {
    const [year, day, clock] = partsOf(tick);
    const before = i === 0 ? null : partsOf(ticks[i - 1] as number);
    if (isByDay) return before !== null && before[0] !== year ? `${day}\n${year}` : day;
    return spansDays(ticks) && before?.[1] !== day ? `${clock}\n${day}` : clock;
  });
}

/** A point of a chart that has these, ms. */
export function formatMoment(moment: number, all: readonly number[]): string {
  const [, day, clock] = partsOf(moment);
  return spansDays(all) ? `${day} ${clock}` : clock;
}

function spansDays(moments: readonly number[]): boolean {
  const [first, last] = [moments[0], moments.at(-1)];
  return first !== undefined && last !== undefined && partsOf(first)[1] !== partsOf(last)[1];
}

function partsOf(moment: number): readonly [year: string, day: string, clock: string] {
  const text = formatTime(moment);
  return [text.slice(0, 4), text.slice(5, 10), text.slice(-CLOCK)];
}
