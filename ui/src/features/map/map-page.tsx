import { Link, useNavigate } from "@tanstack/react-router";
import { Table2, Workflow } from "lucide-react";
import { useRef } from "react";
import { Empty, ErrorState, Loading, Notice } from "../../components/states.tsx";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { useTitle } from "../../lib/use-title.ts";
import { EdgePanel } from "./edge-panel.tsx";
import { EdgeTable } from "./edge-table.tsx";
import { Legend } from "./legend.tsx";
import { MapCanvas } from "./map-canvas.tsx";
import { useLayout } from "./use-layout.ts";
import { useMap } from "./use-map.ts";

export function MapPage() {
  useTitle("Map");
  const [search, change] = usePageSearch();
  const navigate = useNavigate();
  const { data, error, refetch } = useMap(search.around, search.hops);
  const map = data?.data.meshMap;
  const laidOut = useLayout(map);
  const place = useRef<HTMLDivElement>(null);
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (map === undefined) {
    return (
      <div className="p-5">
        <Loading rows={8} />
      </div>
    );
  }
  if (map.nodes.length === 0) return <NothingYet t={search.t} around={search.around} />;
  const isTable = search.view === "table";
  const centre = map.nodes.find(({ id }) => id === search.around);
  const edge = map.edges.find(({ id }) => id === search.edge);
  /** Whoever was in the panel by keyboard goes on where it lay, and not at the top of the page. No frame: it would be one around all of the map. */
  const closeEdge = (): void => {
    if (document.activeElement?.closest("aside") != null) place.current?.focus({ preventScroll: true });
    change({ edge: undefined });
  };
  const openService = (id: string): void => void navigate({ to: "/service", search: { t: search.t, id } } as never);
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-wrap items-center gap-3 px-3 py-3 sm:px-5">
        <h1 className="text-lg font-semibold">Map</h1>
        <span className="text-text-3" data-field="mapSize" data-value={`${map.nodes.length} ${map.edges.length}`}>
          {map.nodes.length} services, {map.edges.length} connections
        </span>
        {search.around !== undefined && (
          <button type="button" className="button max-w-full" onClick={() => change({ around: undefined, hops: undefined })}>
            <span className="truncate">Around {centre?.name ?? "a service"}: show the whole mesh</span>
          </button>
        )}
        <Legend percentileError={map.percentileError} />
        <button
          type="button"
          className="button"
          aria-pressed={isTable}
          onClick={() => change({ view: isTable ? undefined : "table" })}
        >
          {isTable ? <Workflow size={14} aria-hidden /> : <Table2 size={14} aria-hidden />} {isTable ? "As a map" : "As a table"}
        </button>
      </div>
      {error !== null && <Notice>Shown is what was read last: {error.message}</Notice>}
      {map.truncated && (
        <Notice>There is more than a map can show; this is the busiest part. Open a service to see what is around it.</Notice>
      )}
      <div ref={place} tabIndex={-1} className="relative min-h-0 flex-1 border-t border-line outline-none!">
        {isTable && <EdgeTable map={map} />}
        {!isTable && laidOut === null && <p className="p-5 text-text-3">Laying out the map …</p>}
        {!isTable && laidOut !== null && (
          <MapCanvas
            {...laidOut}
            selectedEdge={edge?.id ?? null}
            onNode={openService}
            onEdge={(id) => change({ edge: id ?? undefined })}
          />
        )}
        {edge !== undefined && <EdgePanel map={map} edge={edge} onClose={closeEdge} />}
      </div>
    </div>
  );
}

function NothingYet({ t, around }: { readonly t: string | undefined; readonly around: string | undefined }) {
  return (
    <Empty
      title={
        around === undefined ? "Nobody has called anybody in this window" : "Nothing was seen around this service in this window"
      }
    >
      <p className="mb-4">Choose a longer window, or connect a proxy.</p>
      <Link to="/setup" search={{ t }} className="button">
        How to connect a proxy
      </Link>
    </Empty>
  );
}
