/** Whether services that were named are there: a metric of a service that is not has no values, as one without traffic has none. */
import { AnswerError } from "../model/errors.ts";
import type { Entity } from "./query-arguments.ts";
import type { Server } from "./server.ts";
import { printable } from "./table.ts";

const SERVICES = "{ listServices { name } }";
const SUGGESTED_MAX = 10;

/** Peers that did not report themselves are in no list: whoever says that one is (--no-normal) is believed.
 *  @throws AnswerError naming the first service that is not there, and those that may be meant */
export async function expectKnown(server: Server, entity: Entity): Promise<void> {
  const { serviceName, normal, destServiceName, destNormal } = entity;
  const named = [normal === true ? serviceName : undefined, destNormal === true ? destServiceName : undefined];
  const asked = named.filter((name) => name !== undefined);
  if (asked.length === 0) return;
  const { listServices } = await server.ask<{ listServices: readonly { readonly name: string }[] }>(SERVICES, {});
  const names = listServices.map(({ name }) => name);
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new AnswerError(`no service ${printable(unknown)}${hint(unknown, names)}`);
}

/** By part of a name, and by what is before its namespace. */
function hint(unknown: string, names: readonly string[]): string {
  const lower = unknown.toLowerCase();
  const isClose = (name: string): boolean => {
    const other = name.toLowerCase();
    return other.includes(lower) || lower.includes(other.split(".")[0] || other);
  };
  const close = names.filter(isClose);
  if (close.length > 0) return `: is ${some(close, " or ")} meant?`;
  return names.length === 0 ? ": there are none yet" : `: there are ${some(names, ", ")}`;
}

function some(names: readonly string[], between: string): string {
  const more = names.length - SUGGESTED_MAX;
  return names.slice(0, SUGGESTED_MAX).map(printable).join(between) + (more > 0 ? ` and ${more} more` : "");
}
