/** The menu of Booster UI. Whether an entry is active depends on the services that there are. */
export interface MenuEntry {
  readonly title: string;
  readonly icon: string | null;
  /** Empty for a group. */
  readonly layer: string;
  readonly description: string;
  readonly i18nKey: string;
  readonly subItems: readonly MenuEntry[];
}

const leaf = (title: string, layer: string, i18nKey: string, description: string): MenuEntry => ({
  title,
  icon: null,
  layer,
  description,
  i18nKey,
  subItems: [],
});

export const MENU: readonly MenuEntry[] = [
  {
    title: "Service Mesh",
    icon: "service_mesh",
    layer: "",
    description: "What the access logs of the mesh's proxies tell.",
    i18nKey: "service_mesh",
    subItems: [
      leaf("Services", "MESH", "service_mesh_service", "Services, as their proxies see them."),
      leaf("Control Plane", "MESH_CP", "service_mesh_control_plane", "What configures the proxies."),
      leaf("Data Plane", "MESH_DP", "service_mesh_data_plane", "The proxies themselves."),
    ],
  },
];
