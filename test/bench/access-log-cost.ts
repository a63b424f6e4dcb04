/** What the access log costs on the way from gRPC to slots: the same load with it, at its default budgets, and without. */
import { grpcToSlot, type SlotRun } from "./grpc-to-slot.ts";
import { MESH } from "./load.ts";

/** How the bench's request ids begin; what follows is made anew for each message. */
const ID_START = Buffer.from("5f3c1d2e-0000-4000-9000-");
const ID_DIGITS = 12;

export function accessLogRun(accessLog: boolean): Promise<SlotRun> {
  return grpcToSlot(MESH, { renew: newIds, accessLog });
}

let ids = 0;

/** A copy of a message whose entries have request ids of their own. */
function newIds(message: Buffer): Buffer {
  const copy = Buffer.from(message);
  for (let at = copy.indexOf(ID_START); at >= 0; at = copy.indexOf(ID_START, at + 1))
    copy.write((ids++).toString(16).padStart(ID_DIGITS, "0"), at + ID_START.length, "latin1");
  return copy;
}
