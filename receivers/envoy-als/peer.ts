/** Peer objects -> workload ids. A peer is parsed once per distinct bytes; after that its bytes are only compared. */
import { DecodeError } from "../../oap/model/errors.ts";
import { Interner, OVERFLOW_ID } from "../../oap/model/interner.ts";
import { expectType, LENGTH, Wire } from "../decode/wire.ts";
import { readFlatNode } from "./flatbuffer.ts";
import { type Metadata, readStruct } from "./struct.ts";
import type { WorkloadNaming } from "./workload.ts";

export interface PeerLimits {
  /** Distinct peers remembered, of each encoding, and their bytes. */
  readonly max: number;
  readonly maxBytes: number;
  /** The largest one worth remembering. */
  readonly peerMaxBytes: number;
}

/** What stands for a peer that names nobody, or cannot be read. */
export const UNRESOLVED = -1;
const NOT_PARSED = -2;

const PEERS_START = 1 << 8;

export class Peers {
  /** Peers that could not be decoded, and times the memory of peers was given up because it was full. */
  undecodable = 0;
  evictions = 0;
  /** Times a peer was read that is too large to be remembered. */
  tooLarge = 0;
  readonly #naming: WorkloadNaming;
  readonly #limits: PeerLimits;
  readonly #structs: KnownPeers;
  readonly #flatBuffers: KnownPeers;
  #epoch = 0;

  constructor(naming: WorkloadNaming, limits: PeerLimits) {
    this.#naming = naming;
    this.#limits = limits;
    this.#structs = new KnownPeers(limits);
    this.#flatBuffers = new KnownPeers(limits);
  }

  /** Workload of the peer object in bytes[start, end), the value of its Any; UNRESOLVED when it names nobody. */
  resolve(bytes: Buffer, start: number, end: number, isFlatBuffer: boolean): number {
    if (this.#epoch !== this.#naming.names.epoch) this.#clear();
    if (end - start > this.#limits.peerMaxBytes) {
      this.tooLarge++;
      return this.#parse(bytes, start, end, isFlatBuffer);
    }
    const known = isFlatBuffer ? this.#flatBuffers : this.#structs;
    let id = known.ids.intern(bytes, start, end);
    if (id === OVERFLOW_ID) {
      this.#clear();
      this.evictions++;
      id = known.ids.intern(bytes, start, end);
      if (id === OVERFLOW_ID) return this.#parse(bytes, start, end, isFlatBuffer);
    }
    const workload = known.workload(id);
    if (workload !== NOT_PARSED) return workload;
    const parsed = this.#parse(bytes, start, end, isFlatBuffer);
    known.set(id, parsed);
    return parsed;
  }

  #clear(): void {
    this.#structs.clear();
    this.#flatBuffers.clear();
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

/** Peer objects of one encoding, and whom each names. */
class KnownPeers {
  readonly ids: Interner;
  #workloads = new Int32Array(PEERS_START).fill(NOT_PARSED);

  constructor({ max, maxBytes }: PeerLimits) {
    this.ids = new Interner({ entriesMax: max, bytesMax: maxBytes });
  }

  workload(id: number): number {
    return id < this.#workloads.length ? (this.#workloads[id] as number) : NOT_PARSED;
  }

  set(id: number, workload: number): void {
    if (id >= this.#workloads.length) {
      const workloads = new Int32Array(this.#workloads.length * 2).fill(NOT_PARSED);
      workloads.set(this.#workloads);
      this.#workloads = workloads;
    }
    this.#workloads[id] = workload;
  }

  clear(): void {
    this.ids.clear();
    this.#workloads.fill(NOT_PARSED);
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
