/** Draws a laid-out map on a canvas. Failing is red, dashed at the node's edge and written out; everything else is quiet. */
import { formatCount, formatMs, formatRate, formatShare } from "../../lib/format.ts";
import type { MeshEdge, MeshMap, MeshNode } from "../../lib/mesh-types.ts";
import { edgeTraffic, nodeErrorShares } from "./edge-traffic.ts";
import { type Layout, NODE_HEIGHT, NODE_WIDTH, type Point } from "./layout.ts";

export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Highlight {
  readonly node: string | null;
  readonly edge: string | null;
}

export interface Scene {
  readonly map: MeshMap;
  readonly layout: Layout;
  readonly view: View;
  readonly highlight: Highlight;
}

/** Share of failed calls from which an edge or node counts as failing. */
export const FAILING = 0.01;
const RADIUS = 9;
const LABEL_LINE = 15;
const LABEL_PADDING = 3;
const LABELS_FROM_SCALE = 0.55;
const FONT = `ui-sans-serif, system-ui, "Segoe UI", Roboto, Arial, sans-serif`;

export type Colors = (token: string) => string;

export function draw(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  ratio: number,
  scene: Scene,
  color: Colors,
): void {
  const { map, layout, view, highlight } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
  const lit = litBy(map, highlight);
  const rateMax = Math.max(0.001, ...map.edges.map((edge) => edgeTraffic(edge).callRate));
  for (const [i, edge] of map.edges.entries()) {
    drawEdge(context, edge, layout.routes[i] ?? [], rateMax, lit === null || lit.has(edge.id), color);
  }
  const errorShares = nodeErrorShares(map);
  for (const [i, node] of map.nodes.entries()) {
    const looks = {
      errorShare: errorShares.get(node.id) ?? 0,
      isLit: lit === null || lit.has(node.id),
      isFocused: highlight.node === node.id,
    };
    drawNode(context, node, layout.nodes[i] as Point, looks, color);
  }
  if (view.scale >= LABELS_FROM_SCALE || lit !== null) {
    map.edges.forEach((edge, i) => {
      if (lit === null ? view.scale >= LABELS_FROM_SCALE : lit.has(edge.id))
        drawLabel(context, edge, layout.routes[i] ?? [], color);
    });
  }
}

/** Ids of what stays bright: the highlighted node or edge with what it touches; null: everything. */
function litBy({ edges }: MeshMap, { node, edge }: Highlight): Set<string> | null {
  if (node === null && edge === null) return null;
  const touched = edges.filter((one) => one.id === edge || one.source === node || one.target === node);
  return new Set([...(node === null ? [] : [node]), ...touched.flatMap(({ id, source, target }) => [id, source, target])]);
}

function drawEdge(
  context: CanvasRenderingContext2D,
  edge: MeshEdge,
  route: readonly Point[],
  rateMax: number,
  isLit: boolean,
  color: Colors,
): void {
  if (route.length === 0) return;
  const { callRate, errorShare } = edgeTraffic(edge);
  const isFailing = (errorShare ?? 0) >= FAILING;
  const stroke = color(isFailing ? "bad" : "text-3");
  context.globalAlpha = isLit ? (isFailing ? 0.95 : 0.6) : 0.12;
  context.strokeStyle = stroke;
  context.fillStyle = stroke;
  context.lineWidth = 1.1 + 2.9 * Math.sqrt(callRate / rateMax);
  context.setLineDash(edge.protocols.length === 1 && edge.protocols[0] === "tcp" ? [7, 5] : []);
  const points = ends(route);
  context.beginPath();
  trace(context, points);
  context.stroke();
  context.setLineDash([]);
  arrow(context, points, 5 + context.lineWidth);
  context.globalAlpha = 1;
}

/** The route from border to border: left and right sides of the boxes; a loop above the box for a self-call. */
export function ends(route: readonly Point[]): Point[] {
  const first = route[0] as Point;
  if (route.length === 1) {
    const top = first.y - NODE_HEIGHT / 2;
    return [
      { x: first.x + 26, y: top },
      { x: first.x, y: top - 30 },
      { x: first.x - 26, y: top - 1 },
    ]; // prettier-ignore
  }
  const last = route.at(-1) as Point;
  const direction = last.x >= first.x ? 1 : -1;
  return [
    { x: first.x + (direction * NODE_WIDTH) / 2, y: first.y },
    ...route.slice(1, -1),
    { x: last.x - direction * (NODE_WIDTH / 2 + 2), y: last.y },
  ];
}

/** Horizontal at both ends of every piece, so that curves leave boxes straight. */
function trace(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  const first = points[0] as Point;
  context.moveTo(first.x, first.y);
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1] as Point, points[i] as Point];
    const middle = (from.x + to.x) / 2;
    context.bezierCurveTo(middle, from.y, middle, to.y, to.x, to.y);
  }
}

