import { ErrorState, Loading, Notice } from "../../components/states.tsx";
import { formatCount } from "../../lib/format.ts";
import type { MeshFailures } from "../../lib/mesh-log-types.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { useTitle } from "../../lib/use-title.ts";
import { FailureTable } from "./failure-table.tsx";
import { type GroupBy, withParts } from "./group-failures.ts";
import { NothingFailed } from "./nothing-failed.tsx";
import { useFailures } from "./use-failures.ts";

const CHOICES: readonly (readonly [GroupBy, string])[] = [
  ["cause", "Cause"],
  ["edge", "Who calls whom"],
  ["endpoint", "Endpoint"],
];

/** What fails in the mesh, or around one service, and why. */
export function FailuresPage() {
  const [{ id, by = "cause" }, change] = usePageSearch();
  const name = id === undefined ? null : nameOf(id);
  useTitle(name === null ? "Failures" : `Failures of ${name}`);
  const { data, error, refetch, isPlaceholderData } = useFailures(by, id);
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const failures = data?.data.meshFailures;
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-3 p-3 sm:p-5">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-lg font-semibold">Failures</h1>
        {name !== null && (
          <button type="button" className="button max-w-full" onClick={() => change({ id: undefined })}>
            <span className="truncate">Of and to {name}: show the whole mesh</span>
          </button>
        )}
        <fieldset className="ml-auto flex flex-wrap items-center gap-1" aria-label="Group by">
          <span className="mr-1 text-text-3">By</span>
          {CHOICES.map(([choice, title]) => (
            <button
              key={choice}
              type="button"
              className="button"
              aria-pressed={by === choice}
              onClick={() => change({ by: choice === "cause" ? undefined : choice })}
            >
              {title}
            </button>
          ))}
        </fieldset>
      </div>
      {error !== null && <Notice>Shown is what was read last: {error.message}</Notice>}
      {failures?.truncated && <Notice>There are more groups than can be listed; these have the most calls.</Notice>}
      {failures === undefined ? (
        <Loading rows={8} />
      ) : failures.groups.length === 0 ? (
        <NothingFailed around={id} />
      ) : (
        <div className={isPlaceholderData ? "opacity-60" : ""}>
          <Sides failures={failures} />
          <FailureTable groups={withParts(failures.groups, data?.data.parts.groups ?? [], by)} by={by} service={name} />
        </div>
      )}
    </div>
  );
}

/** Failed calls by who saw them: no sum, for many calls are in both. */
export function Sides({ failures: { client, server } }: { readonly failures: MeshFailures }) {
  return (
    <p className="mb-3 text-text-2">
      <b className="text-text" data-field="failedByCaller" data-value={client}>
        {formatCount(client)}
      </b>{" "}
      failed calls as callers saw them,{" "}
      <b className="text-text" data-field="failedByCallee" data-value={server}>
        {formatCount(server)}
      </b>{" "}
      as callees saw them.{" "}
      <span className="text-text-3">A call that both saw is in both. Every call is counted, whatever is kept of the logs.</span>
    </p>
  );
}

/** A service's id begins with its name in base64. */
function nameOf(id: string): string {
  try {
    const bytes = Uint8Array.from(atob(id.split(".")[0] ?? ""), (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return id;
  }
}
