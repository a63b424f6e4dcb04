import { Link } from "@tanstack/react-router";
import { Calls, ErrorShare, Figure } from "../../components/number.tsx";
import { ServiceName } from "../../components/service-name.tsx";
import { sortRows, threeDigits } from "../../components/table/sort-rows.ts";
import type { MeshEdgeSide, MeshNeighbour } from "../../lib/mesh-types.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";

interface NeighboursProps {
  readonly title: string;
  readonly nothing: string;
  readonly neighbours: readonly MeshNeighbour[];
}

/** Who is on the other side of calls, with what each side saw of them. */
export function Neighbours({ title, nothing, neighbours }: NeighboursProps) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-2 font-semibold">{title}</h2>
      <div className="card overflow-auto">
        {neighbours.length === 0 && <p className="p-4 text-text-3">{nothing}</p>}
        {neighbours.length > 0 && (
          <table className="grid-table" aria-label={title}>
            <thead>
              <tr>
                <th scope="col" className="line">
                  Service
                </th>
                <th scope="col">Seen by</th>
                <th scope="col" className="num">
                  Calls
                </th>
                <th scope="col" className="num">
                  Errors
                </th>
                <th scope="col" className="num">
                  p95
                </th>
              </tr>
            </thead>
            <tbody>
              {sortRows(neighbours, busyness, true, ({ name }) => name).flatMap((one) => [
                <SideRow key={`${one.id} client`} neighbour={one} side={one.client} by="caller" isFirst />,
                <SideRow key={`${one.id} server`} neighbour={one} side={one.server} by="callee" isFirst={one.client === null} />,
              ])}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

function busyness({ client, server }: MeshNeighbour): number | null {
  return threeDigits(Math.max(...[client, server].map((side) => (side?.calls ?? 0) + (side?.tcpConnections ?? 0))));
}

interface SideRowProps {
  readonly neighbour: MeshNeighbour;
  readonly side: MeshEdgeSide | null;
  readonly by: "caller" | "callee";
  readonly isFirst: boolean;
}

function SideRow({ neighbour: { id, name }, side, by, isFirst }: SideRowProps) {
  const [{ t }] = usePageSearch();
  if (side === null) return null;
  return (
    <tr data-row={`${name} ${by}`}>
      <td className="line">
        {isFirst && (
          <Link to="/service" search={{ t, id }} className="hover:text-accent-text hover:underline">
            <ServiceName name={name} />
          </Link>
        )}
      </td>
      <td className="text-text-3">{by}</td>
      <td className="num">
        <Calls of={side} />
      </td>
      <td className="num">
        <ErrorShare value={side.calls === 0 ? null : side.failed / side.calls} />
      </td>
      <td className="num">
        <Figure field="p95" value={side.p95} as="ms" />
      </td>
    </tr>
  );
}
