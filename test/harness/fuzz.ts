/** Structured fuzzing: seeds, and ways to spoil them that hit a wire format where it hurts. The same seed gives the same run. */
import { readdirSync, readFileSync } from "node:fs";

const SEEDS = new URL("../golden/fuzz/", import.meta.url);
const LONG_VARINT = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]);
const HUGE_LENGTH = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]);
const GROUPS = Buffer.alloc(200, 0x0b);
const BAD_TEXT = Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80]);

/** The corpus: ALS messages, messages of the mesh protocol and peer objects, by file name. */
export function readSeeds(): { readonly name: string; readonly bytes: Buffer }[] {
  const names = readdirSync(SEEDS).filter((name) => name.endsWith(".bin"));
  return names.sort().map((name) => ({ name, bytes: readFileSync(new URL(name, SEEDS)) }));
}

export function mutate(bytes: Buffer, other: Buffer, random: () => number): Buffer {
  let out = Buffer.from(bytes);
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) out = Buffer.from(once(out, other, random));
  return out;
}

function once(bytes: Buffer, other: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * (bytes.length + 1));
  const length = Math.floor(random() * 32);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (Math.floor(random() * 10)) {
    case 0:
      return before; // cut off
    case 1:
      return Buffer.concat([before, after.subarray(length)]); // a piece missing
    case 2:
      return Buffer.concat([before, after.subarray(0, length), after]); // a piece twice
    case 3:
      return Buffer.concat([before, LONG_VARINT, after]);
    case 4:
      return Buffer.concat([before, HUGE_LENGTH, after]);
    case 5:
      return Buffer.concat([before, GROUPS, after]);
    case 6:
      return Buffer.concat([before, BAD_TEXT, after.subarray(BAD_TEXT.length)]);
    case 7:
      return Buffer.concat([before, other.subarray(Math.floor(random() * other.length))]); // two seeds spliced
    case 8:
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
      return bytes;
    default:
      if (at < bytes.length) bytes[at] = Math.floor(random() * 256);
      return bytes;
  }
}
