/** What an entry counts as, by its access_log_type: only the end of a request or connection is a call. */

/** The end of a call or connection. */
export const COUNTED = 0;
/** Cumulative byte counters of something that goes on. */
const PERIODIC = 1;
/** A connection was opened. */
export const OPENED = 2;
/** Tells nothing that is counted. */
export const IGNORED = 3;

/** AccessLogType: 0 NotSet, 5 DownstreamPeriodic, 6 DownstreamEnd. `intermediate` is the older mark of the same. */
export function httpLogUse(type: number, intermediate: boolean): number {
  if (type === 6) return COUNTED;
  if (type === 5) return PERIODIC;
  return type === 0 && !intermediate ? COUNTED : IGNORED;
}

/** 0 NotSet, 2 TcpPeriodic, 3 TcpConnectionEnd, 12 UdpPeriodic, 13 UdpSessionEnd, 1 and 14: connected, started. */
export function tcpLogUse(type: number, intermediate: boolean): number {
  if (type === 3 || type === 13) return COUNTED;
  if (type === 2 || type === 12) return PERIODIC;
  if (type === 14 || type === 1) return OPENED;
  return type === 0 && !intermediate ? COUNTED : IGNORED;
}
