/** The class of response_code_details: what Envoy says before it names addresses, reasons of the transport, or policies. */

const OPENERS = [0x7b, 0x28, 0x3a]; // { ( :
const SPACE = 0x20;

/** Where the class of the details in bytes[start, end) ends; it may be empty. */
export function classEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && !OPENERS.includes(bytes[at] as number)) at++;
  while (at > start && (bytes[at - 1] as number) <= SPACE) at--;
  return at;
}

/** Where it begins: behind white space. */
export function classStart(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) <= SPACE) at++;
  return at;
}
