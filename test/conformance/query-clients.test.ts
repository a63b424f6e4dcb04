/** The query protocol as its clients use it, on one mesh: Bookinfo, whose access logs came in over gRPC. */
import { afterAll, beforeAll } from "vitest";
import { type DemoMesh, startDemoMesh } from "../harness/demo-mesh.ts";
import { boosterSuite } from "./clients/booster.ts";
import { boosterPagesSuite } from "./clients/booster-pages.ts";
import { everythingSuite } from "./clients/everything.ts";
import { grafanaSuite } from "./clients/grafana.ts";
import { horizonSuite } from "./clients/horizon.ts";
import { swctlSuite } from "./clients/swctl.ts";
import { swctlDependencySuite } from "./clients/swctl-dependency.ts";

let mesh: DemoMesh;
beforeAll(async () => {
  mesh = await startDemoMesh();
});
afterAll(() => mesh.stop());

const started = (): DemoMesh => mesh;
everythingSuite(started);
boosterSuite(started);
boosterPagesSuite(started);
horizonSuite(started);
swctlSuite(started);
swctlDependencySuite(started);
grafanaSuite(started);
