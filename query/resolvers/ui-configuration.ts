/** What Booster UI asks at its start: its menu and its dashboards. They are ours, and nobody changes them from outside. */
import type { QueryContext } from "../context.ts";
import { MENU, type MenuEntry } from "../templates/menu.ts";
import { TEMPLATES } from "../templates/templates.ts";

export const uiConfiguration = {
  Query: {
    getMenuItems: async (_: unknown, __: unknown, { metadata }: QueryContext) => {
      const layers = new Set((await metadata.services()).flatMap((service) => service.layers));
      return MENU.map((entry) => itemOf(entry, layers));
    },
    getAllTemplates: () => TEMPLATES,
    getTemplate: (_: unknown, { id }: { id: string }) => TEMPLATES.find((one) => one.id === id) ?? null,
  },
};

interface MenuItem extends Omit<MenuEntry, "subItems"> {
  readonly activate: boolean;
  readonly documentLink: null;
  readonly subItems: readonly MenuItem[];
}

function itemOf(entry: MenuEntry, layers: ReadonlySet<string>): MenuItem {
  const subItems = entry.subItems.map((one) => itemOf(one, layers));
  const activate = layers.has(entry.layer) || subItems.some((one) => one.activate);
  return { ...entry, subItems, activate, documentLink: null };
}
