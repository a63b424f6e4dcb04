/** Questions of the query protocol by URL parameters: documents, and the variables they take. All answers carry a trace. */
import { endpointId, instanceId, serviceId } from "../../oap/model/entity.ts";
import type { Parameters } from "./parameters.ts";

export interface Question {
  readonly document: string;
  readonly variables: (given: Parameters) => Record<string, unknown>;
}

const TRACE =
  "debuggingTrace { traceId condition startTime endTime duration spans { spanId parentSpanId operation startTime endTime duration msg error } }";
const CALLS = "calls { id source target sourceComponents targetComponents detectPoints }";
const MEMBERS = "nodes { id name serviceId serviceName type isReal }";
const OWNER = "owner { scope serviceID serviceName normal serviceInstanceID serviceInstanceName endpointID endpointName }";
const SPAN =
  "traceId segmentId spanId parentSpanId serviceCode serviceInstanceName startTime endTime endpointName type peer component isError layer";

export const EXPRESSION_RESULT = `type error results { metric { labels { key value } } values { id value traceID ${OWNER} } }`;

const PAGE_SIZE = 15;

export const QUESTIONS: Readonly<Record<string, Question>> = {
  mqe: {
    document: `query ($expression: String!, $entity: Entity!, $duration: Duration!, $dumpDBRsp: Boolean) {
      execExpression(expression: $expression, entity: $entity, duration: $duration, debug: true, dumpDBRsp: $dumpDBRsp) {
        ${EXPRESSION_RESULT} ${TRACE}
      }
    }`,
    variables: (given) => ({
      expression: given.needed("expression"),
      entity: entityOf(given),
      duration: given.duration(),
      dumpDBRsp: given.flag("dumpDBRsp"),
    }),
  },
  "topology/getGlobalTopology": {
    document: `query ($duration: Duration!, $layer: String) {
      getGlobalTopology(duration: $duration, layer: $layer, debug: true) { nodes { id name type isReal layers } ${CALLS} ${TRACE} }
    }`,
    variables: (given) => ({ duration: given.duration(), layer: given.text("serviceLayer") }),
  },
  "topology/getServicesTopology": {
    document: `query ($serviceIds: [ID!]!, $duration: Duration!) {
      getServicesTopology(serviceIds: $serviceIds, duration: $duration, debug: true) { nodes { id name type isReal layers } ${CALLS} ${TRACE} }
    }`,
    variables: (given) => {
      given.needed("services");
      const normal = isNormal(given, "serviceLayer");
      return { serviceIds: given.list("services").map((name) => serviceId(name, normal)), duration: given.duration() };
    },
  },
  "topology/getServiceInstanceTopology": {
    document: `query ($client: ID!, $server: ID!, $duration: Duration!) {
      getServiceInstanceTopology(clientServiceId: $client, serverServiceId: $server, duration: $duration, debug: true) { ${MEMBERS} ${CALLS} ${TRACE} }
    }`,
    variables: (given) => ({
      client: serviceId(given.needed("clientService"), isNormal(given, "clientServiceLayer")),
      server: serviceId(given.needed("serverService"), isNormal(given, "serverServiceLayer")),
      duration: given.duration(),
    }),
  },
  "topology/getEndpointDependencies": {
    document: `query ($endpointId: ID!, $duration: Duration!) {
      getEndpointDependencies(endpointId: $endpointId, duration: $duration, debug: true) { ${MEMBERS} ${CALLS} ${TRACE} }
    }`,
    variables: (given) => ({
      endpointId: endpointId(given.needed("service"), given.needed("endpoint"), isNormal(given, "serviceLayer")),
      duration: given.duration(),
    }),
  },
  "topology/getProcessTopology": {
    document: `query ($instanceId: ID!, $duration: Duration!) {
      getProcessTopology(serviceInstanceId: $instanceId, duration: $duration, debug: true) { nodes { id name } calls { id source target } ${TRACE} }
    }`,
    variables: (given) => ({
      instanceId: instanceId(given.needed("service"), given.needed("instance"), isNormal(given, "serviceLayer")),
      duration: given.duration(),
    }),
  },
  "log/queryLogs": {
    document: `query ($condition: LogQueryCondition) {
      queryLogs(condition: $condition, debug: true) {
        errorReason
        logs {
          serviceName serviceId serviceInstanceName serviceInstanceId endpointName endpointId traceId timestamp contentType content
          tags { key value }
        }
        ${TRACE}
      }
    }`,
    variables: (given) => ({
      condition: {
        ...ofEntity(given),
        ...traceOf(given),
        queryDuration: given.optionalDuration(),
        paging: pagingOf(given),
        tags: tagsOf(given),
        keywordsOfContent: given.list("keywordsOfContent"),
        excludingKeywordsOfContent: given.list("excludingKeywordsOfContent"),
        queryOrder: given.text("queryOrder"),
      },
    }),
  },
  "trace/queryBasicTraces": {
    document: `query ($condition: TraceQueryCondition) {
      queryBasicTraces(condition: $condition, debug: true) { traces { segmentId endpointNames duration start isError traceIds } ${TRACE} }
    }`,
    variables: (given) => ({
      condition: {
        ...ofEntity(given),
        queryDuration: given.duration(),
        minTraceDuration: given.integer("minTraceDuration"),
        maxTraceDuration: given.integer("maxTraceDuration"),
        traceState: given.text("traceState") ?? "ALL",
        queryOrder: given.text("queryOrder") ?? "BY_START_TIME",
        tags: tagsOf(given),
        paging: pagingOf(given),
      },
    }),
  },
  "trace/queryTrace": {
    document: `query ($traceId: ID!, $duration: Duration) { queryTrace(traceId: $traceId, duration: $duration, debug: true) { spans { ${SPAN} } ${TRACE} } }`,
    variables: (given) => ({ traceId: given.needed("traceId"), duration: given.optionalDuration() }),
  },
};

