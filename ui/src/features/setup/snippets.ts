/** Ready-to-paste configuration with an address filled in. */
export function istioSnippet(address: string): string {
  return `# IstioOperator, or the istio ConfigMap's mesh: part. Restart the workloads afterwards.
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig:
    enableEnvoyAccessLogService: true
    defaultConfig:
      envoyAccessLogService:
        address: ${address}
`;
}

export function envoySnippet(address: string): string {
  const colon = address.lastIndexOf(":");
  const [host, port] = [address.slice(0, colon), address.slice(colon + 1)];
  return `# In envoy.yaml: who this proxy is
node:
  id: web-1
  cluster: web

# In the HTTP connection manager of each listener
access_log:
  - name: envoy.access_loggers.http_grpc
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig
      common_config:
        log_name: http
        transport_api_version: V3
        grpc_service: { envoy_grpc: { cluster_name: sidelight } }
      additional_response_trailers_to_log: [grpc-status]

# In the TCP proxy of each TCP listener
access_log:
  - name: envoy.access_loggers.tcp_grpc
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig
      common_config:
        log_name: tcp
        transport_api_version: V3
        grpc_service: { envoy_grpc: { cluster_name: sidelight } }

# Among static_resources.clusters. Without http2_protocol_options nothing arrives.
- name: sidelight
  type: STRICT_DNS
  connect_timeout: 1s
  typed_extension_protocol_options:
    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
      "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
      explicit_http_config: { http2_protocol_options: {} }
  load_assignment:
    cluster_name: sidelight
    endpoints:
      - lb_endpoints:
          - endpoint: { address: { socket_address: { address: ${host}, port_value: ${port} } } }
`;
}

/** @param origin where this page came from */
export function assistantSnippet(origin: string): string {
  return `# Claude Code, in a terminal
claude mcp add --transport http sidelight ${origin}/mcp

# .mcp.json, .cursor/mcp.json
{ "mcpServers": { "sidelight": { "type": "http", "url": "${origin}/mcp" } } }

# Codex, ~/.codex/config.toml
[mcp_servers.sidelight]
url = "${origin}/mcp"
`;
}

/** Loopback cannot be reached from another machine or pod. */
export function isLoopback(address: string): boolean {
  return /^(127\.|localhost|\[::1\])/.test(address);
}
