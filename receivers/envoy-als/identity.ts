/** Who a stream speaks for: its node, its role, and the workload its reports belong to. */
import { UNKNOWN } from "../../oap/model/entity.ts";
import { type Destination, serviceOfAuthority, serviceOfCluster } from "./destination.ts";
import { type Node, namespaceOf, ownAddresses, type Role, roleOf } from "./node.ts";
import type { WorkloadNaming } from "./workload.ts";

/** Nothing says who the sender is. */
export const NOBODY = 0;

export class Identity {
  readonly node: Node;
  readonly role: Role;
  readonly service: string | null;
  readonly instance: string | null;
  /** Workload id of the sender; NOBODY when it cannot be named. */
  readonly workload: number;
  readonly unknown: number;
  /** The epoch its ids are of. */
  readonly epoch: number;
  readonly #naming: WorkloadNaming;
  readonly #own: readonly Buffer[];
  /** The last upstream cluster and whom it stands for: a proxy mostly repeats a few. */
  #cluster = Buffer.alloc(0);
  #clusterWorkload = NOBODY;

  constructor(node: Node, naming: WorkloadNaming) {
    this.node = node;
    this.role = roleOf(node.id);
    this.#naming = naming;
    this.epoch = naming.names.epoch;
    this.#own = [...ownAddresses(node)].map((address) => Buffer.from(address));
    this.unknown = naming.named(UNKNOWN, UNKNOWN, {}, false);
    this.workload = this.#nameSelf();
    const { service, instance } = naming.describe(this.workload);
    this.service = service;
    this.instance = instance;
  }

  /** The same sender with ids of the present epoch. */
  renewed(): Identity {
    return new Identity(this.node, this.#naming);
  }

  isOwnAddress(bytes: Buffer, start: number, end: number): boolean {
    return this.#own.some((address) => address.length === end - start && address.compare(bytes, start, end) === 0);
  }

  /** Workload that the upstream cluster in bytes[start, end) stands for; NOBODY when it names none. */
  destinationOfCluster(bytes: Buffer, start: number, end: number): number {
    if (end === start) return NOBODY;
    if (this.#cluster.length !== end - start || this.#cluster.compare(bytes, start, end) !== 0) {
      this.#cluster = Buffer.from(bytes.subarray(start, end));
      this.#clusterWorkload = this.#destination(serviceOfCluster(this.#cluster.toString("utf8")));
    }
    return this.#clusterWorkload;
  }

  /** Workload that an authority names; NOBODY when it names none. */
  destinationOfAuthority(bytes: Buffer, start: number, end: number): number {
    return this.#destination(serviceOfAuthority(bytes.toString("utf8", start, end), namespaceOf(this.node)));
  }

  #destination(to: Destination | null): number {
    return to === null ? NOBODY : this.#naming.destination(to, this.node.metadata);
  }

  /** Metadata first; an Envoy that Istio did not configure is its cluster, its id is the instance. */
  #nameSelf(): number {
    const { id, cluster, metadata } = this.node;
    const named = this.#naming.fromMetadata(metadata, true);
    if (named !== null) return named;
    if (cluster === "" && id === "") return NOBODY;
    return this.#naming.named(cluster === "" ? id : cluster, id, id === "" ? {} : { node: id }, true);
  }
}
