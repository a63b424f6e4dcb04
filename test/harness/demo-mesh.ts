/** The demo's mesh as a client finds it: two minutes of Bookinfo that real streams brought, in a product whose clock stands still after them. */
import { MESH, type Pod, serviceName } from "../../oap/demo/mesh.ts";
import { edgeOf } from "../../oap/demo/tally.ts";
import type { EntityInput } from "../../query/entity-input.ts";
import type { Of } from "../builders/dashboards.ts";
import { DemoNumbers } from "../builders/demo-numbers.ts";
import { sendDemo } from "./demo-load.ts";
import { startOap } from "./oap.ts";

/** What is asked: a minute before anything was seen, the two minutes, one with the ends of the last calls, and one of silence. */
export const RANGE = { start: "2026-03-01 1014", end: "2026-03-01 1018", step: "MINUTE" } as const;
/** The same for logs, traces and alarms. */
export const SECONDS = { start: "2026-03-01 101400", end: "2026-03-01 101859", step: "SECOND" } as const;
const FIRST_POINT = Date.parse("2026-03-01T10:14:00Z");
export const POINTS: readonly number[] = [0, 1, 2, 3, 4].map((minute) => FIRST_POINT + minute * 60_000);
const LAST_CALL = "2026-03-01T10:17:00Z";
const NOW = "2026-03-01T10:20:00Z";
const SENT_S = 120;

export const GATEWAY = serviceName(MESH.gateway);
export const [PRODUCTPAGE, DETAILS, REVIEWS, RATINGS, MONGODB] = [
  MESH.productpage,
  MESH.details,
  MESH.reviews[0],
  MESH.ratings,
  MESH.mongodb,
].map(serviceName) as [string, string, string, string, string];
export const SERVICES = [DETAILS, GATEWAY, MONGODB, PRODUCTPAGE, RATINGS, REVIEWS] as const;
/** By service; the gateway answers one more itself. */
export const ENDPOINTS: Readonly<Record<string, string>> = {
  [GATEWAY]: "GET:/productpage",
  [PRODUCTPAGE]: "GET:/productpage",
  [DETAILS]: "GET:/details/0",
  [REVIEWS]: "GET:/reviews/0",
  [RATINGS]: "GET:/ratings/0",
};
/** Whoever calls, and whom; the last one over TCP. */
export const EDGES = [
  [GATEWAY, PRODUCTPAGE],
  [PRODUCTPAGE, DETAILS],
  [PRODUCTPAGE, REVIEWS],
  [REVIEWS, RATINGS],
  [RATINGS, MONGODB],
] as const;
export const POD = firstPod(MESH.productpage);
export const DEST_POD = firstPod(MESH.reviews[0]);

export async function startDemoMesh() {
  const oap = await startOap({ at: NOW });
  const tally = await sendDemo(oap.grpcAddress, SENT_S, 7, Date.parse(LAST_CALL));
  await oap.flush();
  return { ...oap, numbers: new DemoNumbers(tally, POINTS) };
}

export type DemoMesh = Awaited<ReturnType<typeof startDemoMesh>>;

/** What there is to ask a dashboard of, the busiest first. */
export function entitiesOf(of: Of): readonly EntityInput[] {
  const edges = EDGES.map(([serviceName, destServiceName]) => ({ serviceName, normal: true, destServiceName, destNormal: true }));
  switch (of) {
    case "nothing":
      return [{}];
    case "service":
      return [REVIEWS, PRODUCTPAGE, DETAILS, RATINGS, GATEWAY, MONGODB].map((name) => ({ serviceName: name, normal: true }));
    case "instance":
      return [DEST_POD, POD].map(({ name, workload }) => ({
        serviceName: serviceName(workload),
        normal: true,
        serviceInstanceName: name,
      }));
    case "endpoint":
      return Object.entries(ENDPOINTS).map(([name, endpointName]) => ({ serviceName: name, normal: true, endpointName }));
    case "service_relation":
      return edges;
    case "instance_relation": {
      const pods = { serviceInstanceName: POD.name, destServiceInstanceName: DEST_POD.name };
      return edges.filter((one) => one.destServiceName === REVIEWS).map((one) => ({ ...one, ...pods }));
    }
  }
}

/** As the tally names it. */
export function edgeName({ serviceName: source, destServiceName: destination }: EntityInput): string {
  return edgeOf(source ?? "", destination ?? "").name;
}

function firstPod({ pods }: { readonly pods: readonly Pod[] }): Pod {
  const [pod] = pods;
  if (pod === undefined) throw new Error("a workload without pods");
  return pod;
}
