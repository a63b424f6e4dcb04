/** Figures and their bounds, in words. */
import { median } from "./measure.ts";

/** The median, and all of them, with `digits` behind the point. */
export function figures(values: readonly number[], unit: string, digits = 0): string {
  const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const text = (value: number): string => value.toLocaleString("en-US", places);
  return `${text(median(values))}${unit === "" ? "" : ` ${unit}`} (${values.map(text).join("; ")})`;
}

export function atLeast(figure: number, floor: number, target: number): string {
  const said = figure >= target ? "target met" : figure >= floor ? "floor met" : "**missed**";
  return `at least ${floor.toLocaleString("en-US")}, target ${target.toLocaleString("en-US")}: ${said}`;
}

export function atMost(figure: number, bound: number, target = bound): string {
  const said = figure <= target ? "met" : figure <= bound ? "bound met, target missed" : "**missed**";
  return `at most ${bound.toLocaleString("en-US")}${target === bound ? "" : `, target ${target.toLocaleString("en-US")}`}: ${said}`;
}
