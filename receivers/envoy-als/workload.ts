/** Envoy node and peer metadata -> service, instance and attributes, by the name templates. */
import { cutName } from "../../oap/model/name-limit.ts";
import type { Names, WorkloadInfo } from "../../oap/model/ports.ts";
import type { Destination, KubernetesService } from "./destination.ts";
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

  /** Workload id of whom a call was meant for, when the called side tells nothing. A service of Kubernetes is named as its own proxies name it, as far
   *  as its name, its namespace and the reporter's cluster say; a template that asks for more leaves `name.namespace`. */
  destination(to: Destination, reporter: Metadata): number {
    const name =
      typeof to === "string" ? to : (this.#service.applyWhole(supposedOf(to, reporter)) ?? `${to.name}.${to.namespace}`);
    return this.named(name, "", {}, false);
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

const NAME_LABELS = ["service.istio.io/canonical-name", "app.kubernetes.io/name", "app", "k8s-app"];
const NAME_FIELDS = ["SERVICE", "APP", "WORKLOAD_NAME", "WORKLOAD"];
const SHARED_FIELDS = ["CLUSTER_ID", "CLUSTER", "MESH_ID"];

/** What the metadata of a service's proxies most likely say: its workloads are called as it is, and live in the reporter's cluster. */
function supposedOf({ name, namespace }: KubernetesService, reporter: Metadata): Metadata {
  const shared = SHARED_FIELDS.flatMap((key) => {
    const value = field(reporter, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const named = (keys: readonly string[]): Metadata => Object.fromEntries(keys.map((key) => [key, name]));
  return { ...Object.fromEntries(shared), ...named(NAME_FIELDS), LABELS: named(NAME_LABELS), NAMESPACE: namespace };
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
