/** Whether a call went well, as its reporter saw it. */
import { DetectPoint } from "../../oap/model/entity.ts";
import type { Entry } from "./entry.ts";

/** Flags that mean that the call failed, by their number in ResponseFlags: UH UT LR UR UF UC UO NR URX SI DPE UMSDR NFCF DT
 *  UPE NC OM DF. The others (LH DI FI RL UAEX RLSE DC IH RFCF DR) decide nothing alone. */
const FAILING = [2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 19, 20, 22, 23, 24, 25, 26, 27].reduce(
  (set, number) => set | (1 << (number - 1)),
  0,
);

/** A server answers for codes of 500 and above, a client sees anything from 400 as failed. Without a code only flags decide. */
export function succeeded(entry: Entry, detectPoint: number, isGrpc: boolean): boolean {
  if ((entry.flags & FAILING) !== 0) return false;
  if (isGrpc && entry.grpcStatus >= 0) return entry.grpcStatus === 0;
  return entry.responseCode < (detectPoint === DetectPoint.server ? 500 : 400);
}

export function connectionSucceeded(entry: Entry): boolean {
  return (entry.flags & FAILING) === 0;
}
