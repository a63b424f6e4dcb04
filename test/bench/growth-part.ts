/** How throughput grows with services, endpoints, edges and streams; one run each. */
import { grpcToSlot } from "./grpc-to-slot.ts";
import { rateOf, wireToSlot } from "./ingest-parts.ts";
import { type LoadShape, MESH, WORST } from "./load.ts";
import type { Part, Row } from "./part.ts";

const SHAPES: readonly (readonly [string, LoadShape])[] = [
  ["20 services, 20 instances, 1,000 endpoints, 200 edges", { services: 20, instances: 1, endpoints: 50 }],
  ["200 services, 200 instances, 10,000 endpoints, 2,000 edges", { services: 200, instances: 1, endpoints: 50 }],
  ["200 services, 2,000 instances, 10,000 endpoints, 5,000 edges", MESH],
  ["200 services, 2,000 instances, 100,000 endpoints, 5,000 edges", WORST],
];
const CONNECTIONS = [8, 500];

export const GROWTH_PART: Part = {
  name: "growth",
  section: {
    title: "Growth",
    head: ["what, one run each", "entries per CPU-second", "memory of the process, the load's messages included"],
    setting: "",
  },
  what: "bytes to slots by entities, gRPC to slots by connections",
  rows: async (runs) => {
    const rows: Row[] = [];
    for (const [name, shape] of SHAPES) {
      const { perCpuSecond, rssMiB } = await runs.once(name, () => wireToSlot(shape), rateOf);
      rows.push([`bytes to slots: ${name}`, perCpuSecond.toLocaleString("en-US"), `${rssMiB} MiB`]);
    }
    for (const connections of CONNECTIONS) {
      const name = `2,000 streams at once on ${connections} connections`;
      const { perCpuSecond, loopDelayP99Ms } = await runs.once(
        name,
        () => grpcToSlot(MESH, { connections, allAtOnce: true }),
        rateOf,
      );
      rows.push([`gRPC to slots: ${name}`, perCpuSecond.toLocaleString("en-US"), `loop p99 ${loopDelayP99Ms.toFixed(1)} ms`]);
    }
    return rows;
  },
};