/** An entity by names. Fields that are not given are left out: which of them count is the metric's business. */
export function entityOf(given: Parameters): Record<string, unknown> {
  const [service, destService] = [given.text("service"), given.text("destService")];
  const fields = {
    serviceName: service,
    normal: service === null ? null : isNormal(given, "serviceLayer"),
    serviceInstanceName: given.text("serviceInstance"),
    endpointName: given.text("endpoint"),
    processName: given.text("process"),
    destServiceName: destService,
    destNormal: destService === null ? null : isNormal(given, "destServiceLayer"),
    destServiceInstanceName: given.text("destServiceInstance"),
    destEndpointName: given.text("destEndpoint"),
    destProcessName: given.text("destProcess"),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** Peers that did not report themselves are of a layer that says so. */
function isNormal(given: Parameters, name: string): boolean {
  return !/^(UNDEFINED|VIRTUAL_.*)$/i.test(given.text(name) ?? "");
}

function ofEntity(given: Parameters): Record<string, string | null> {
  const service = given.text("service");
  if (service === null) return {};
  const normal = isNormal(given, "serviceLayer");
  const [instance, endpoint] = [given.text("serviceInstance"), given.text("endpoint")];
  return {
    serviceId: serviceId(service, normal),
    serviceInstanceId: instance === null ? null : instanceId(service, instance, normal),
    endpointId: endpoint === null ? null : endpointId(service, endpoint, normal),
  };
}

function traceOf(given: Parameters): Record<string, unknown> {
  const traceId = given.text("traceId");
  return traceId === null
    ? {}
    : { relatedTrace: { traceId, segmentId: given.text("segmentId"), spanId: given.integer("spanId") } };
}

function pagingOf(given: Parameters): { pageNum: number; pageSize: number } {
  return { pageNum: given.integer("pageNum") ?? 1, pageSize: given.integer("pageSize") ?? PAGE_SIZE };
}

/** `key=value,key=value`; a value may hold further equals signs. */
function tagsOf(given: Parameters): { key: string; value: string }[] {
  return given.list("tags").map((tag) => {
    const [key = "", ...value] = tag.split("=");
    return { key, value: value.join("=") };
  });
}
