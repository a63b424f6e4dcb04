/** The limits of each part as the settings' defaults have them. */
import type { EndpointLimits } from "../../oap/analysis/endpoint-name.ts";
import type { NamesLimits } from "../../oap/analysis/names.ts";
import type { PipelineOptions } from "../../oap/analysis/pipeline.ts";
import { SCHEMA } from "../../oap/config/schema.ts";
import type { TextLimits } from "../../receivers/envoy-als/log-row.ts";
import type { PeerLimits } from "../../receivers/envoy-als/peer.ts";

export const NAMES_LIMITS: NamesLimits = {
  servicesMax: SCHEMA["services.max"].default,
  instancesMax: SCHEMA["instances.max"].default,
  attributesMax: SCHEMA["instances.attributes"].default,
  paths: { entriesMax: SCHEMA["paths.max"].default, bytesMax: SCHEMA["paths.maxBytes"].default },
  detailsMax: SCHEMA["failures.codeDetails"].default,
};

export const ENDPOINT_LIMITS: EndpointLimits = {
  perService: SCHEMA["endpoints.perService"].default,
  nameMaxBytes: SCHEMA["names.endpointMaxBytes"].default,
  children: SCHEMA["endpoints.children"].default,
  positions: SCHEMA["endpoints.positions"].default,
  nodePositions: SCHEMA["endpoints.nodePositions"].default,
  nodeNames: SCHEMA["endpoints.nodeNames"].default,
  rules: [],
};

export const PIPELINE_OPTIONS: PipelineOptions = {
  ...NAMES_LIMITS,
  maxAgeMs: SCHEMA["analysis.maxAge"].default,
  apdexThresholdMs: SCHEMA["analysis.apdexThreshold"].default,
  slotsDue: SCHEMA["flush.maxSlots"].default,
  latenciesDue: SCHEMA["flush.maxLatencies"].default,
  pairsPerInstance: SCHEMA["instanceRelations.perInstance"].default,
  endpoints: ENDPOINT_LIMITS,
  failuresPerMinute: SCHEMA["failures.perMinute"].default,
  accessLog: null,
};

export const PEER_LIMITS: PeerLimits = {
  max: SCHEMA["peers.max"].default,
  maxBytes: SCHEMA["peers.maxBytes"].default,
  peerMaxBytes: SCHEMA["peers.peerMaxBytes"].default,
};

export const TEXT_LIMITS: TextLimits = {
  pathMaxBytes: SCHEMA["accessLog.pathMaxBytes"].default,
  textMaxBytes: SCHEMA["accessLog.textMaxBytes"].default,
};

export const PROXIES_MAX = SCHEMA["proxies.max"].default;
export const STREAMS_MAX = SCHEMA["periodicStreams.max"].default;

export const REQUEST_LIMITS = {
  bodyMaxBytes: SCHEMA["query.maxBodyBytes"].default,
  tokensMax: SCHEMA["query.maxTokens"].default,
  fieldsMax: SCHEMA["query.maxFields"].default,
  aliasesMax: SCHEMA["query.maxAliases"].default,
  depthMax: SCHEMA["query.maxDepth"].default,
  valuesMax: SCHEMA["query.maxValues"].default,
};
