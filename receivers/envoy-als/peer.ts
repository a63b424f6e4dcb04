/** Peer objects -> workload ids. A peer is parsed once per distinct bytes; after that its bytes are only compared. */
import { equalBytes, hashBytes, LastView, viewOf } from "../../oap/model/byte-words.ts";
import { DecodeError } from "../../oap/model/errors.ts";
import { expectType, LENGTH, Wire } from "../decode/wire.ts";
import { readFlatNode } from "./flatbuffer.ts";
import { type Metadata, readStruct } from "./struct.ts";
import type { WorkloadNaming } from "./workload.ts";

export interface PeerLimits {
  /** Distinct peers remembered, and their bytes in all. */
  readonly max: number;
  readonly maxBytes: number;
  /** The largest one worth remembering. */
  readonly peerMaxBytes: number;
}

/** What stands for a peer that names nobody, or cannot be read. */
export const UNRESOLVED = -1;

interface KnownPeer {
  readonly bytes: DataView;
  readonly workload: number;
  readonly next: KnownPeer | undefined;
}

export class Peers {
  /** Peers that could not be decoded, and times the memory of peers was given up because it was full. */
  undecodable = 0;
  evictions = 0;
  /** Times a peer was read that is too large to be remembered. */
  tooLarge = 0;
  readonly #naming: WorkloadNaming;
  readonly #limits: PeerLimits;
  readonly #known = new Map<number, KnownPeer>();
  readonly #source = new LastView();
  #count = 0;
  #bytes = 0;
  #epoch = 0;

  constructor(naming: WorkloadNaming, limits: PeerLimits) {
    this.#naming = naming;
    this.#limits = limits;
  }

  /** Workload of the peer object in bytes[start, end), the value of its Any; UNRESOLVED when it names nobody. */
  resolve(bytes: Buffer, start: number, end: number, isFlatBuffer: boolean): number {
    if (this.#epoch !== this.#naming.names.epoch) this.#clear();
    const view = this.#source.of(bytes);
    const hash = (hashBytes(view, start, end) >>> 0) * 2 + (isFlatBuffer ? 1 : 0);
    const first = this.#known.get(hash);
    for (let peer = first; peer !== undefined; peer = peer.next) {
      if (peer.bytes.byteLength === end - start && equalBytes(peer.bytes, 0, view, start, end - start)) return peer.workload;
    }
    const workload = this.#parse(bytes, start, end, isFlatBuffer);
    if (end - start > this.#limits.peerMaxBytes) {
      this.tooLarge++;
      return workload;
    }
    if (this.#count >= this.#limits.max || this.#bytes >= this.#limits.maxBytes) {
      this.#clear();
      this.evictions++;
    }
    this.#known.set(hash, {
      bytes: viewOf(Buffer.from(bytes.subarray(start, end))),
      workload,
      next: this.#count === 0 ? undefined : first,
    });
    this.#count++;
    this.#bytes += end - start;
    return workload;
  }

  #clear(): void {
    this.#known.clear();
    this.#count = 0;
    this.#bytes = 0;
    this.#epoch = this.#naming.names.epoch;
  }

  #parse(bytes: Buffer, start: number, end: number, isFlatBuffer: boolean): number {
    try {
      const metadata = isFlatBuffer ? readFlatNode(bytesValue(bytes, start, end)) : structOf(bytes, start, end);
      return this.#naming.fromMetadata(metadata, false) ?? UNRESOLVED;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.undecodable++;
      return UNRESOLVED;
    }
  }
}

function structOf(bytes: Buffer, start: number, end: number): Metadata {
  const wire = new Wire();
  wire.reset(bytes, start, end);
  return readStruct(wire);
}

/** The bytes in a BytesValue. */
function bytesValue(bytes: Buffer, start: number, end: number): Buffer {
  const wire = new Wire();
  wire.reset(bytes, start, end);
  let value = bytes.subarray(0, 0);
  while (wire.at < wire.limit) {
    const tag = wire.tag();
    if (tag >>> 3 !== 1) {
      wire.skip(tag);
      continue;
    }
    expectType(tag, LENGTH);
    const outer = wire.enter();
    value = bytes.subarray(wire.at, wire.leave(outer));
  }
  return value;
}
