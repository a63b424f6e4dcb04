// Preloaded into every process of the product by tests (node --import): ends the process with SIGKILL right before or right after
// the operation that the plan file names, and removes the plan, so that the process that replaces it goes on.
// A plan is "ROLE OPERATION WHEN": ingest datasync after.
import fs, { readFileSync, unlinkSync } from "node:fs";
import http from "node:http";
import { syncBuiltinESMExports } from "node:module";

const planFile = process.env.SIDELIGHT_CRASH_PLAN;
const role = process.argv[1]?.endsWith("main.ts") ? "main" : process.argv[1]?.endsWith("ingest.ts") ? "ingest" : null;

function crashIfPlanned(operation, when) {
  let plan;
  try {
    plan = readFileSync(planFile, "utf8");
  } catch {
    return;
  }
  if (plan.trim() !== `${role} ${operation} ${when}`) return;
  unlinkSync(planFile);
  process.kill(process.pid, "SIGKILL");
}

function wrap(owner, name) {
  const original = owner[name];
  owner[name] = async function (...parameters) {
    crashIfPlanned(name, "before");
    const result = await original.apply(this, parameters);
    crashIfPlanned(name, "after");
    return result;
  };
}

if (planFile !== undefined && role !== null) {
  for (const name of ["mkdir", "rename", "rm"]) wrap(fs.promises, name);
  const handle = await fs.promises.open("/dev/null");
  for (const name of ["appendFile", "datasync"]) wrap(Object.getPrototypeOf(handle), name);
  await handle.close();
  const request = http.request;
  http.request = function (...parameters) {
    const text = parameters
      .map((one) => (typeof one === "object" && one !== null ? `${one.href ?? ""}${one.path ?? ""}` : String(one)))
      .join(" ");
    const isInsert = decodeURIComponent(text.replaceAll("+", " ").replaceAll("%%", "%25%")).includes(
      "INSERT INTO `traffic_minute`",
    );
    if (isInsert) crashIfPlanned("insert", "before");
    const made = request.apply(this, parameters);
    if (isInsert) made.on("response", () => crashIfPlanned("insert", "after"));
    return made;
  };
  syncBuiltinESMExports();
}
