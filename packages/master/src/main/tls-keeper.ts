import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import type { TlsConfig } from '../config/access-config.ts';
import { expiryText } from '../config/expiry.ts';
import { readTls } from './tls-files.ts';
import type { TlsMaterial } from './tls-files.ts';

export interface TlsKeeperParts {
  readonly files: TlsConfig;
  readonly clock: Clock;
  readonly read: (file: string) => string;
  /** From now on new connections are made with it; those that are open stay. */
  readonly serve: (material: TlsMaterial) => void;
  readonly log: (line: string) => void;
  /** What is on the disk cannot be served. What was served before still is. */
  readonly onTrouble: (error: unknown) => void;
}

const lookEveryMs = 10_000;
/** So long before its end a certificate is told of, once a day. */
const expirySoonMs = 14 * 24 * 3_600_000;
const tellEveryMs = 24 * 3_600_000;

/**
 * Serves a certificate and its key from two files, and reads them again when they have changed: what renews them
 * need not know of us. Files that cannot be used, such as a pair of which one half is written, change nothing.
 */
export class TlsKeeper {
  readonly #parts: TlsKeeperParts;
  #served: TlsMaterial;
  #toldAt: number | undefined;

  /** @throws MillraceError `tls-unusable` */
  constructor(parts: TlsKeeperParts) {
    this.#parts = parts;
    this.#served = this.#read();
  }

  get served(): TlsMaterial {
    return this.#served;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#tellExpiry();
      await sleep(this.#parts.clock, lookEveryMs, signal);
      if (!signal.aborted) this.look();
    }
  }

  /** Reads the files; serves what is in them where that is new. */
  look(): void {
    const { serve, log, onTrouble } = this.#parts;
    try {
      const found = this.#read();
      if (found.cert === this.#served.cert && found.key === this.#served.key) return;
      serve(found);
      this.#served = found;
      this.#toldAt = undefined;
      log(`the certificate was read anew; it is valid until ${expiryText(found.expiresAt)}.`);
    } catch (error) {
      onTrouble(error);
    }
  }

  #read(): TlsMaterial {
    const { files, read, clock } = this.#parts;
    return readTls(files, read, clock.now());
  }

  #tellExpiry(): void {
    const { clock, log, files } = this.#parts;
    const now = clock.now();
    if (this.#served.expiresAt - now > expirySoonMs) return;
    if (this.#toldAt !== undefined && now - this.#toldAt < tellEveryMs) return;
    this.#toldAt = now;
    log(`the certificate in ${files.cert} expires on ${expiryText(this.#served.expiresAt)}: renew it.`);
  }
}
