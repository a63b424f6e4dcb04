/** What is asked of things that this product does not collect, and what is answered then: empty, of the right type, never an error.
 *  An operation has either a line here or a resolver. */

const NO_TRACE = { debuggingTrace: null };
const NO_TOPOLOGY = { nodes: [], calls: [], ...NO_TRACE };
const NO_PROGRESS = { logs: [], errorInstanceIds: [], successInstanceIds: [] };
const NO_AGENT = "Nothing is profiled here: there are proxies, and no agents.";
const NO_PODS = "Output of containers is not read here.";
const NO_TASK = { code: "ARGUMENT_ERROR", errorReason: NO_AGENT, id: null };
const NO_EBPF = { status: false, errorReason: NO_AGENT };
const FIXED = { id: "", status: false, message: "Templates are part of this server: they are not changed by clients." };

export const EMPTY_ANSWERS: Readonly<Record<"Query" | "Mutation", Readonly<Record<string, unknown>>>> = {
  Query: {
    // Processes
    listProcesses: [],
    getProcess: null,
    estimateProcessScale: 0,
    getProcessTopology: NO_TOPOLOGY,
    getProcessTopologyByName: NO_TOPOLOGY,
    // Browsers, databases seen by agents only
    getAllBrowserServices: [],
    searchBrowserServices: [],
    searchBrowserService: null,
    getAllDatabases: [],
    queryBrowserErrorLogs: { logs: [] },
    // Records and heat maps: no metric is one
    readHeatMap: null,
    getThermodynamic: null,
    readSampledRecords: [],
    readRecords: [],
    getTopNRecords: [],
    // Layers of one service: only MESH is filled
    getServiceHierarchy: { relations: [] },
    getInstanceHierarchy: { relations: [] },
    // Alarms and events
    queryAlarms: { msgs: [] },
    getAlarm: { msgs: [] },
    queryAlarmTagAutocompleteKeys: [],
    queryAlarmTagAutocompleteValues: [],
    queryEvents: { events: [] },
    // Traces
    hasQueryTracesV2Support: false,
    queryBasicTraces: { traces: [], ...NO_TRACE },
    queryBasicTracesByName: { traces: [], ...NO_TRACE },
    queryTrace: { spans: [], ...NO_TRACE },
    queryTraces: { traces: [], retrievedTimeRange: { startTime: 0, endTime: 0 }, ...NO_TRACE },
    queryTraceTagAutocompleteKeys: [],
    queryTraceTagAutocompleteValues: [],
    // Log rules, output of containers
    test: { log: null, metrics: [] },
    listContainers: { errorReason: NO_PODS, containers: [] },
    ondemandPodLogs: { errorReason: NO_PODS, logs: [], ...NO_TRACE },
    // Profiling
    getProfileTaskList: [],
    getProfileTaskLogs: [],
    getProfileTaskSegments: [],
    getSegmentsProfileAnalyze: { tip: NO_AGENT, trees: [] },
    queryAsyncProfilerTaskList: { errorReason: null, tasks: [] },
    queryAsyncProfilerTaskProgress: NO_PROGRESS,
    queryAsyncProfilerAnalyze: { tree: null },
    queryPprofTaskList: { errorReason: null, tasks: [] },
    queryPprofTaskProgress: NO_PROGRESS,
    queryPprofAnalyze: { tree: null },
    queryPrepareCreateEBPFProfilingTaskData: { couldProfiling: false, processLabels: [] },
    queryEBPFProfilingTasks: [],
    queryEBPFProfilingSchedules: [],
    analysisEBPFProfilingResult: { tip: NO_AGENT, trees: [] },
    queryContinuousProfilingServiceTargets: [],
    queryContinuousProfilingMonitoringInstances: [],
  },
  Mutation: {
    createProfileTask: { errorReason: NO_AGENT, id: null },
    createAsyncProfilerTask: NO_TASK,
    createPprofTask: NO_TASK,
    createEBPFProfilingFixedTimeTask: { ...NO_EBPF, id: null },
    createEBPFNetworkProfiling: { ...NO_EBPF, id: null },
    keepEBPFNetworkProfiling: NO_EBPF,
    setContinuousProfilingPolicy: NO_EBPF,
    addTemplate: FIXED,
    changeTemplate: FIXED,
    disableTemplate: FIXED,
  },
};

type Resolvers = Readonly<Record<string, () => unknown>>;

/** A resolver for each line of the table. */
export function emptyResolvers(of: "Query" | "Mutation"): Resolvers {
  return Object.fromEntries(Object.entries(EMPTY_ANSWERS[of]).map(([operation, answer]) => [operation, () => answer]));
}
