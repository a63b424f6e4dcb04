/** Pairs of instances are the one quadratic term. A calling instance keeps its `max` callees with the smallest hash, the same choice
 *  in every process, and as many again whose calls failed; its calls to the others are added up under `{other}` of each service. */
import { hashBytes, viewOf } from "../model/byte-words.ts";
import { OTHER } from "../model/entity.ts";
import { COLUMN_COUNT, OFFSET_OF } from "./column-offsets.ts";
import type { WorkloadNames } from "./names.ts";
import { Slots } from "./slots.ts";

const { failed: FAILED } = OFFSET_OF;

/** @returns the slots to hand over, `slots` itself when nobody has too many, and how many were folded. */
export function capPairs(slots: Slots, names: WorkloadNames, max: number): { slots: Slots; folded: number } {
  const bySource = new Map<number, number[]>();
  for (let slot = 0; slot < slots.length; slot++) {
    const source = slots.key(slot, 1);
    const own = bySource.get(source);
    if (own === undefined) bySource.set(source, [slot]);
    else own.push(slot);
  }
  const folded = new Set<number>();
  for (const own of bySource.values()) if (own.length > max) foldRest(slots, own, names, max, folded);
  if (folded.size === 0) return { slots, folded: 0 };
  const others = new Map<number, number>();
  const otherOf = (workload: number): number => {
    const { service } = names.info(workload);
    const known = others.get(service);
    if (known !== undefined) return known;
    const other = names.workload({ service: names.serviceName(service), instance: OTHER, attributes: {}, own: false });
    others.set(service, other);
    return other;
  };
  const capped = new Slots(COLUMN_COUNT);
  slots.moveInto(capped, (slot) => (folded.has(slot) ? otherOf(slots.key(slot, 2)) : slots.key(slot, 2)));
  return { slots: capped, folded: folded.size };
}

/** Marks the slots of one source that lead to callees beyond its share. */
function foldRest(slots: Slots, own: readonly number[], names: WorkloadNames, max: number, folded: Set<number>): void {
  const callees = new Map<number, boolean>();
  for (const slot of own) {
    const callee = slots.key(slot, 2);
    const failed = (slots.rows[slots.at(slot) + FAILED] as number) > 0;
    callees.set(callee, (callees.get(callee) ?? false) || failed);
  }
  if (callees.size <= max) return;
  const ranked = [...callees.keys()]
    .map((callee) => ({ callee, hash: hashOf(names, callee) }))
    .sort((a, b) => a.hash - b.hash || a.callee - b.callee)
    .map(({ callee }) => callee);
  const kept = new Set(ranked.slice(0, max));
  for (const callee of ranked.slice(max)) if (callees.get(callee) === true && kept.size < 2 * max) kept.add(callee);
  for (const slot of own) if (!kept.has(slots.key(slot, 2))) folded.add(slot);
}

/** Of the names, not of the ids: those differ between processes. */
function hashOf(names: WorkloadNames, workload: number): number {
  const { service, instance } = names.info(workload);
  const bytes = Buffer.from(`${names.serviceName(service)}\0${instance}`);
  return hashBytes(viewOf(bytes), 0, bytes.length) >>> 0;
}
