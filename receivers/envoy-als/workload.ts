/** Envoy node and peer metadata -> service, instance and attributes, by the name templates. */
import { cutName } from "../../oap/model/name-limit.ts";
import type { Names, WorkloadInfo } from "../../oap/model/ports.ts";
import { field, NameTemplate } from "./name-template.ts";
import type { Metadata } from "./struct.ts";

export interface NamingOptions {
  readonly service: string;
  readonly instance: string;
  readonly serviceMaxBytes: number;
  readonly instanceMaxBytes: number;
}

/** Attribute -> the keys it can come from. */
const ATTRIBUTES: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ["pod", [["NAME"]]],
  ["namespace", [["NAMESPACE"]]],
  ["workload", [["WORKLOAD_NAME"], ["WORKLOAD"]]],
  ["version", [["LABELS", "service.istio.io/canonical-revision"], ["LABELS", "version"], ["REVISION"], ["VERSION"]]],
  ["cluster", [["CLUSTER_ID"], ["CLUSTER"]]],
];

export class WorkloadNaming {
  readonly names: Names;
  readonly #service: NameTemplate;
  readonly #instance: NameTemplate;
  readonly #options: NamingOptions;

  /** @throws Error on a template that is not one. */
  constructor(names: Names, options: NamingOptions) {
    this.names = names;
    this.#service = new NameTemplate(options.service);
    this.#instance = new NameTemplate(options.instance);
    this.#options = options;
  }

  /** The names behind a workload id; null for none. */
  describe(workload: number): { readonly service: string | null; readonly instance: string | null } {
    return this.names.describe(workload);
  }

  /** Workload id of what the metadata describe; null when they name no service. */
  fromMetadata(metadata: Metadata, own: boolean): number | null {
    const service = this.#service.apply(metadata);
    if (service === null) return null;
    return this.named(service, this.#instance.apply(metadata) ?? "", attributesOf(metadata), own);
  }

  /** Workload id of names that need no template; limits apply all the same. */
  named(service: string, instance: string, attributes: WorkloadInfo["attributes"], own: boolean): number {
    const { serviceMaxBytes, instanceMaxBytes } = this.#options;
    return this.names.workload({
      service: cutName(service, serviceMaxBytes),
      instance: cutName(instance, instanceMaxBytes),
      attributes,
      own,
    });
  }
}

function attributesOf(metadata: Metadata): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, paths] of ATTRIBUTES) {
    for (const path of paths) {
      const value = path.reduce<string | Metadata | undefined>(
        (at, key) => (typeof at === "object" ? field(at, key) : undefined),
        metadata,
      );
      if (typeof value !== "string" || value === "" || attributes[name] !== undefined) continue;
      attributes[name] = cutName(value, 255);
    }
  }
  return attributes;
}
