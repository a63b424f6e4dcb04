/** Dashboards as Booster UI reads them: an id, and the rest as JSON text. */
import { meshDashboards } from "./mesh.ts";
import { meshDataPlaneDashboards } from "./mesh-data-plane.ts";
import { meshRelationDashboards } from "./mesh-relations.ts";

export interface Template {
  readonly id: string;
  readonly configuration: string;
}

export const TEMPLATES: readonly Template[] = [...meshDashboards, ...meshRelationDashboards, ...meshDataPlaneDashboards].map(
  (dashboard) => ({
    id: dashboard.name,
    configuration: JSON.stringify({ id: dashboard.name, isRoot: false, isDefault: true, ...dashboard }),
  }),
);