function arrow(context: CanvasRenderingContext2D, points: readonly Point[], size: number): void {
  const [before, tip] = [points.at(-2) as Point, points.at(-1) as Point];
  const angle = isLoop(points) ? Math.PI / 2 : tip.x >= before.x ? 0 : Math.PI;
  context.save();
  context.translate(tip.x, tip.y);
  context.rotate(angle);
  context.beginPath();
  context.moveTo(2, 0);
  context.lineTo(-size, -size * 0.55);
  context.lineTo(-size, size * 0.55);
  context.closePath();
  context.fill();
  context.restore();
}

function drawNode(
  context: CanvasRenderingContext2D,
  node: MeshNode,
  { x, y }: Point,
  { errorShare, isLit, isFocused }: { readonly errorShare: number; readonly isLit: boolean; readonly isFocused: boolean },
  color: Colors,
): void {
  const { traffic } = node;
  const isFailing = errorShare >= FAILING;
  const left = x - NODE_WIDTH / 2;
  const top = y - NODE_HEIGHT / 2;
  context.globalAlpha = isLit ? 1 : 0.3;
  context.beginPath();
  context.roundRect(left, top, NODE_WIDTH, NODE_HEIGHT, RADIUS);
  context.fillStyle = color("surface");
  context.fill();
  context.lineWidth = isFocused ? 2 : 1.2;
  context.strokeStyle = color(isFailing ? "bad" : isFocused ? "accent" : "line-strong");
  context.setLineDash(traffic === null ? [4, 4] : []);
  context.stroke();
  context.setLineDash([]);
  context.textBaseline = "middle";
  context.textAlign = "left";
  const own = node.namespace === null ? node.name : node.name.slice(0, -node.namespace.length - 1);
  context.font = `600 13px ${FONT}`;
  context.fillStyle = color("text");
  context.fillText(fitted(context, own, NODE_WIDTH - 24), left + 12, top + 19);
  context.font = `12px ${FONT}`;
  context.fillStyle = color(isFailing ? "bad" : "text-3");
  context.fillText(fitted(context, nodeLine(node, errorShare), NODE_WIDTH - 24), left + 12, top + 38);
  context.globalAlpha = 1;
}

/** The second line of a node: what it gets, and what fails of it. */
function nodeLine({ traffic, namespace }: MeshNode, errorShare: number): string {
  const failing = errorShare >= FAILING ? `▲ ${formatShare(errorShare)} · ` : "";
  if (traffic === null) return failing + (namespace ?? "no reports of its own");
  if (traffic.calls === 0) return `${failing}${formatCount(traffic.tcpConnections)} TCP connections`;
  return `${failing}${formatRate(traffic.callRate)} · ${failing === "" ? "p95 " : ""}${formatMs(traffic.p95)}`;
}

function drawLabel(context: CanvasRenderingContext2D, edge: MeshEdge, route: readonly Point[], color: Colors): void {
  const lines = edgeLabel(edge);
  if (route.length === 0 || lines.length === 0) return;
  const at = labelPoint(ends(route));
  const isFailing = (edgeTraffic(edge).errorShare ?? 0) >= FAILING;
  context.font = `11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 2 * LABEL_PADDING;
  const height = lines.length * LABEL_LINE;
  context.fillStyle = color("bg"); // the line runs on behind the text
  context.beginPath();
  context.roundRect(at.x - width / 2, at.y - height / 2, width, height, LABEL_PADDING);
  context.fill();
  context.fillStyle = color(isFailing ? "bad" : "text-2");
  for (const [i, line] of lines.entries()) context.fillText(line, at.x, at.y + (i - (lines.length - 1) / 2) * LABEL_LINE);
}

/** Rate above the line, what fails and how long it takes below. */
export function edgeLabel(edge: MeshEdge): string[] {
  const { calls, callRate, errorShare, p95, tcpConnections } = edgeTraffic(edge);
  if (calls === 0 && callRate === 0) return tcpConnections > 0 ? [formatCount(tcpConnections), "TCP"] : [];
  const failing = (errorShare ?? 0) > 0 ? `${(errorShare ?? 0) >= FAILING ? "▲ " : ""}${formatShare(errorShare)}` : "";
  const below = [failing, p95 === null ? "" : formatMs(p95)].filter((part) => part !== "").join(" · ");
  return below === "" ? [formatRate(callRate)] : [formatRate(callRate), below];
}

/** A self-call: out of the box's top and into it again. */
function isLoop(points: readonly Point[]): boolean {
  return points.length === 3 && Math.abs((points[0] as Point).x - (points[2] as Point).x) < NODE_WIDTH / 2;
}

/** The middle of the last gap: edges into one node meet there in different heights, those out of one node have parted. */
export function labelPoint(points: readonly Point[]): Point {
  if (isLoop(points)) return points[1] as Point;
  const [from, to] = [points.at(-2) as Point, points.at(-1) as Point];
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length - 1;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end)}…`;
}
