import { createHash } from "node:crypto";

/** A name within its limit, in UTF-8 bytes. A longer one is cut between two characters and ends in `~` and six hex digits
 *  of its hash, so that two long names that begin alike stay two names. */
export function cutName(name: string, maxBytes: number): string {
  if (name.length * 3 <= maxBytes) return name;
  const bytes = Buffer.from(name, "utf8");
  if (bytes.length <= maxBytes) return name;
  let end = maxBytes - 7;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--; // never inside a character
  return `${bytes.toString("utf8", 0, end)}~${createHash("sha256").update(bytes).digest("hex").slice(0, 6)}`;
}
