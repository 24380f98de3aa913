import http from 'node:http';
import { performance } from 'node:perf_hooks';

const needle = (type: string): Buffer => Buffer.from(`"type":"${type}"`);

/** A listener on the event stream that counts events of one kind without reading them. */
export class EventCounter implements Disposable {
  readonly #request: http.ClientRequest;
  readonly #needle: Buffer;
  #rest: Buffer = Buffer.alloc(0);
  #count = 0;
  #firstAt = Number.NaN;
  #error: Error | undefined;
  #waiting: {
    readonly count: number;
    readonly resolve: (at: number) => void;
    readonly reject: (error: Error) => void;
  }[] = [];

  private constructor(request: http.ClientRequest, type: string) {
    this.#request = request;
    this.#needle = needle(type);
    request.on('error', (error) => this.#fail(error));
  }

  /** Listening when it resolves. `all`: the stream brings every event, and not those of this kind alone. */
  static open(port: number, type: string, all = false): Promise<EventCounter> {
    return new Promise((resolve, reject) => {
      const path = `/api/v1/events${all ? '' : `?type=${type}`}`;
      const request = http.get({
        host: '127.0.0.1',
        port,
        path,
        agent: false,
        headers: { accept: 'text/event-stream' },
      });
      const counter = new EventCounter(request, type);
      request.once('error', reject);
      request.once('response', (response) => {
        if (response.statusCode !== 200) reject(new Error(`events: ${response.statusCode}`));
        response.once('data', () => resolve(counter));
        response.on('data', (bytes: Buffer) => counter.#take(bytes));
        response.once('close', () => counter.#fail(new Error('The event stream was closed.')));
      });
    });
  }

  get count(): number {
    return this.#count;
  }

  /** When the first came, by performance.now(). */
  get firstAt(): number {
    return this.#firstAt;
  }

  /** When so many had come, by performance.now(). */
  reached(count: number): Promise<number> {
    if (this.#count >= count) return Promise.resolve(performance.now());
    if (this.#error) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => void this.#waiting.push({ count, resolve, reject }));
  }

  [Symbol.dispose](): void {
    this.#waiting = [];
    this.#request.destroy();
  }

  #take(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let from = 0;
    for (let at = all.indexOf(this.#needle); at >= 0; at = all.indexOf(this.#needle, from)) {
      if (this.#count++ === 0) this.#firstAt = performance.now();
      from = at + this.#needle.length;
    }
    this.#rest = Buffer.from(all.subarray(Math.max(from, all.length - this.#needle.length + 1)));
    const now = performance.now();
    for (const waiting of this.#waiting) if (this.#count >= waiting.count) waiting.resolve(now);
    this.#waiting = this.#waiting.filter(({ count }) => this.#count < count);
  }

  #fail(error: Error): void {
    this.#error = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
