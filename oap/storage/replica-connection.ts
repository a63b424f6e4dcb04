/** One of several servers that hold the same: stays with one until it fails, then the next. */
import type { Connection } from "./connection.ts";

export class ReplicaConnection implements Connection {
  readonly username: string;
  readonly password: string;
  readonly tls: Connection["tls"];
  readonly compression: Connection["compression"];
  readonly moveOn = (url: string): void => {
    if (url === this.url) this.#at = (this.#at + 1) % Math.max(1, this.#urls.length);
  };
  readonly #urls: string[] = [];
  readonly #first: string;
  #at = 0;

  /** `like`: everything but the address. Its own address stands in as long as none was added. */
  constructor(like: Connection) {
    this.#first = like.url;
    this.username = like.username;
    this.password = like.password;
    this.tls = like.tls;
    this.compression = like.compression;
  }

  get url(): string {
    return this.#urls[this.#at] ?? this.#first;
  }

  get count(): number {
    return this.#urls.length;
  }

  add(url: string): void {
    if (!this.#urls.includes(url)) this.#urls.push(url);
  }
}
