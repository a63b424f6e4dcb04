/** How long each kind of rows is kept, in days. */
export interface Retention {
  /** "off" keeps everything for ever: for tests with old dates. */
  readonly ttl: "on" | "off";
  readonly minuteDays: number;
  readonly hourDays: number;
  readonly dayDays: number;
  readonly metadataDays: number;
  readonly accessLogDays: number;
  readonly failedAccessLogDays: number;
}
