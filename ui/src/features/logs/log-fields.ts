/** Everything a row of the access log holds, as the type MeshLog of lib/mesh-log-types.ts has it. */
export const LOG_FIELDS = `time kept weight kind detectPoint reporter instance node caller callerInstance callee calleeInstance endpoint method
  protocol authority path query code grpcStatus flags { short text } codeDetails failureReason duration phases { name from to }
  requestHeaderBytes requestBodyBytes responseHeaderBytes responseBodyBytes attempts tlsMode tlsVersion serverName localPrincipal
  peerPrincipal requestId traceId downstreamAddress upstreamAddress upstreamCluster route userAgent requestHeaders { key value }
  responseHeaders { key value }`;
