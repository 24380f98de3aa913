import type { Readable } from 'node:stream';
import { systemClock, type Clock } from '../clock.ts';
import { builtin } from '../source/builtin.ts';
import { NotReplayableError } from '../source/not-replayable-error.ts';
import { BodyIterator } from './body-iterator.ts';
import { formContentType } from './boundary.ts';
import { Meter } from './meter.ts';
import type { MultipartParam } from './multipart-param.ts';
import { partHeader } from './part-header.ts';
import { Pass } from './pass.ts';
import type { ProgressListener } from './progress.ts';

const encoder = new TextEncoder();

/** A form, ready to be sent as often as its sources allow. Nothing is read until a pass is opened. */
export class EncodedForm {
  readonly boundary: string;
  readonly params: readonly MultipartParam[];
  /** The body's length in bytes; undefined if that of a source is not known. */
  readonly contentLength: number | undefined;
  /** `Content-Type`, and `Content-Length` where the length is known. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether every source gives its bytes as often as it is asked. */
  readonly replayable: boolean;
  readonly onProgress: ProgressListener | undefined;
  readonly #heads: readonly Uint8Array[];
  readonly #tail: Uint8Array;
  readonly #guarded: boolean;

  constructor(
    params: readonly MultipartParam[],
    options: { boundary: string; guarded: boolean; onProgress: ProgressListener | undefined },
  ) {
    this.params = params;
    this.boundary = options.boundary;
    this.onProgress = options.onProgress;
    this.replayable = params.every((param) => param.source.replayable);
    this.#guarded = options.guarded;
    this.#heads = params.map((param) => encoder.encode(partHeader(this.boundary, param)));
    this.#tail = encoder.encode(`--${this.boundary}--\r\n`);
    this.contentLength = this.#measure();
    this.headers = Object.freeze({
      'Content-Type': formContentType(this.boundary),
      ...(this.contentLength === undefined ? {} : { 'Content-Length': String(this.contentLength) }),
    });
  }

  /** Whether a source was read that cannot be read again. */
  get spent(): boolean {
    return this.params.some((param) => param.source.spent);
  }

  /**
   * A fresh pass over the whole body. Each block is the caller's to keep, and counts as sent when the next
   * one is asked for. Throws `NotReplayableError` if a stream in it was already read.
   */
  open(options: { clock?: Clock } = {}): AsyncIterableIterator<Uint8Array, undefined, void> {
    return this.#openBody(options.clock ?? systemClock);
  }

  /** A fresh pass as a web stream: the body of a `fetch`. */
  toWeb(): ReadableStream<Uint8Array> {
    const body = this.#openBody(systemClock);
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { value, done } = await body.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => void (await body.return()),
      },
      { highWaterMark: 0 },
    );
  }

  /** A fresh pass as a Node stream of bytes. */
  toNode(): Readable {
    return builtin('node:stream').Readable.from(this.open(), { objectMode: false });
  }

  /** A fresh pass through buffers of the caller's. */
  beginPass(): Pass {
    if (this.spent) {
      throw new NotReplayableError(
        'a stream in this form was already read: hand in a function that opens it',
      );
    }
    return new Pass({
      params: this.params,
      heads: this.#heads,
      tail: this.#tail,
      guardedBoundary: this.#guarded ? this.boundary : undefined,
    });
  }

  /** What counts a pass: for the form's own listener and for those given. */
  meter(listeners: readonly ProgressListener[], clock: Clock): Meter {
    const all = this.onProgress === undefined ? listeners : [this.onProgress, ...listeners];
    return new Meter(this.params, this.contentLength, all, clock);
  }

  /** Ends the streams that were never read, so that none is left open. */
  discard(): void {
    for (const param of this.params) param.source.discard();
  }

  #openBody(clock: Clock): BodyIterator {
    return new BodyIterator(this.beginPass(), this.meter([], clock));
  }

  #measure(): number | undefined {
    let totalBytes = this.#tail.length;
    for (const [index, param] of this.params.entries()) {
      if (param.lengthBytes === undefined) return undefined;
      totalBytes += (this.#heads[index]?.length ?? 0) + param.lengthBytes + 2;
    }
    return totalBytes;
  }
}
