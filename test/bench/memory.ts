/** What the accumulators cost, in a fresh process: memory of a million slots and of an interned name, CPU of a row's encoding. Prints one
 *  line of JSON. */
import { COLUMN_COUNT } from "../../oap/analysis/column-offsets.ts";
import { Slots } from "../../oap/analysis/slots.ts";
import { Interner } from "../../oap/model/interner.ts";
import { encodeNative } from "../../oap/storage/native.ts";
import { block } from "../builders/delta.ts";
import { heldBytes } from "./measure.ts";

const SLOTS = 1_000_000;
const NAMES = 400_000;
const ROWS = 20_000;
const ENCODINGS = 20;

let before = heldBytes();
const slots = new Slots(COLUMN_COUNT);
for (let i = 0; i < SLOTS; i++) slots.logLatency(slots.slot(29_000_000, i, 0, 0), 500 + (i % 100));
const slotsMiB = (heldBytes() - before) / 2 ** 20;

before = heldBytes();
const names = new Interner({ entriesMax: NAMES, bytesMax: 64 << 20 });
for (let i = 0; i < NAMES; i++) {
  const bytes = Buffer.from(`/api/v1/area-${i % 1_000}/action-${i}`);
  names.intern(bytes, 0, bytes.length);
}
const nameBytes = (heldBytes() - before) / NAMES;

const rows = block(
  Array.from({ length: ROWS }, (_, i) => `service-${i % 200}.bench`),
  17,
);
for (let i = 0; i < 3; i++) encodeNative(rows);
const cpu = process.cpuUsage();
for (let i = 0; i < ENCODINGS; i++) encodeNative(rows);
const { user, system } = process.cpuUsage(cpu);
const encodeUs = (user + system) / (ROWS * ENCODINGS);

process.stdout.write(`${JSON.stringify({ slotsMiB, nameBytes, encodeUs, slots: slots.length, names: names.size })}\n`);
