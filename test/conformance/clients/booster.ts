/** Booster UI: everything in variables, six widgets in a document. Its requests at start and on the pages of a mesh, in their order. */
import { beforeAll, describe, expect, test } from "vitest";
import { CONNECTION_BYTES } from "../../../oap/demo/traffic.ts";
import { parseServiceId, relationId, serviceId } from "../../../oap/model/entity.ts";
import { BOOSTER, type Dashboard } from "../../builders/dashboards.ts";
import { boosterDocuments } from "../../builders/expression-documents.ts";
import { checkExpressions } from "../../harness/checked-expressions.ts";
import {
  DETAILS,
  type DemoMesh,
  EDGES,
  entitiesOf,
  GATEWAY,
  MONGODB,
  POINTS,
  PRODUCTPAGE,
  RANGE,
  RATINGS,
  REVIEWS,
  SERVICES,
} from "../../harness/demo-mesh.ts";
import { type Ask, clientOf } from "../../harness/graphql-client.ts";

export const BOOSTER_HEADERS = { accept: "application/json" };
const duration = { ...RANGE, coldStage: false };
const SERVICE_FIELDS = "{ id value: name label: name group layers normal shortName }";
const MENU = "title icon layer activate description documentLink i18nKey";
const TOPOLOGY =
  "query queryTopology($duration: Duration!, $serviceIds: [ID!]!) { topology: getServicesTopology(duration: $duration, serviceIds: $serviceIds) { nodes { id name type isReal layers } calls { id source detectPoints target sourceComponents targetComponents } } }";
const unknown = serviceId("UNKNOWN");

