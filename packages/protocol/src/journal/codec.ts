import { createHash, hash as hashOf } from 'node:crypto';
import { assert } from '@millrace/kernel/assert';
import { MillraceError } from '@millrace/kernel/errors';
import { factSchema, isFact } from './fact-schema.ts';
import { chunkRawBytesMax, recordBytesMax } from './record.ts';
import type { Entry, Fact, LogChunk, Position } from './record.ts';

/*
 * A record, little endian. The same bytes stand in the journal file and go over the wire.
 *
 *   0  u32  length of the whole record
 *   4  u8   kind: 1 a fact as JSON, 2 a log chunk
 *   5  u8   version of the record: 1
 *   6  u16  zero
 *   8  u32  seq
 *  12  f64  time, milliseconds since 1970
 *  20       the fact
 *  -32      the chain: SHA-256 over the previous record's chain and all of this record before the chain
 *
 * A log chunk's fact: u32 log, u32 bytes, u32 lines, u32 zero, f64 first byte, f64 first line, the zstd frame.
 */
const headBytes = 20;
const chainBytes = 32;
const chunkHeadBytes = 32;
const kindJson = 1;
const kindChunk = 2;
const recordVersion = 1;

/** The chain's hash before the first record. */
const chainStart = createHash('sha256').update('millrace journal 1').digest('hex');

/** The start of every journal. */
export const journalStart: Position = { seq: 0, hash: chainStart, byte: 0 };

export interface EncodedRecord {
  readonly bytes: Uint8Array;
  /** The place after this record. */
  readonly next: Position;
}

/** Makes the record that stands at `position`. */
export function encodeRecord(position: Position, at: number, fact: Fact): EncodedRecord {
  const json = fact.kind === 'log-chunk' ? undefined : Buffer.from(JSON.stringify(fact));
  const bodyBytes = fact.kind === 'log-chunk' ? chunkHeadBytes + fact.data.length : (json?.length ?? 0);
  const length = headBytes + bodyBytes + chainBytes;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt8(fact.kind === 'log-chunk' ? kindChunk : kindJson, 4);
  bytes.writeUInt8(recordVersion, 5);
  bytes.writeUInt16LE(0, 6);
  bytes.writeUInt32LE(position.seq, 8);
  bytes.writeDoubleLE(at, 12);
  if (fact.kind === 'log-chunk') writeChunk(bytes, fact);
  else json?.copy(bytes, headBytes);
  assert(length <= recordBytesMax, `a record has at most ${recordBytesMax} bytes`);
  const hash = chain(position.hash, bytes.subarray(0, length - chainBytes));
  bytes.write(hash, length - chainBytes, 'hex');
  return { bytes, next: { seq: position.seq + 1, hash, byte: position.byte + length } };
}

export interface DecodedRecord {
  readonly entry: Entry;
  readonly next: Position;
}

/**
 * What stands at the start of `bytes`, the journal's part from `position` on:
 *
 * - `record`: a whole record that continues the chain;
 * - `end`: nothing;
 * - `torn`: the beginning of a record whose rest is missing;
 * - `forked`: a whole record that does not continue this chain;
 * - `malformed`: bytes that no slot writes. `chained`: they continue the chain all the same, so they stand in the
 *   journal like this for good, and sending them again brings nothing else.
 *
 * `data` of a chunk is a view of `bytes`, not a copy.
 */
export type Decoded =
  | ({ readonly kind: 'record' } & DecodedRecord)
  | { readonly kind: 'end' }
  | { readonly kind: 'torn' }
  | { readonly kind: 'forked' }
  | {
      readonly kind: 'malformed';
      readonly chained: boolean;
      readonly error: MillraceError<'record-malformed'>;
    };

export function decodeRecord(position: Position, bytes: Uint8Array): Decoded {
  if (bytes.length === 0) return { kind: 'end' };
  if (bytes.length < headBytes) return { kind: 'torn' };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = buffer.readUInt32LE(0);
  if (length < headBytes + chainBytes || length > recordBytesMax) return malformed(`its length is ${length}`);
  if (buffer.readUInt8(5) !== recordVersion) return malformed(`its version is ${buffer.readUInt8(5)}`);
  if (buffer.length < length) return { kind: 'torn' };
  const seq = buffer.readUInt32LE(8);
  if (seq !== position.seq) return malformed(`its number is ${seq} where ${position.seq} was expected`);
  const hash = chain(position.hash, buffer.subarray(0, length - chainBytes));
  if (hash !== buffer.toString('hex', length - chainBytes, length)) return { kind: 'forked' };
  const fact = readFact(buffer.readUInt8(4), buffer.subarray(headBytes, length - chainBytes));
  if (typeof fact === 'string') return malformed(fact, true);
  return {
    kind: 'record',
    entry: { seq, at: buffer.readDoubleLE(12), fact },
    next: { seq: seq + 1, hash, byte: position.byte + length },
  };
}

/** The length that the record at the start of `bytes` says it has, or undefined where too little is there. */
export function recordLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

/** Most records are small: they are put behind the hash that they continue and hashed in one call. */
const small = Buffer.allocUnsafeSlow(chainBytes + 4096);

function chain(previous: string, bytes: Uint8Array): string {
  const length = chainBytes + bytes.length;
  if (length > small.length) return createHash('sha256').update(previous, 'hex').update(bytes).digest('hex');
  small.write(previous, 0, 'hex');
  small.set(bytes, chainBytes);
  return hashOf('sha256', small.subarray(0, length), 'hex');
}

function malformed(what: string, chained = false): Decoded {
  return {
    kind: 'malformed',
    chained,
    error: new MillraceError('record-malformed', `This is no journal record: ${what}.`),
  };
}

function writeChunk(bytes: Buffer, fact: LogChunk): void {
  bytes.writeUInt32LE(fact.log, headBytes);
  bytes.writeUInt32LE(fact.bytes, headBytes + 4);
  bytes.writeUInt32LE(fact.lines, headBytes + 8);
  bytes.writeUInt32LE(0, headBytes + 12);
  bytes.writeDoubleLE(fact.firstByte, headBytes + 16);
  bytes.writeDoubleLE(fact.firstLine, headBytes + 24);
  bytes.set(fact.data, headBytes + chunkHeadBytes);
}

/** A fact, or what is wrong with it. */
function readFact(kind: number, bytes: Buffer): Fact | string {
  if (kind === kindChunk) return readChunk(bytes);
  if (kind !== kindJson) return `its kind is ${kind}`;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'its fact is not JSON';
  }
  return isFact(value)
    ? value
    : `its fact is none of ${factSchema.anyOf.map((one) => one.properties.kind.const).join(', ')}`;
}

function readChunk(bytes: Buffer): LogChunk | string {
  if (bytes.length < chunkHeadBytes) return 'its chunk is cut short';
  const chunk: LogChunk = {
    kind: 'log-chunk',
    log: bytes.readUInt32LE(0),
    bytes: bytes.readUInt32LE(4),
    lines: bytes.readUInt32LE(8),
    firstByte: bytes.readDoubleLE(16),
    firstLine: bytes.readDoubleLE(24),
    data: bytes.subarray(chunkHeadBytes),
  };
  if (chunk.bytes > chunkRawBytesMax)
    return `its chunk says ${chunk.bytes} bytes, more than ${chunkRawBytesMax}`;
  if (chunk.lines > chunk.bytes) return 'its chunk says more lines than bytes';
  if (!Number.isSafeInteger(chunk.firstByte) || !Number.isSafeInteger(chunk.firstLine))
    return 'its chunk stands nowhere';
  return chunk;
}
