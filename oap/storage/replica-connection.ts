/** One of several servers that hold the same: stays with one until it fails, then the next. */
import { StorageError } from "../model/errors.ts";
import type { Connection } from "./connection.ts";

export class ReplicaConnection implements Connection {
  readonly username: string;
  readonly password: string;
  readonly tls: Connection["tls"];
  readonly compression: Connection["compression"];
  readonly moveOn = (url: string): void => {
    if (url === this.#urls[this.#at]) this.#at = (this.#at + 1) % this.#urls.length;
  };
  readonly #urls: string[] = [];
  readonly #what: string;
  #at = 0;

  /** `like`: everything but the address; `what`: what they hold, for errors. */
  constructor(like: Connection, what: string) {
    this.#what = what;
    this.username = like.username;
    this.password = like.password;
    this.tls = like.tls;
    this.compression = like.compression;
  }

  /** @throws StorageError as long as none was added: an address that stands in would answer for rows that it does not hold. */
  get url(): string {
    const url = this.#urls[this.#at];
    if (url === undefined) throw new StorageError(`no host of ${this.#what} has answered yet`, { retryable: true });
    return url;
  }

  get count(): number {
    return this.#urls.length;
  }

  add(url: string): void {
    if (!this.#urls.includes(url)) this.#urls.push(url);
  }
}
