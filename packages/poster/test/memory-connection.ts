import { Duplex } from 'node:stream';

type WriteCallback = (error?: Error | null) => void;

/** A connection whose other end is the test: it accepts each write, or fails it, and speaks when it likes. */
export class MemoryConnection extends Duplex {
  readonly #accepted: Buffer[] = [];
  readonly #waiting: { chunk: Buffer; callback: WriteCallback }[] = [];
  #hungUp = false;
  #arrived = Promise.withResolvers<void>();

  constructor() {
    super({ allowHalfOpen: true });
    this.on('error', () => {});
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, callback: WriteCallback): void {
    this.#waiting.push({ chunk, callback });
    this.#arrived.resolve();
  }

  override _final(callback: WriteCallback): void {
    callback();
  }

  /** What was accepted so far, as Latin-1. */
  get accepted(): string {
    return Buffer.concat(this.#accepted).toString('latin1');
  }

  /** Waits for a write and leaves it waiting. */
  async untilWritten(): Promise<void> {
    while (this.#waiting.length === 0) {
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
  }

  /** Accepts the next write. */
  async accept(): Promise<void> {
    await this.untilWritten();
    const write = this.#waiting.shift();
    if (write === undefined) return;
    this.#accepted.push(write.chunk);
    write.callback();
  }

  /** Accepts writes until the pattern was seen. */
  async acceptUntil(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.accepted)) await this.accept();
  }

  /** Fails the write that waits, as a socket whose peer has reset. */
  failWrite(): void {
    this.#waiting.shift()?.callback(systemError('EPIPE', 'write'));
  }

  say(text: string): void {
    if (!this.destroyed && !this.#hungUp) this.push(Buffer.from(text, 'latin1'));
  }

  hangUp(): void {
    this.#hungUp = true;
    if (!this.destroyed) this.push(null);
  }

  reset(): void {
    this.destroy(systemError('ECONNRESET', 'read'));
  }
}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}
