/** Every error class of the system. `code` is stable and meant for machines, `retryable` says whether the same call can
 *  succeed later. Only edges translate them: receivers to a gRPC status, query to a GraphQL code, main to an exit code. */
export class SidelightError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** A setting that cannot be used. The message names the key, the value and where it came from. Exit code 78. */
export class ConfigError extends SidelightError {
  readonly key: string;

  constructor(key: string, message: string, cause?: unknown) {
    super("CONFIG", message, { cause });
    this.key = key;
  }
}

/** Bytes that are not the message they claim to be. `reason` is the label of the counter that counts it. */
export class DecodeError extends SidelightError {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super("DECODE", message);
    this.reason = reason;
  }
}

/** ClickHouse could not be reached, or answered with an error. `clickhouseCode` is its number when it gave one. */
export class StorageError extends SidelightError {
  readonly clickhouseCode: number | null;

  constructor(
    message: string,
    options: {
      retryable: boolean;
      clickhouseCode?: number | null;
      cause?: unknown;
    },
  ) {
    super("STORAGE", message, options);
    this.clickhouseCode = options.clickhouseCode ?? null;
  }
}

/** The spool cannot take or give what was asked of it: disk full, unreadable batch. */
export class SpoolError extends SidelightError {
  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super("SPOOL", message, options);
  }
}

/** A question that cannot be answered as asked: bad duration, unknown id, too many points. */
export class QueryError extends SidelightError {
  constructor(message: string, cause?: unknown) {
    super("BAD_QUERY", message, { cause });
  }
}

/** A port that somebody else holds. The message names the port. */
export class ListenError extends SidelightError {
  constructor(message: string, cause?: unknown) {
    super("LISTEN", message, { cause });
  }
}

/** A command of the terminal that cannot be carried out as it was typed. Exit code 2. */
export class UsageError extends SidelightError {
  constructor(message: string, cause?: unknown) {
    super("USAGE", message, { cause });
  }
}

/** A server that a command asked did not answer, or said no. Exit code 1. */
export class AnswerError extends SidelightError {
  constructor(message: string, cause?: unknown) {
    super("ANSWER", message, { cause });
  }
}
