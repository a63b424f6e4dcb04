/** Groups of failed calls, most first: what, what it consists of, how many, since when, and the way to the rows themselves. */
import { LogsLink } from "../../components/logs-link.tsx";
import { formatCount, formatShare, formatTime } from "../../lib/format.ts";
import type { MeshFailure } from "../../lib/mesh-log-types.ts";
import { Cause, CauseCode } from "./cause.tsx";
import { Ends } from "./ends.tsx";
import { failureFilter } from "./failure-filter.ts";
import { causeText, type FailureGroup, type GroupBy } from "./group-failures.ts";
import { lastSeenText, sinceText } from "./seen.ts";

interface FailureTableProps {
  readonly groups: readonly FailureGroup[];
  readonly by: GroupBy;
  /** Of which all failures are. */
  readonly service: string | null;
}

const TITLES = {
  cause: ["Cause", "Who calls whom"],
  edge: ["Who calls whom", "Causes"],
  endpoint: ["Endpoint", "Causes"],
} as const;
const PARTS_MAX = 3;
const CALL_SHARE = "Of all calls, failed or not, that the same side saw between the callers and callees where this was seen";

export function FailureTable({ groups, by, service }: FailureTableProps) {
  const [what, parts] = TITLES[by];
  return (
    <div className="card overflow-auto">
      <table className="grid-table" aria-label="Failures">
        <thead>
          <tr>
            <th scope="col" className="line">
              {what}
            </th>
            <th scope="col" className="line">
              {parts}
            </th>
            <th scope="col">Failed calls</th>
            <th scope="col">Seen</th>
            <th scope="col" className="max-sm:grow-0 max-sm:basis-24">
              <span className="sr-only">Logs</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((one) => (
            <Row key={one.key} group={one} by={by} service={service} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly group: FailureGroup;
  readonly by: GroupBy;
  readonly service: string | null;
}

function Row({ group: { key, group, parts }, by, service }: RowProps) {
  return (
    <tr data-row={key} className="align-top">
      <td className="line w-[36%]">
        {by === "cause" && <Cause failure={group} />}
        {by === "edge" && <Ends failure={group} />}
        {by === "endpoint" && <Endpoint failure={group} />}
      </td>
      <td className="line">
        <ul className="flex flex-col gap-0.5">
          {parts.slice(0, PARTS_MAX).map((part) => (
            <li
              key={JSON.stringify([part.source, part.destination, part.code, part.flags, part.codeDetails])}
              className="flex items-center gap-2"
            >
              {by === "cause" ? (
                <Ends failure={part} />
              ) : (
                <span title={`${causeText(part)} ${part.codeDetails ?? ""}`}>
                  <CauseCode failure={part} />
                </span>
              )}
              {parts.length > 1 && <span className="text-xs text-text-3">{formatCount(part.calls)}</span>}
            </li>
          ))}
          {parts.length > PARTS_MAX && <li className="text-xs text-text-3">and {parts.length - PARTS_MAX} more</li>}
        </ul>
      </td>
      <td className="w-40 sm:min-w-36">
        <Calls failure={group} />
      </td>
      <td
        className="text-xs text-text-2 sm:whitespace-nowrap"
        title={`${formatTime(group.firstSeen)} to ${formatTime(group.lastSeen)}`}
      >
        <div>by the {group.detectPoint === "client" ? "caller" : "callee"}</div>
        <div>{lastSeenText(group, Date.now())}</div>
        <div className="text-text-3">{sinceText(group, Date.now())}</div>
      </td>
      <td className="num max-sm:grow-0 max-sm:basis-24">
        <LogsLink parts={failureFilter(group, service)} label="Logs of these calls" text="Logs" />
      </td>
    </tr>
  );
}

function Endpoint({ failure }: { readonly failure: MeshFailure }) {
  return (
    <div>
      <div className="font-mono text-[13px] break-all">{failure.endpoint === "" ? "no endpoint (TCP)" : failure.endpoint}</div>
      <span className="text-xs">
        <Ends failure={failure} />
      </span>
    </div>
  );
}

function Calls({ failure: { calls, share, callShare } }: { readonly failure: MeshFailure }) {
  return (
    <div>
      <div className="flex items-baseline justify-between gap-2 whitespace-nowrap">
        <span className="font-semibold" data-field="failedCalls" data-value={calls}>
          {formatCount(calls)}
        </span>
        <span className="text-xs text-text-3">{formatShare(share)}</span>
      </div>
      <div
        className="my-0.5 h-1.5 overflow-hidden rounded-sm bg-sunken"
        title={`${formatShare(share)} of the failed calls that this side saw`}
      >
        <div className="h-full rounded-sm bg-bad" style={{ width: `${Math.max(1, share * 100)}%` }} />
      </div>
      {callShare !== null && (
        <div className="text-xs text-text-3" title={CALL_SHARE}>
          {formatShare(callShare)} of calls there
        </div>
      )}
    </div>
  );
}
