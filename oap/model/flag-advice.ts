/** What usually makes Envoy set a response flag in a mesh, and where to look next, by the flag's short name. Written from what the flags stand for
 *  and how meshes are operated; response-flags.ts joins it to the flags' own sentences. */
export interface FlagAdvice {
  readonly causes: readonly string[];
  readonly next: readonly string[];
}

export const FLAG_ADVICE: Readonly<Record<string, FlagAdvice>> = {
  LH: {
    causes: ["Envoy's health-check filter was told to answer, and its own checks fail.", "The host is being drained."],
    next: ["Look at the readiness of the pod that answered, and at what its health-check filter is configured with."],
  },
  UH: {
    causes: [
      "No pod of the service is ready, or its Service selects none.",
      "Outlier detection ejected all of them after errors.",
      "The subset that a DestinationRule names has no pod with these labels.",
    ],
    next: [
      "Count the ready endpoints of the called service, and compare its selector and the subset's labels with the pods.",
      "Look for failures of the called service right before: ejection follows errors.",
    ],
  },
  UT: {
    causes: [
      "The called service, or something that it waits for, is slow.",
      "The timeout of the route is shorter than what the endpoint needs.",
    ],
    next: [
      "Compare the p99 of the endpoint with the route's timeout, and follow one such request to the hop that took the time.",
      "See whether the called service's own callees slowed down at the same minute.",
    ],
  },
  LR: {
    causes: ["The proxy gave up a connection by itself: a drain, a changed listener, or a limit of its own."],
    next: ["Look for a rollout or a change of configuration at that time, and at the proxy's own log."],
  },
  UR: {
    causes: [
      "The called service reset the stream: it crashed, restarted, or refused it.",
      "The application closes HTTP/2 streams that it does not want.",
    ],
    next: ["Look for restarts of the instances that were called, and read the response code details of the rows."],
  },
  UF: {
    causes: [
      "Nothing listens on the port: the pod is starting, gone, or the port is another one.",
      "One side demands mTLS and the other speaks plaintext, or their certificates do not fit.",
      "A network policy or firewall drops the connection, or connecting timed out.",
    ],
    next: [
      "Read the transport failure reason of the rows: connection refused, timeout and TLS errors are different matters.",
      "See whether it is one upstream address (a bad pod) or all (port, policy or mTLS mode).",
      "Compare PeerAuthentication of the called service with the tls mode in the caller's DestinationRule.",
    ],
  },
  UC: {
    causes: [
      "The application closes idle keep-alive connections sooner than the proxy that reuses them.",
      "The called service crashed or was stopped while it answered.",
    ],
    next: [
      "Few of them, spread evenly: make the application's keep-alive timeout longer than the proxy's, or retry on reset.",
      "Many at once: look for restarts, out-of-memory kills and rollouts of the called service.",
    ],
  },
  UO: {
    causes: [
      "More connections, pending requests or retries than the DestinationRule's connectionPool allows.",
      "The called service is slow, so that requests pile up to that limit.",
    ],
    next: [
      "See whether latency of the called service rose first: then mend that, not the limit.",
      "Otherwise compare connectionPool (maxConnections, http1MaxPendingRequests, maxRequestsPerConnection) with the rate of calls.",
    ],
  },
  NR: {
    causes: [
      "The host or path is in no VirtualService or route of this proxy.",
      "The listener has no filter chain for this SNI or protocol: plaintext came to a port that expects TLS, or the other way round.",
      "The Sidecar resource of the caller does not let it see the called service.",
    ],
    next: [
      "Compare authority and path of the rows with the hosts and matches of the routes.",
      "For TCP rows look at the listener's filter chains: filter_chain_not_found in the details says so.",
    ],
  },
  DI: {
    causes: ["A fault with a delay is configured for this route."],
    next: ["Look for `fault.delay` in the VirtualService; it is meant, unless a test was forgotten."],
  },
  FI: {
    causes: ["A fault with an abort is configured for this route."],
    next: ["Look for `fault.abort` in the VirtualService; it is meant, unless a test was forgotten."],
  },
  RL: {
    causes: ["A local or global rate limit refused the request."],
    next: ["See which caller sends most, and whether the limit or the caller is wrong."],
  },
  UAEX: {
    causes: ["The external authorizer said no, or could not be reached and the filter fails closed."],
    next: ["Look at the authorizer's decisions for this caller and path, and at whether the authorizer itself fails."],
  },
  RLSE: {
    causes: ["The rate limit service is down or slow, and the filter is set to refuse then."],
    next: ["Look at the rate limit service as a service of its own: its failures and latency."],
  },
  DC: {
    causes: [
      "The caller did not want to wait any longer: its own timeout is shorter than the answer took.",
      "A user went away, or the caller was stopped.",
    ],
    next: [
      "Compare how long these calls took with the caller's timeout: a cluster at one duration is a timeout.",
      "It decides nothing about the called service, unless that is slower than it was.",
    ],
  },
  URX: {
    causes: ["Every attempt that the retry policy allows failed, or no connection was made within the attempts of a TCP route."],
    next: [
      "Find why the single attempts failed: the flags and details beside it, and the called side's rows of the same request.",
    ],
  },
  SI: {
    causes: ["Nothing was sent on the stream for as long as its idle timeout: a long poll, a stalled client or a slow upload."],
    next: ["Compare how long the calls took with stream_idle_timeout, and give streaming routes a longer one."],
  },
  IH: {
    causes: ["A caller sent an x-envoy- header with a value that Envoy does not take, and strict checking is on."],
    next: ["Find the caller and the header: only Envoy's own headers are checked so."],
  },
  DPE: {
    causes: [
      "The caller does not speak the protocol that the port expects: TLS or plain TCP to an HTTP port, HTTP/1 to HTTP/2.",
      "A header is invalid or too large.",
    ],
    next: [
      "Look at the caller's address and the details of the rows; name the port's protocol in the Service where it is guessed wrongly.",
    ],
  },
  UMSDR: {
    causes: ["The request went on for longer than the route's or cluster's max_stream_duration."],
    next: ["See whether these are streams that are meant to be long; if so, raise max_stream_duration for their route."],
  },
  RFCF: {
    causes: ["The cache filter had the answer: nothing is wrong."],
    next: ["Nothing, unless the answer is stale: then look at its cache headers."],
  },
  NFCF: {
    causes: ["A filter's configuration comes from the control plane by itself, and was not there when the request came."],
    next: ["Look at the control plane: whether it is up, and whether it sends this extension (an EnvoyFilter or a Wasm plugin)."],
  },
  DT: {
    causes: ["A limit of the whole request or connection was reached: max_connection_duration, or a request timeout."],
    next: ["Compare how long it took with these limits on the listener, and whether such calls are meant to last."],
  },
  UPE: {
    causes: [
      "The called service does not speak the protocol that the proxy expects of its port: HTTP/2 where it has HTTP/1, or no HTTP at all.",
      "Its answer has headers that are invalid, too many or too large.",
    ],
    next: [
      "Compare the port's name or appProtocol in the Service with what the application speaks, and read the details of the rows.",
    ],
  },
  NC: {
    causes: [
      "A VirtualService names a host, port or subset that does not exist, or whose DestinationRule is missing.",
      "The cluster was removed, or has not arrived at this proxy yet.",
    ],
    next: [
      "Compare the destinations of the route with Services and subsets.",
      "Short bursts at a change of configuration: make destinations before the routes that use them.",
    ],
  },
  OM: {
    causes: ["The proxy's overload manager shed load: its memory, or another resource, was nearly used up."],
    next: ["Look at memory and limits of this proxy, and at how many connections and how much configuration it holds."],
  },
  DF: {
    causes: ["The name of an external service does not resolve: a typing error in a ServiceEntry, or DNS that fails or is slow."],
    next: ["Resolve the host of the ServiceEntry from the proxy's pod, and look at the cluster's DNS."],
  },
  DR: {
    causes: ["The caller cancelled the stream: its deadline passed, or it did not need the answer any more."],
    next: ["Compare how long these calls took with the caller's deadline; many of one length are a deadline that is too short."],
  },
};
