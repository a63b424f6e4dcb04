/** TLSProperties -> which ends showed a certificate: with a subject or a URI name; DNS names alone do not count. */
import { expectType, LENGTH, VARINT, type Wire } from "../decode/wire.ts";
import { type Entry, LOCAL_CERTIFICATE, PEER_CERTIFICATE } from "./entry.ts";

export function readTls(wire: Wire, entry: Entry): void {
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field === 4 || field === 5) {
      expectType(tag, LENGTH);
      const outer = wire.enter();
      if (hasIdentity(wire)) entry.certificates |= field === 4 ? LOCAL_CERTIFICATE : PEER_CERTIFICATE;
      wire.leave(outer);
      continue;
    }
    if (field <= 7) expectType(tag, field === 1 ? VARINT : LENGTH);
    wire.skip(tag);
  }
}

/** CertificateProperties: a non-empty subject, or a subject alternative name that is a URI. */
function hasIdentity(wire: Wire): boolean {
  let found = false;
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field > 3) {
      wire.skip(tag);
      continue;
    }
    expectType(tag, LENGTH);
    const outer = wire.enter();
    if (field === 1) found = hasUri(wire) || found;
    else if (field === 2) found = wire.limit > wire.at || found;
    wire.leave(outer);
  }
  return found;
}

/** SubjectAltName, a oneof: the last member counts. */
function hasUri(wire: Wire): boolean {
  let isUri = false;
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    const field = tag >>> 3;
    if (field > 2) {
      wire.skip(tag);
      continue;
    }
    expectType(tag, LENGTH);
    const outer = wire.enter();
    isUri = field === 1 && wire.limit > wire.at;
    wire.leave(outer);
  }
  return isUri;
}
