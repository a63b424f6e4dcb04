import type { QueryContext } from "../context.ts";

/** Clients choose the newest form of their questions by this. */
const PROTOCOL_VERSION = "11.0.0-sidelight";
const NO_STAGE = -1;

export const common = {
  Query: {
    version: () => PROTOCOL_VERSION,
    checkHealth: (_: unknown, __: unknown, { node }: QueryContext) => {
      const lacks = node.lacks();
      return { score: lacks.length, details: lacks.map(({ reason }) => reason).join("; ") };
    },
    getTimeInfo: (_: unknown, __: unknown, { clock }: QueryContext) => ({ timezone: "+0000", currentTimestamp: clock.now() }),
    getRecordsTTL: (_: unknown, __: unknown, { retention: { accessLogDays } }: QueryContext) => ({
      normal: accessLogDays,
      trace: accessLogDays,
      zipkinTrace: accessLogDays,
      log: accessLogDays,
      browserErrorLog: accessLogDays,
      coldNormal: NO_STAGE,
      coldTrace: NO_STAGE,
      coldZipkinTrace: NO_STAGE,
      coldLog: NO_STAGE,
      coldBrowserErrorLog: NO_STAGE,
    }),
    getMetricsTTL: (_: unknown, __: unknown, { retention: { minuteDays, hourDays, dayDays, metadataDays } }: QueryContext) => ({
      metadata: metadataDays,
      minute: minuteDays,
      hour: hourDays,
      day: dayDays,
      coldMinute: NO_STAGE,
      coldHour: NO_STAGE,
      coldDay: NO_STAGE,
    }),
  },
  Mutation: { version: () => PROTOCOL_VERSION },
};
