import { BoundaryGuard } from '../encode/boundary-guard.ts';
import { makeBoundary } from '../encode/boundary.ts';
import { baseName } from '../encode/file-name.ts';
import { mediaTypeOf } from '../encode/media-type.ts';
import { PosterError } from '../errors.ts';
import { exactReading } from '../source/exact-reading.ts';
import { CompatParam } from './compat-param.ts';

/** Params as the original took them. */
export type CompatParams =
  | Readonly<Record<string, CompatValue>>
  | Iterable<CompatParam | readonly [string, CompatValue]>;

type CompatValue = string | Uint8Array | Blob | CompatParam;

/** Called with each block's param and the bytes so far; with null for the closing delimiter. */
export type CompatCallback = (param: CompatParam | null, current: number, total: number) => void;

/** The original's block size for files. */
const blockBytes = 4096;

/**
 * Encodes a form as the original did, to the byte: `[blocks, headers]`.
 *
 * A value goes out in one block with its head; of a file the head, each 4,096 bytes, and the CR LF are blocks
 * of their own. `cb` hears of each block as it is given, the param's own `cb` when the next is asked for. What the original got wrong is not kept: params
 * may come from a generator, and a boundary in the content is found wherever it lies.
 */
export function multipart_encode(
  params: CompatParams,
  boundary?: string,
  cb?: CompatCallback,
): [blocks: AsyncGenerator<Uint8Array, void, void>, headers: Record<string, string>] {
  const quoted = boundary === undefined ? makeBoundary() : quotePlus(boundary);
  const list = compatParams(params);
  const sizes = list.map((param) => encoder.encode(param.head(quoted)).length + 2 + param.lengthBytes);
  const total = sizes.reduce((sum, size) => sum + size, quoted.length + 6);
  return [
    encodeBlocks(list, sizes, quoted, total, cb),
    { 'Content-Type': `multipart/form-data; boundary=${quoted}`, 'Content-Length': String(total) },
  ];
}

const encoder = new TextEncoder();
const lineEnd = Uint8Array.of(0x0d, 0x0a);

async function* encodeBlocks(
  params: readonly CompatParam[],
  sizes: readonly number[],
  boundary: string,
  total: number,
  cb: CompatCallback | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  let current = 0;
  for (const [index, param] of params.entries()) {
    let ofParam = 0;
    for await (const block of paramBlocks(param, boundary)) {
      current += block.length;
      ofParam += block.length;
      cb?.(param, current, total);
      yield block;
      param.cb?.(param, ofParam, sizes[index] ?? 0);
    }
  }
  cb?.(null, total, total);
  yield encoder.encode(`--${boundary}--\r\n`);
}

async function* paramBlocks(param: CompatParam, boundary: string): AsyncGenerator<Uint8Array, void, void> {
  const head = encoder.encode(param.head(boundary));
  const guard = new BoundaryGuard(boundary);
  const reading = exactReading(await param.source.open(), param.lengthBytes, param.name);
  try {
    if (param.inline) {
      const pieces: Uint8Array[] = [head];
      for (let piece = await reading.read(head); piece !== undefined; piece = await reading.read(head)) {
        guard.take(piece);
        pieces.push(piece);
      }
      yield concat([...pieces, lineEnd]);
      return;
    }
    yield head;
    for (;;) {
      const chunk = await reading.read(new Uint8Array(blockBytes));
      if (chunk === undefined) break;
      guard.take(chunk);
      for (let at = 0; at < chunk.length; at += blockBytes) yield chunk.subarray(at, at + blockBytes);
    }
    yield lineEnd;
  } finally {
    await reading.close();
  }
}

function compatParams(params: CompatParams): CompatParam[] {
  const entries = Symbol.iterator in params ? params : Object.entries(params);
  return [...(entries as Iterable<CompatParam | readonly [string, CompatValue]>)].map((item) => {
    if (item instanceof CompatParam) return item;
    const [name, value] = item;
    if (value instanceof CompatParam) {
      if (value.name === name) return value;
      throw new PosterError(
        'ERR_POSTER_NAME',
        `the param named "${value.name}" stands under the key "${name}"`,
      );
    }
    if (value instanceof Blob) {
      const filename = 'name' in value && typeof value.name === 'string' ? baseName(value.name) : undefined;
      const filetype = value.type || (filename === undefined ? undefined : mediaTypeOf(filename));
      return new CompatParam(name, undefined, { fileobj: value, filename, filetype });
    }
    return new CompatParam(name, value);
  });
}

/** Python's `urllib.quote_plus`. */
function quotePlus(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
