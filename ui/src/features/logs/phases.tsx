import { formatMs } from "../../lib/format.ts";
import type { MeshPhase, PhaseName } from "../../lib/mesh-log-types.ts";

const NAMES: Readonly<Record<PhaseName, string>> = {
  REQUEST: "Receiving request",
  CONNECT: "Until sent upstream",
  SEND: "Sending upstream",
  WAIT: "Waiting for upstream",
  RECEIVE: "Receiving answer",
  RESPONSE: "Answering",
};

/** Where the time of a call went in its proxy: each phase from when to when. */
export function Phases({ phases, duration }: { readonly phases: readonly MeshPhase[]; readonly duration: number | null }) {
  const whole = Math.max(duration ?? 0, ...phases.map(({ to }) => to));
  if (phases.length === 0) return <p className="text-text-3">The proxy told no phases.</p>;
  return (
    <ul className="flex flex-col gap-0.5" aria-label="Phases">
      {phases.map(({ name, from, to }) => (
        <li key={name} className="grid grid-cols-[8.5rem_1fr_4rem] items-center gap-2 sm:grid-cols-[9.5rem_1fr_4.5rem] sm:gap-3">
          <span className="truncate text-[13px] text-text-3">{NAMES[name]}</span>
          <span className="relative h-2.5 overflow-hidden rounded-sm bg-sunken" title={`${formatMs(from)} to ${formatMs(to)}`}>
            <span
              className={`absolute inset-y-0 min-w-0.5 rounded-sm ${name === "WAIT" ? "bg-series-2" : "bg-series-1"}`}
              style={whole === 0 ? { left: 0 } : { left: `${(from / whole) * 99}%`, width: `${((to - from) / whole) * 100}%` }}
            />
          </span>
          <span className="text-right whitespace-nowrap">{formatMs(to - from)}</span>
        </li>
      ))}
    </ul>
  );
}
