/** The map: drag to move, wheel or buttons to zoom, point to see who talks to whom, click to go there. */
import { Maximize2, Minus, Plus } from "lucide-react";
import { type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import type { MeshMap } from "../../lib/mesh-types.ts";
import { draw, type Highlight, type View } from "./draw.ts";
import { hit } from "./hit.ts";
import type { Layout } from "./layout.ts";
import { fitView, zoomed } from "./view.ts";

interface MapCanvasProps {
  readonly map: MeshMap;
  readonly layout: Layout;
  readonly selectedEdge: string | null;
  readonly onNode: (id: string) => void;
  readonly onEdge: (id: string | null) => void;
}

const NOTHING: Highlight = { node: null, edge: null };
const CLICK_PX = 4;
const STEP = 1.25;

export function MapCanvas({ map, layout, selectedEdge, onNode, onEdge }: MapCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [view, setView] = useState<View | null>(null);
  const [hover, setHover] = useState<Highlight>(NOTHING);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const [theme, setTheme] = useState(0);
  const shown = view ?? fitView(layout, size);
  const highlight = hover.node !== null || hover.edge !== null ? hover : { node: null, edge: selectedEdge };

  useEffect(() => {
    const element = canvas.current?.parentElement;
    if (!element) return;
    const sizes = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    sizes.observe(element);
    const themes = new MutationObserver(() => setTheme((before) => before + 1));
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: theme changes what the colour tokens are
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || size.width === 0) return;
    const ratio = devicePixelRatio;
    element.width = size.width * ratio;
    element.height = size.height * ratio;
    const style = getComputedStyle(document.documentElement);
    const color = (token: string): string => style.getPropertyValue(`--${token}`).trim();
    draw(context, size.width, size.height, ratio, { map, layout, view: shown, highlight }, color);
  }, [map, layout, shown, highlight, size, theme]);

  const zoom = useCallback(
    (factor: number, x: number, y: number) => setView((before) => zoomed(before ?? fitView(layout, size), factor, x, y)),
    [layout, size],
  );
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 500), event.offsetX, event.offsetY);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [zoom]);

  const under = ({ nativeEvent: { offsetX, offsetY } }: PointerEvent): Highlight =>
    hit(map, layout, { x: (offsetX - shown.x) / shown.scale, y: (offsetY - shown.y) / shown.scale });
  const onMove = (event: PointerEvent): void => {
    const from = drag.current;
    if (from === null) return setHover(under(event));
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moved && Math.hypot(dx, dy) < CLICK_PX) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    setView({ ...shown, x: shown.x + dx, y: shown.y + dy });
  };
  const onUp = (event: PointerEvent): void => {
    const wasDrag = drag.current?.moved ?? true;
    drag.current = null;
    if (wasDrag) return;
    const { node, edge } = under(event);
    if (node !== null) onNode(node);
    else onEdge(edge);
  };
  const centre = (factor: number) => (): void => zoom(factor, size.width / 2, size.height / 2);
  return (
    <div className="relative size-full overflow-hidden">
      <canvas
        ref={canvas}
        className={`block size-full touch-none ${hover.node !== null || hover.edge !== null ? "cursor-pointer" : "cursor-grab"}`}
        role="img"
        aria-label={`Map of ${map.nodes.length} services and ${map.edges.length} connections. The table shows the same.`}
        data-view={JSON.stringify(shown)}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY, moved: false };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerLeave={() => setHover(NOTHING)}
      />
      <div className="absolute right-4 bottom-4 flex gap-1">
        <ToolButton label="Zoom in" icon={Plus} onClick={centre(STEP)} />
        <ToolButton label="Zoom out" icon={Minus} onClick={centre(1 / STEP)} />
        <ToolButton label="Show all" icon={Maximize2} onClick={() => setView(null)} />
      </div>
    </div>
  );
}

function ToolButton({
  label,
  icon: Icon,
  onClick,
}: {
  readonly label: string;
  readonly icon: typeof Plus;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" className="button" aria-label={label} title={label} onClick={onClick}>
      <Icon size={15} aria-hidden />
    </button>
  );
}
