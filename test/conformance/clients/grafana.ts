/** Grafana's plugin for SkyWalking: the topology of a service or a layer, with the numbers of its nodes and edges read by their ids. */
import { beforeAll, describe, expect, test } from "vitest";
import { relationId, serviceId } from "../../../oap/model/entity.ts";
import { type DemoMesh, EDGES, MONGODB, RANGE, SERVICES } from "../../harness/demo-mesh.ts";
import { type Ask, clientOf } from "../../harness/graphql-client.ts";

const VALUES =
  "query ($metric: BatchMetricConditions!, $duration: Duration!) { values: getValues(metric: $metric, duration: $duration) { values { id value } } }";

export function grafanaSuite(mesh: () => DemoMesh): void {
  let ask: Ask;
  beforeAll(() => {
    ask = clientOf(mesh().url, { accept: "application/json, text/plain, */*" });
  });

  describe("Grafana's plugin", () => {
    test("the check of the data source, and its lists", async () => {
      expect((await ask("query { version }")).version).toMatch(/^11\./);
      expect((await ask("query { time: getTimeInfo { timezone currentTimestamp } }")).time.timezone).toBe("+0000");
      const { services } = await ask(
        "query ($duration: Duration!, $keyword: String!) { services: getAllServices(duration: $duration, group: $keyword) { key: id label: name group } }",
        { duration: RANGE, keyword: "" },
      );
      expect(services.map(({ label }: { label: string }) => label)).toEqual(SERVICES);
    });

    test("a topology, and the mean of the points of each of its nodes and edges", async () => {
      const { topology } = await ask(
        "query ($serviceIds: [ID!]!, $duration: Duration!) { topology: getServicesTopology(duration: $duration, serviceIds: $serviceIds) { nodes { id name type isReal } calls { id source detectPoints target } } }",
        { serviceIds: SERVICES.map((name) => serviceId(name)), duration: RANGE },
      );
      const nodes: string[] = topology.nodes.map(({ id }: { id: string }) => id);
      const nodeValues = await ask(VALUES, { metric: { name: "service_cpm", ids: nodes }, duration: RANGE });
      const byNode = new Map(nodeValues.values.values.map(({ id, value }: { id: string; value: number }) => [id, value]));
      expect([...byNode.keys()].sort()).toEqual([...nodes].sort());
      for (const [name, mean] of mesh().numbers.busiest())
        expect([name, byNode.get(serviceId(name))]).toEqual([name, Number(mean)]);
      const edges = EDGES.filter(([, to]) => to !== MONGODB);
      for (const side of ["client", "server"]) {
        const name = `service_relation_${side}_cpm`;
        const ids = edges.map(([from, to]) => relationId(serviceId(from), serviceId(to)));
        const { values } = (await ask(VALUES, { metric: { name, ids }, duration: RANGE })).values;
        const expected = edges.map(([serviceName, destServiceName], i) => {
          const seen = (mesh().numbers.points(name, { serviceName, destServiceName }) ?? []).filter((one) => one !== null);
          return { id: ids[i], value: Math.trunc(seen.reduce((sum, one) => sum + one, 0) / seen.length) };
        });
        expect([name, values]).toEqual([name, expected]);
      }
    });
  });
}
