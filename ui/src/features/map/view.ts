/** Where on the screen the map lies: scale and offset. */
import type { View } from "./draw.ts";
import type { Layout } from "./layout.ts";

const SCALE_MIN = 0.08;
const SCALE_MAX = 2.5;
/** A small mesh is not blown up. */
const FIT_MAX = 1.1;

export function fitView(
  { width, height }: Pick<Layout, "width" | "height">,
  screen: { readonly width: number; readonly height: number },
): View {
  if (width === 0 || screen.width === 0) return { scale: 1, x: 0, y: 0 };
  const scale = Math.max(SCALE_MIN, Math.min(FIT_MAX, screen.width / width, screen.height / height));
  return { scale, x: (screen.width - width * scale) / 2, y: (screen.height - height * scale) / 2 };
}

/** Zooms so that the point of the map under (x, y) of the screen stays where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.max(SCALE_MIN, Math.min(SCALE_MAX, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}
