/** Settings file and environment -> frozen Config. The environment wins. */
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { ConfigError } from "../model/errors.ts";
import { type Config, type Key, SCHEMA, type Setting, variableOf } from "./schema.ts";

const DEFAULT_FILE = "./sidelight.yaml";
/** Names the settings file; no setting itself. */
const FILE_VARIABLE = "OAP_CONFIG";

/** @throws ConfigError naming the key or variable, what it holds and where that stands. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const values = new Map<Key, unknown>();
  const file = environment[FILE_VARIABLE] ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  if (file !== undefined) for (const [key, value] of fromFile(file)) values.set(key, checked(key, value, `in ${file}`, key));
  for (const [key, variable, value] of fromEnvironment(environment))
    values.set(key, checked(key, value, "in the environment", variable));
  const config = Object.fromEntries(keys().map((key) => [key, values.get(key) ?? SCHEMA[key].default]));
  return Object.freeze(config) as unknown as Config;
}

function keys(): Key[] {
  return Object.keys(SCHEMA) as Key[];
}

function fromFile(path: string): [Key, unknown][] {
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8")) ?? {};
  } catch (cause) {
    throw new ConfigError(FILE_VARIABLE, `cannot read the settings file ${path}: ${(cause as Error).message}`, cause);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new ConfigError(FILE_VARIABLE, `the settings file ${path} holds no settings`);
  }
  return flattened(content as Record<string, unknown>, "").map(([key, value]) => {
    if (!(key in SCHEMA)) throw new ConfigError(key, `unknown setting ${key} in ${path}${suggestion(key, keys())}`);
    return [key as Key, value];
  });
}

/** Nested and dotted keys alike. */
function flattened(object: Record<string, unknown>, prefix: string): [string, unknown][] {
  return Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value) && !(key in SCHEMA);
    return isGroup && Object.keys(value).length > 0 ? flattened(value as Record<string, unknown>, key) : [[key, value]];
  });
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): [Key, string, unknown][] {
  const byVariable = new Map(keys().map((key) => [variableOf(key), key]));
  const found: [Key, string, unknown][] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith("OAP_") || variable === FILE_VARIABLE || text === undefined) continue;
    const key = byVariable.get(variable);
    if (key === undefined)
      throw new ConfigError(variable, `unknown variable ${variable}${suggestion(variable, [...byVariable.keys()])}`);
    found.push([key, variable, typeof SCHEMA[key].default === "number" ? asNumber(text) : text]);
  }
  return found;
}

/** A number as people write it; anything else stays text and fails its check. */
function asNumber(text: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

function checked(key: Key, value: unknown, where: string, shownAs: string): unknown {
  const { check, secret } = SCHEMA[key] as Setting<unknown>;
  const result = check.safeParse(value);
  if (result.success) return result.data;
  const shown = secret === true ? "(hidden)" : JSON.stringify(value);
  throw new ConfigError(
    shownAs,
    `${shownAs} = ${shown} ${where}: ${result.error.issues.map(({ message }) => message).join("; ")}`,
    result.error,
  );
}

function suggestion(name: string, known: readonly string[]): string {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, "");
  const close = known.find((one) => plain(one).startsWith(plain(name)) || plain(name).startsWith(plain(one)));
  return close === undefined ? "" : `; did you mean ${close}?`;
}
