import type { LogLine } from '@millrace/protocol/api/logs';
import { pause } from './until.ts';

/**
 * Follows a log over HTTP as an impatient person's program would: whenever the stream breaks it comes again
 * with the id of the last event. It fails on the first byte that is missing or comes twice.
 */
export class Follower {
  readonly #url: string;
  readonly #stop = new AbortController();
  readonly #pieces: Uint8Array[] = [];
  #byte = 0;
  #streams = 0;
  readonly done: Promise<Uint8Array>;

  constructor(url: string, log: number) {
    this.#url = `${url}/api/v1/logs/${log}/follow?from=0`;
    this.done = this.#follow();
    // Looked at when the test comes to it.
    this.done.catch(() => undefined);
  }

  /** Bytes received so far. */
  get bytes(): number {
    return this.#byte;
  }

  /** How often a stream was opened. */
  get streams(): number {
    return this.#streams;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #follow(): Promise<Uint8Array> {
    for (;;) {
      this.#stop.signal.throwIfAborted();
      if (await this.#readStream().catch(isGone)) return Buffer.concat(this.#pieces);
      await pause(50);
    }
  }

  /** True when the log's end has come. */
  async #readStream(): Promise<boolean> {
    const headers: Record<string, string> = this.#byte > 0 ? { 'last-event-id': String(this.#byte) } : {};
    const response = await fetch(this.#url, { headers, signal: this.#stop.signal });
    if (!response.ok || !response.body) return false;
    this.#streams += 1;
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) if (this.#take(block)) return true;
    }
    return false;
  }

  #take(block: string): boolean {
    const field = (name: string): string | undefined =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    if (field('event') === 'end') return true;
    const data = field('data');
    if (data === undefined) return false;
    const line = JSON.parse(data) as LogLine;
    if (line.byte !== this.#byte)
      throw new FollowError(`byte ${line.byte} came where ${this.#byte} was next`);
    const bytes = line.text === undefined ? Buffer.from(line.base64 ?? '', 'base64') : Buffer.from(line.text);
    this.#pieces.push(bytes);
    this.#byte += bytes.length;
    if (field('id') !== String(this.#byte))
      throw new FollowError(`the id after byte ${this.#byte} is ${field('id')}`);
    return false;
  }
}

class FollowError extends Error {}

function isGone(error: unknown): false {
  if (error instanceof FollowError || (error instanceof Error && error.name === 'AbortError')) throw error;
  return false;
}
