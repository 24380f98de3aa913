import type { BytePatterns } from '../masking/byte-patterns.ts';
import { Redactor } from '../masking/redactor.ts';
import type { LogWriter } from '../output/log-writer.ts';

/** One log, with the build's secrets masked before a byte of it is cut, compressed or written. */
export class MaskedLog {
  readonly #writer: LogWriter;
  readonly #redactor: Redactor | undefined;

  constructor(writer: LogWriter, secrets: BytePatterns | undefined) {
    this.#writer = writer;
    if (secrets !== undefined) this.#redactor = new Redactor(secrets, (bytes) => writer.write(bytes));
  }

  get log(): number {
    return this.#writer.log;
  }

  /** The bytes are only lent. */
  write(bytes: Uint8Array): void {
    if (this.#redactor === undefined) this.#writer.write(bytes);
    else this.#redactor.write(bytes);
  }

  /** @param windowMs how long what is watched waits for more; null: nobody watches */
  setWatched(windowMs: number | null): void {
    this.#writer.setWatched(windowMs);
  }

  close(): void {
    this.#redactor?.flush();
    this.#writer.close();
  }

  abandon(): void {
    this.#writer.abandon();
  }
}
