/** The pages, and what their addresses hold. */
import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { FailuresPage } from "../features/failures/failures-page.tsx";
import { LogsPage } from "../features/logs/logs-page.tsx";
import { RequestPage } from "../features/logs/request-page.tsx";
import { MapPage } from "../features/map/map-page.tsx";
import { ServicesPage } from "../features/services/services-page.tsx";
import { SetupPage } from "../features/setup/setup-page.tsx";
import { StoragePage } from "../features/storage/storage-page.tsx";
import { parseSearch, stringifySearch } from "../lib/url-search.ts";
import { decodeSearch } from "../lib/url-state.ts";
import { Layout, NotFound } from "./layout.tsx";
import { ServiceRoute } from "./service-route.tsx";

const root = createRootRoute({ component: Layout, validateSearch: decodeSearch, notFoundComponent: NotFound });
const services = createRoute({ getParentRoute: () => root, path: "/", component: ServicesPage });
const service = createRoute({ getParentRoute: () => root, path: "/service", component: ServiceRoute });
const map = createRoute({ getParentRoute: () => root, path: "/map", component: MapPage });
const failures = createRoute({ getParentRoute: () => root, path: "/failures", component: FailuresPage });
const logs = createRoute({ getParentRoute: () => root, path: "/logs", component: LogsPage });
const request = createRoute({ getParentRoute: () => root, path: "/logs/request", component: RequestPage });
/** As people write it by hand. Links have the id in the query: it may hold a dot, and paths with dots are files. */
const requestById = createRoute({
  getParentRoute: () => root,
  path: "/logs/request/$req",
  beforeLoad: ({ params: { req }, search }) => {
    throw redirect({ to: "/logs/request", search: { ...search, req }, replace: true });
  },
});
const storage = createRoute({ getParentRoute: () => root, path: "/storage", component: StoragePage });
const setup = createRoute({ getParentRoute: () => root, path: "/setup", component: SetupPage });

export const router = createRouter({
  routeTree: root.addChildren([services, service, map, failures, logs, request, requestById, storage, setup]),
  defaultPreload: "intent",
  parseSearch,
  stringifySearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
