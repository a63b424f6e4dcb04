/** Dashboards as Booster UI reads them: an id, and the rest as JSON text. */
import { meshDashboards } from "./mesh.ts";
import { meshDataPlaneDashboards } from "./mesh-data-plane.ts";

export interface Template {
  readonly id: string;
  readonly configuration: string;
}

export const TEMPLATES: readonly Template[] = [...meshDashboards, ...meshDataPlaneDashboards].map((dashboard) => ({
  id: dashboard.name,
  configuration: JSON.stringify({ id: dashboard.name, isRoot: false, isDefault: true, ...dashboard }),
}));
