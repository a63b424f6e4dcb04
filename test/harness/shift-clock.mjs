// Preloaded into the processes of the product by tests (node --import): the wall clock is as many ms off as the file says that
// SIDELIGHT_CLOCK_SHIFT names, from one moment to the next. What measures durations (performance.now, timers) goes on as it was.
import { readFileSync } from "node:fs";

const file = process.env.SIDELIGHT_CLOCK_SHIFT;
const isOurs = /(main|ingest|supervisor)\.ts$/.test(process.argv[1] ?? "");
const READ_EVERY_MS = 50;

if (file !== undefined && isOurs) {
  const realNow = Date.now;
  let shiftMs = 0;
  const read = () => {
    try {
      shiftMs = Number(readFileSync(file, "utf8"));
    } catch {
      shiftMs = 0;
    }
  };
  read();
  setInterval(read, READ_EVERY_MS).unref();
  Date.now = () => realNow() + shiftMs;
}
