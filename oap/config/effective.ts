/** The settings in force, as they may be told: what is secret is masked. */
import { type Config, type Key, SCHEMA, type Setting } from "./schema.ts";

export const MASK = "******";
/** User and password of an address. */
const CREDENTIALS = /\/\/[^/\s|,]*@/g;

export type SettingValue = string | number | boolean | null | readonly string[];

/** By key, in the order of the schema. A secret is masked whether it is set or not. */
export function effectiveSettings(config: Config): Readonly<Record<string, SettingValue>> {
  return Object.fromEntries(
    (Object.keys(SCHEMA) as Key[]).map((key) => [key, told(SCHEMA[key] as Setting<unknown>, config[key])]),
  );
}

function told({ secret }: Setting<unknown>, value: SettingValue): SettingValue {
  if (secret === true) return MASK;
  if (Array.isArray(value)) return value.map(withoutCredentials);
  return typeof value === "string" ? withoutCredentials(value) : value;
}

/** An address with a password in it is refused where one is looked at; one that is not is no reason to tell it. */
function withoutCredentials(text: string): string {
  return text.replaceAll(CREDENTIALS, `//${MASK}@`);
}
