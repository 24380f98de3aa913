import { PosterError } from '../errors.ts';
import { exactReading } from '../source/exact-reading.ts';
import type { Reading } from '../source/source.ts';
import { BoundaryGuard } from './boundary-guard.ts';
import type { MultipartParam } from './multipart-param.ts';

/** Which content lies in a block. */
interface Span {
  /** The param's place in the form, from 0. */
  readonly index: number;
  /** Bytes of its content, without the form's own bytes around it; 0 where only its end lies here. */
  readonly contentBytes: number;
  /** Whether the param's content ends here. */
  readonly last: boolean;
}

/** A piece of the body. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly spans: readonly Span[];
}

/** What a pass goes over. */
export interface PassPlan {
  readonly params: readonly MultipartParam[];
  /** Each param's head. */
  readonly heads: readonly Uint8Array[];
  /** The closing delimiter. */
  readonly tail: Uint8Array;
  /** The boundary to look for in the content; undefined for a random one. */
  readonly guardedBoundary: string | undefined;
}

/** A chunk that is at least this long is given on as it is; shorter ones are gathered. */
const gatherBytesMax = 64 * 1024;
/** With less room than this left in the buffer, the block is given on before a source is asked. */
const roomBytesMin = 16 * 1024;

const lineEnd = Uint8Array.of(0x0d, 0x0a);

/**
 * One pass over the body: heads, contents and the closing delimiter, in blocks. Small pieces are gathered
 * into the caller's buffer, large ones go through without being copied.
 */
export class Pass {
  readonly #plan: PassPlan;
  /** The form's own bytes that come next. */
  #framing: Uint8Array;
  /** A chunk that came while the buffer was not empty. */
  #held: Uint8Array | undefined;
  #index = 0;
  #reading: Reading | undefined;
  #guard: BoundaryGuard | undefined;
  #closed = false;

  constructor(plan: PassPlan) {
    this.#plan = plan;
    this.#framing = plan.heads[0] ?? plan.tail;
  }

  /**
   * The next block, never empty; undefined at the end. `into` is the pass's to fill until the block is used:
   * the block's bytes may lie in it. Of several calls each must wait for the one before.
   */
  async pull(into: Uint8Array): Promise<Block | undefined> {
    const spans: Span[] = [];
    let filled = 0;
    const gathered = (): Block => ({ bytes: into.subarray(0, filled), spans });

    for (;;) {
      if (this.#framing.length > 0) {
        const piece = this.#framing.subarray(0, into.length - filled);
        into.set(piece, filled);
        filled += piece.length;
        this.#framing = this.#framing.subarray(piece.length);
        if (this.#framing.length > 0) return gathered();
      }
      const param = this.#plan.params[this.#index];
      if (param === undefined || this.#closed) return filled > 0 ? gathered() : undefined;
      if (
        filled > 0 &&
        (into.length - filled < roomBytesMin || (param.source.live && this.#held === undefined))
      ) {
        return gathered();
      }

      const chunk = this.#held ?? (await this.#readContent(param, into.subarray(filled)));
      this.#held = undefined;
      if (chunk === undefined) {
        spans.push({ index: this.#index, contentBytes: 0, last: true });
        await this.#nextParam();
      } else if (lies(chunk, into, filled)) {
        spans.push({ index: this.#index, contentBytes: chunk.length, last: false });
        filled += chunk.length;
      } else if (chunk.length < gatherBytesMax && chunk.length <= into.length - filled) {
        into.set(chunk, filled);
        spans.push({ index: this.#index, contentBytes: chunk.length, last: false });
        filled += chunk.length;
      } else if (filled > 0) {
        this.#held = chunk;
        return gathered();
      } else {
        return {
          bytes: chunk,
          spans: [...spans, { index: this.#index, contentBytes: chunk.length, last: false }],
        };
      }
    }
  }

  /** Frees what the pass holds. Calling it again does nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading?.close();
  }

  async #readContent(param: MultipartParam, into: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      this.#reading ??= await this.#openContent(param);
      const chunk = await this.#reading.read(into);
      if (chunk !== undefined) this.#guard?.take(chunk);
      return chunk;
    } catch (cause) {
      if (cause instanceof PosterError) throw cause;
      throw new PosterError('ERR_POSTER_SOURCE', `the source of "${param.name}" failed`, { cause });
    }
  }

  async #openContent(param: MultipartParam): Promise<Reading> {
    const { guardedBoundary } = this.#plan;
    this.#guard = guardedBoundary === undefined ? undefined : new BoundaryGuard(guardedBoundary);
    const opened = await param.source.open();
    const reading =
      param.lengthBytes === undefined ? opened : exactReading(opened, param.lengthBytes, param.name);
    // Closed while it was being opened: nobody will close it later.
    if (this.#closed) await reading.close();
    return reading;
  }

  async #nextParam(): Promise<void> {
    await this.#reading?.close();
    this.#reading = undefined;
    this.#index += 1;
    const next = this.#plan.heads[this.#index];
    this.#framing = concat(lineEnd, next ?? this.#plan.tail);
  }
}

/** Whether a chunk was read right where the buffer's free room begins. */
function lies(chunk: Uint8Array, into: Uint8Array, at: number): boolean {
  return chunk.buffer === into.buffer && chunk.byteOffset === into.byteOffset + at;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
