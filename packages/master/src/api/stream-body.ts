import { Readable } from 'node:stream';
import type { Clock } from '@millrace/kernel/clock';
import { SilenceTimer } from '@millrace/kernel/silence-timer';

/** A silent cut of the connection shows on both sides by the absence of these. */
const heartbeatMs = 15_000;
const heartbeat = ':\n\n';

/**
 * What is sent over an event stream: each text is asked for when the one before has gone out, and is one write. A
 * heartbeat comes first, with which the head of the answer goes out, and whenever nothing else has for a while.
 *
 * A stream that is stopped ends its texts by itself; where its listener goes, they are ended from here.
 */
export class StreamBody extends Readable {
  readonly #texts: AsyncGenerator<string | Uint8Array, void>;
  readonly #silence: SilenceTimer;
  #begun = false;
  #asking = false;

  constructor(texts: AsyncGenerator<string | Uint8Array, void>, clock: Clock) {
    super({ objectMode: true, highWaterMark: 1 });
    this.#texts = texts;
    this.#silence = new SilenceTimer(clock, heartbeatMs, () => {
      // Who does not read what he was sent is no better off for more.
      if (this.#asking) this.push(heartbeat);
    });
  }

  override _read(): void {
    if (!this.#begun) {
      this.#begun = true;
      this.push(heartbeat);
      return;
    }
    if (this.#asking) return;
    this.#asking = true;
    this.#texts.next().then(
      ({ done, value }) => {
        this.#asking = false;
        this.#silence.heard();
        if (this.destroyed) return;
        this.push(done === true ? null : value);
      },
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#silence.cancel();
    void this.#endTexts();
    done(error);
  }

  /** What goes wrong from here on is nobody's who still listens. */
  async #endTexts(): Promise<void> {
    await this.#texts.return().catch(() => undefined);
  }
}