export function boosterSuite(mesh: () => DemoMesh): void {
  let ask: Ask;
  beforeAll(() => {
    ask = clientOf(mesh().url, BOOSTER_HEADERS);
  });

  describe("Booster UI", () => {
    test("the start: a menu that leads to dashboards that are there, the clock, and what is supported", async () => {
      const { getMenuItems } = await ask(
        `query queryMenuItems { getMenuItems { ${MENU} subItems { ${MENU} subItems { ${MENU} } } } }`,
      );
      const active = getMenuItems.flatMap((one: { subItems: { activate: boolean; layer: string }[] }) => one.subItems);
      expect(active.filter((one: { activate: boolean }) => one.activate)).toMatchObject([{ layer: "MESH" }]);
      const { timeInfo } = await ask("query queryOAPTimeInfo { timeInfo: getTimeInfo { timezone currentTimestamp } }");
      expect(timeInfo).toEqual({ timezone: "+0000", currentTimestamp: expect.any(Number) });
      const { version } = await ask("query queryOAPVersion { version }");
      expect(version).toMatch(/^11\.\d/);
      const { ttl } = await ask("query { ttl: getMetricsTTL { minute hour day coldMinute coldHour coldDay } }");
      expect(ttl).toEqual({ minute: 8, hour: 35, day: 400, coldMinute: -1, coldHour: -1, coldDay: -1 });
      const { records } = await ask(
        "query { records: getRecordsTTL { normal trace zipkinTrace log browserErrorLog coldNormal coldTrace coldZipkinTrace coldLog coldBrowserErrorLog } }",
      );
      expect(records).toMatchObject({ log: 3, coldLog: -1 });
      expect(await ask("query { hasQueryTracesV2Support }")).toEqual({ hasQueryTracesV2Support: false });
      const { getAllTemplates } = await ask("query queryTemplates { getAllTemplates { id configuration } }");
      const dashboards = getAllTemplates.map((one: { configuration: string }) => JSON.parse(one.configuration));
      expect(dashboards).toContainEqual(expect.objectContaining({ layer: "MESH", entity: "All", isRoot: true }));
    });

    test("the services of the layer", async () => {
      const { services } = await ask(
        `query queryServices($layer: String!) { services: listServices(layer: $layer) ${SERVICE_FIELDS} }`,
        { layer: "MESH" },
      );
      expect(services).toEqual(
        SERVICES.map((name) => ({
          id: serviceId(name),
          value: name,
          label: name,
          group: "",
          layers: ["MESH"],
          normal: true,
          shortName: name,
        })),
      );
    });

    const rowsOf = ({ of, entities }: Dashboard): object =>
      entities === undefined ? {} : { entities: Math.min(entities, entitiesOf(of).length) };
    test.each(BOOSTER.map((one) => [one.name, { ...one, ...rowsOf(one) }] as const))("%s", async (_, dashboard) => {
      const at: Parameters<typeof boosterDocuments>[2] = (of, i) => entitiesOf(of)[i] ?? {};
      const documents = boosterDocuments(dashboard, duration, at);
      for (const document of documents) await checkExpressions(ask, document, mesh().numbers);
    });

    test("the lists of the root page are those of the calls sent", async () => {
      const [document] = boosterDocuments(
        { name: "root", of: "nothing", expressions: ["top_n(service_cpm,10,des,attr0='MESH')"] },
        duration,
        () => ({}),
      );
      const data = await ask(document?.query ?? "", document?.variables);
      const [{ values }] = data.expression00.results;
      expect(values.map(({ name, value }: Record<string, string>) => [name, value])).toEqual(mesh().numbers.busiest());
      expect(values[0]).toMatchObject({ refId: null, owner: { scope: "Service", serviceID: serviceId(GATEWAY), normal: true } });
    });

    test("the page of a database: bytes of a connection, and no calls", async () => {
      const opened = POINTS.map((at) => mesh().numbers.tally.minutes[at]?.connections[`${RATINGS} -> ${MONGODB}`]);
      const expressions = ["service_throughput_received", "service_throughput_sent", "service_cpm"];
      const dashboard = { name: "database", of: "service", expressions } as const;
      const [document] = boosterDocuments(dashboard, duration, () => ({ serviceName: MONGODB, normal: true }));
      const data = await ask(document?.query ?? "", document?.variables);
      const [received, sent, calls] = [0, 1, 2].map((j) =>
        data[`expression0${j}`].results[0].values.map(({ value }: { value: string | null }) => value),
      );
      const bytes = (mean: number) => opened.map((one) => (one === undefined ? null : String(mean)));
      expect(received).toEqual(bytes(CONNECTION_BYTES.received));
      expect(sent).toEqual(bytes(CONNECTION_BYTES.sent));
      expect(calls).toEqual(POINTS.map(() => null));
    });

    /** The numbers of the links that a side reported: of the entry, whoever called, the called side alone. */
    const checkLinks = async (side: string, calls: readonly { source: string; target: string; detectPoints: string[] }[]) => {
      const links = calls.filter(({ detectPoints }) => detectPoints.includes(side));
      expect(links).toHaveLength(EDGES.length + (side === "SERVER" ? 1 : 0));
      const entities = links.map(({ source, target }) => {
        const [from, to] = [parseServiceId(source), parseServiceId(target)];
        return { serviceName: from?.service, normal: from?.normal, destServiceName: to?.service, destNormal: to?.normal };
      });
      const metric = `service_relation_${side.toLowerCase()}`;
      const expressions = [`avg(${metric}_cpm)`, `avg(${metric}_resp_time)`, `avg(${metric}_call_sla/100)`];
      const dashboard = { name: side, of: "service_relation", entities: entities.length, expressions } as const;
      const documents = boosterDocuments(dashboard, duration, (_, i) => entities[i] ?? {});
      for (const document of documents) expect(await checkExpressions(ask, document, mesh().numbers)).toBe(2 * entities.length);
    };

    test("the topology of the layer, and its second round with the nodes that were met", async () => {
      const { topology } = await ask(TOPOLOGY, { duration, serviceIds: SERVICES.map((name) => serviceId(name)) });
      const type = (name: string) => topology.nodes.find((one: { name: string }) => one.name === name)?.type;
      expect([GATEWAY, PRODUCTPAGE, DETAILS, REVIEWS, RATINGS].map(type)).toEqual(Array.from({ length: 5 }, () => "http"));
      const calls = Object.fromEntries(topology.calls.map((one: { id: string }) => [one.id, one]));
      for (const [from, to] of EDGES) {
        const protocol = to === MONGODB ? "tcp" : "http";
        expect(calls[relationId(serviceId(from), serviceId(to))]).toMatchObject({
          source: serviceId(from),
          target: serviceId(to),
          detectPoints: ["CLIENT", "SERVER"],
          sourceComponents: [protocol],
          targetComponents: [protocol, "mtls"],
        });
      }
      const entry = calls[relationId(unknown, serviceId(GATEWAY))];
      expect(entry).toMatchObject({ detectPoints: ["SERVER"], sourceComponents: [], targetComponents: ["http"] });
      expect(topology.calls).toHaveLength(EDGES.length + 1);
      const { topology: further } = await ask(TOPOLOGY, { duration, serviceIds: ["VXNlcg==.0", unknown] });
      expect(further.calls).toEqual([entry]);
      expect(await ask(TOPOLOGY, { duration, serviceIds: [] })).toEqual({ topology: { nodes: [], calls: [] } });
      for (const side of ["CLIENT", "SERVER"]) await checkLinks(side, topology.calls);
    });
  });
}
