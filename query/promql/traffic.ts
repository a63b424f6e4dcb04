/** The metrics that list what there is: service_traffic, instance_traffic, endpoint_traffic. They are read from metadata, whatever its traffic was. */
import type { QueryContext } from "../context.ts";
import { EVER, type StoredService } from "../readers/metadata.ts";
import { limitOf } from "./entities.ts";
import { PromqlFault } from "./fault.ts";
import { control, satisfying } from "./matchers.ts";
import { CONTROLS, SCOPE_NAMES } from "./names.ts";
import type { Matcher } from "./tree.ts";
import { type Labels, NAME } from "./vector.ts";

/** Services are told again every ten minutes. */
const SERVICE_LAG_MS = 11 * 60_000;
/** Instances and endpoints are listed service by service. */
const SERVICES_MAX = 50;
const MEMBERS_MAX = 5_000;

/** Half-open, ms; null: not said. */
export interface When {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

type Reading = Pick<QueryContext, "sql" | "metadata">;

/** Seen in that time; a service that is not known never was. */
export function isAlive(service: StoredService | undefined, { fromMs, toMs }: When): boolean {
  if (service === undefined) return false;
  return service.lastSeen >= (fromMs ?? 0) - SERVICE_LAG_MS && service.firstSeen < (toMs ?? Number.POSITIVE_INFINITY);
}

/** @throws PromqlFault, StorageError */
export async function trafficSeries(
  name: string,
  of: "service" | "instance" | "endpoint",
  matchers: readonly Matcher[],
  when: When,
  reading: Reading,
): Promise<Labels[]> {
  const own = matchers.filter(({ label }) => !CONTROLS.has(label));
  const limit = Math.min(limitOf(matchers) ?? MEMBERS_MAX, MEMBERS_MAX);
  const { scope } = SCOPE_NAMES[of];
  const known = [...(await reading.metadata.byName()).values()].filter((one) => of !== "service" || isAlive(one, when));
  const rows = known.flatMap((service) =>
    service.layers.map((layer) => ({ service, labels: { [NAME]: name, layer, scope, service: service.service } as Labels })),
  );
  if (of === "service") return (await satisfying(rows, own, reading.sql)).slice(0, limit).map(({ labels }) => labels);
  const isOfService = ({ label }: Matcher): boolean => label === "service" || label === "layer" || label === NAME;
  const services = await satisfying(rows, own.filter(isOfService), reading.sql);
  const first = services.filter(({ service }, i) => services[i - 1]?.service !== service); // of several layers the first
  if (first.length > SERVICES_MAX)
    throw new PromqlFault(`${name} of ${first.length} services: name a service, or ${SERVICES_MAX} of them at most`, "execution");
  const keyword = control(matchers, "keyword") ?? "";
  const members = await Promise.all(
    first.map(async ({ service, labels }) => {
      const found = await membersOf(of, service, keyword, when, reading);
      return found.map((member) => ({ labels: { ...labels, [of === "instance" ? "service_instance" : "endpoint"]: member } }));
    }),
  );
  const kept = await satisfying(members.flat(), own, reading.sql);
  return kept.slice(0, limit).map(({ labels }) => labels);
}

async function membersOf(
  of: "instance" | "endpoint",
  { service, normal }: StoredService,
  keyword: string,
  { fromMs, toMs }: When,
  { metadata }: Reading,
): Promise<string[]> {
  const alive = { fromMs: fromMs ?? EVER.fromMs, toMs: toMs ?? EVER.toMs };
  if (of === "endpoint") return await metadata.endpoints(service, normal, keyword, MEMBERS_MAX, alive);
  return (await metadata.instances(service, normal, alive)).map(({ instance }) => instance);
}
