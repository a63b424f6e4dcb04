/** Why storage could not be opened, in words that name the setting to look at. */
import { StorageError } from "../model/errors.ts";
import type { Connection } from "./connection.ts";

const AUTHENTICATION_FAILED = 516;
const ACCESS_DENIED = 497;
/** What Node says of a certificate that it does not trust. */
const CERTIFICATE =
  /certificate|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS|CERT_|EPROTO|wrong version number|SSL|tlsv1/i;

/** The same error, told for people; others as they are. */
export function explained(error: unknown, { url, username }: Connection): unknown {
  if (!(error instanceof StorageError)) return error;
  const at = `ClickHouse at ${url}`;
  const { clickhouseCode, cause, retryable } = error;
  const say = (text: string): StorageError => new StorageError(text, { retryable, clickhouseCode, cause });
  if (clickhouseCode === AUTHENTICATION_FAILED) {
    return say(`${at} does not let user ${username} in: check storage.username and storage.password`);
  }
  if (clickhouseCode === ACCESS_DENIED) return say(`${at}: user ${username} (storage.username) lacks rights: ${error.message}`);
  if (clickhouseCode !== null) return say(`${at}: ${error.message}`);
  const why = reason(error);
  if (CERTIFICATE.test(why)) {
    return say(
      `${at}: no secure connection (${why}): check storage.url (http or https), storage.tls.caFile, and storage.tls.certFile if it asks for one`,
    );
  }
  return say(`${at} does not answer (${why}): check storage.url`);
}

/** The innermost cause's code and words; an attempt at several addresses has one per address. */
function reason(error: unknown): string {
  let at = error as Error & { code?: string; errors?: Error[] };
  while (at.cause instanceof Error) at = at.cause as typeof at;
  const first = (at.errors?.[0] ?? at) as Error & { code?: string };
  return [first.code, first.message].filter((one) => one !== undefined && one !== "").join(": ");
}
