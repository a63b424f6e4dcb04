/** How speed, memory and delay grow with services, endpoints, edges and streams; one run each. */
import type { Growth } from "./growth.ts";
import { grpcToSlot, idleStreamBytes } from "./grpc-to-slot.ts";
import { rateOf, wireToSlot } from "./ingest-parts.ts";
import { type LoadShape, MESH, WORST } from "./load.ts";
import { inFreshProcess } from "./measure.ts";
import type { Part, Row } from "./part.ts";
import type { Runs } from "./runs.ts";

const SHAPES: readonly (readonly [string, LoadShape])[] = [
  ["20 services, 20 instances, 1,000 endpoints, 200 edges", { services: 20, instances: 1, endpoints: 50 }],
  ["200 services, 200 instances, 10,000 endpoints, 2,000 edges", { services: 200, instances: 1, endpoints: 50 }],
  ["200 services, 2,000 instances, 10,000 endpoints, 5,000 edges", MESH],
  ["200 services, 2,000 instances, 100,000 endpoints, 5,000 edges", WORST],
];
/** As many streams at once as the shape has instances. */
const STREAMS: readonly { streams: number; connections: number; shape: LoadShape }[] = [
  { streams: 200, connections: 8, shape: { ...MESH, instances: 1 } },
  { streams: 200, connections: 200, shape: { ...MESH, instances: 1 } },
  { streams: 2_000, connections: 8, shape: MESH },
  { streams: 2_000, connections: 500, shape: MESH },
];
const NOT_MEASURED = "";

export const GROWTH_PART: Part = {
  name: "growth",
  section: {
    title: "Growth",
    head: [
      "what",
      "entries per CPU-second",
      "event loop delay, p99",
      "memory of a million slots",
      "kept of each service, instance and endpoint",
      "encoding a row, CPU",
      "memory of an idle stream",
    ],
    setting:
      "One run each. By entities: bytes to slots, without transport; slots hold all latencies of a round of calls; kept are names and peer objects after the hand-over. By streams: gRPC to slots, each stream open from beginning to end.",
  },
  what: "bytes to slots by entities, gRPC to slots by streams",
  rows: async (runs) => {
    const rows: Row[] = [];
    for (const [name, shape] of SHAPES) rows.push(await byEntities(runs, name, shape));
    for (const one of STREAMS) rows.push(await byStreams(runs, one));
    return rows;
  },
};

async function byEntities(runs: Runs, name: string, shape: LoadShape): Promise<Row> {
  const { perCpuSecond } = await runs.once(name, () => wireToSlot(shape), rateOf);
  const { services, instances, endpoints } = shape;
  const grown = await runs.once(
    `${name}, memory`,
    () => inFreshProcess<Growth>("./growth.ts", String(services), String(instances), String(endpoints)),
    ({ slots, rows }) => `${slots.toLocaleString("en-US")} slots, ${rows.toLocaleString("en-US")} rows`,
  );
  return [
    name,
    perCpuSecond.toLocaleString("en-US"),
    NOT_MEASURED,
    `${Math.round(grown.slotBytes)} MB`,
    `${Math.round(grown.keptBytes).toLocaleString("en-US")} B`,
    `${grown.encodeUs.toFixed(2)} µs`,
    NOT_MEASURED,
  ];
}

async function byStreams(runs: Runs, { streams, connections, shape }: (typeof STREAMS)[number]): Promise<Row> {
  const name = `${streams.toLocaleString("en-US")} streams on ${connections} connections`;
  const transport = { connections, allAtOnce: true };
  const { perCpuSecond, loopDelayP99Ms } = await runs.once(name, () => grpcToSlot(shape, transport), rateOf);
  const kb = (bytes: number): string => `${(bytes / 1e3).toFixed(1)} KB`;
  const bytes = await runs.once(`${name}, idle`, () => idleStreamBytes(streams, connections), kb);
  return [
    name,
    perCpuSecond.toLocaleString("en-US"),
    `${loopDelayP99Ms.toFixed(1)} ms`,
    NOT_MEASURED,
    NOT_MEASURED,
    NOT_MEASURED,
    kb(bytes),
  ];
}
