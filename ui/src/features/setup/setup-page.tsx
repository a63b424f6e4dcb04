import { useState } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { ErrorState, Loading, Notice } from "../../components/states.tsx";
import { useTitle } from "../../lib/use-title.ts";
import { Proxies } from "./proxies.tsx";
import { assistantSnippet, envoySnippet, isLoopback, istioSnippet } from "./snippets.ts";
import { ThisServer } from "./this-server.tsx";
import { useSetup } from "./use-setup.ts";

export function SetupPage() {
  useTitle("Setup");
  const { data, error, refetch } = useSetup();
  const [typed, setTyped] = useState<string | null>(null);
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <div className="mx-auto max-w-6xl p-3 sm:p-5">
        <Loading />
      </div>
    );
  }
  const grpc = data.listeners.find(({ protocol }) => protocol === "grpc")?.address ?? "";
  const address = typed ?? grpc;
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-5 p-3 sm:p-5">
      <h1 className="text-lg font-semibold">Setup</h1>
      {error !== null && <Notice>Shown is what was read last: {error.message}</Notice>}
      {data.problems.map((problem) => (
        <Notice key={problem}>{problem}</Notice>
      ))}
      <section aria-label="Listening" className="flex flex-wrap gap-3">
        {data.listeners.map(({ protocol, address: at }) => (
          <div key={protocol} className="card px-4 py-3">
            <div className="text-xs text-text-3">
              {protocol === "grpc" ? "Access logs (gRPC)" : "Dashboard and GraphQL (HTTP)"}
            </div>
            <div className="font-mono" data-field={`listener-${protocol}`} data-value={at}>
              {at}
            </div>
          </div>
        ))}
      </section>
      <ThisServer server={data.server} now={data.now} />
      <Proxies proxies={data.proxies} now={data.now} hasReports={data.server.reportsDurable > 0} />
      <section aria-label="Connect a proxy" className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-3">
          <h2 className="font-semibold">Connect a proxy</h2>
          <label className="ml-auto flex min-w-0 flex-wrap items-center gap-2 text-text-2 max-sm:ml-0">
            Address of this server, as proxies reach it
            <input
              className="field w-64 min-w-0 font-mono"
              value={address}
              onChange={(event) => setTyped(event.target.value)}
              spellCheck={false}
            />
          </label>
        </div>
        {isLoopback(address) && (
          <Notice>
            This address is reachable from this machine only. Start with <code className="font-mono">OAP_GRPC_HOST=0.0.0.0</code>{" "}
            and write the name or address that the proxies see.
          </Notice>
        )}
        <div className="grid gap-4 lg:grid-cols-2">
          <Snippet title="Istio" text={istioSnippet(address)} />
          <Snippet title="A plain Envoy" text={envoySnippet(address)} />
        </div>
      </section>
      <section aria-label="Connect an assistant" className="flex flex-col gap-3">
        <h2 className="font-semibold">Connect an assistant</h2>
        <p className="text-text-2">Over MCP it can ask what these pages show, and nothing else: “why is checkout failing?”</p>
        <Snippet title="MCP" text={assistantSnippet(window.location.origin)} />
      </section>
    </div>
  );
}

function Snippet({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <figure className="card min-w-0">
      <figcaption className="flex items-center justify-between border-b border-line px-4 py-2 font-medium">
        {title} <CopyButton text={text} label={`Copy the configuration for ${title}`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className="max-h-96 overflow-auto p-4 font-mono text-[12.5px] leading-relaxed" tabIndex={0}>
        {text}
      </pre>
    </figure>
  );
}
