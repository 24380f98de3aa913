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
export const headBytes = 20;
export const chainBytes = 32;
const chunkHeadBytes = 32;
/** Where a record says of what kind it is. */
export const kindAt = 4;
export const kindJson = 1;
export const kindChunk = 2;
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
  bytes.writeUInt8(fact.kind === 'log-chunk' ? kindChunk : kindJson, kindAt);
  bytes.writeUInt8(recordVersion, 5);
  bytes.writeUInt16LE(0, 6);
  bytes.writeUInt32LE(position.seq, 8);
  bytes.writeDoubleLE(at, 12);
  if (fact.kind === 'log-chunk') writeChunk(bytes, fact);
  else json?.copy(bytes, headBytes);
  assert(length <= recordBytesMax, `a record has at most ${recordBytesMax} bytes`);
  const hash = chain(position.hash, bytes.subarray(0, length - chainBytes), 'hex');
  bytes.write(hash, length - chainBytes, 'hex');
  return { bytes, next: { seq: position.seq + 1, hash, byte: position.byte + length } };
}

interface DecodedRecord {
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
  const buffer = asBuffer(bytes);
  const read = readRecord(buffer, 0, position.seq, position.hash);
  if (read.kind !== 'record') return read;
  return {
    kind: 'record',
    entry: read.entry,
    next: placeAfter(buffer, read.length, position.seq, position.byte),
  };
}

/** What is no record that continues the chain. */
type NoRecord = Exclude<Decoded, { readonly kind: 'record' }>;

/** Records that stand one after the other, and what stands behind them. */
export interface DecodedRecords {
  readonly entries: readonly Entry[];
  /** The place after the first so many of them. */
  readonly after: (count: number) => Position;
  readonly stop: NoRecord;
}

/**
 * As {@link decodeRecord}, for all that stand in `bytes`. Each one's chain stands right before the next record, which is
 * hashed where it lies: less than half of what one alone costs.
 */
export function decodeRecords(start: Position, bytes: Uint8Array): DecodedRecords {
  const buffer = asBuffer(bytes);
  const entries: Entry[] = [];
  const ends: number[] = [];
  let end = 0;
  for (;;) {
    const read = readRecord(buffer, end, start.seq + entries.length, end === 0 ? start.hash : null);
    if (read.kind !== 'record') {
      return {
        entries,
        after: (count) =>
          count === 0 ? start : placeAfter(buffer, ends[count - 1] ?? 0, start.seq + count - 1, start.byte),
        stop: read,
      };
    }
    end += read.length;
    entries.push(read.entry);
    ends.push(end);
  }
}

type ReadRecord = { readonly kind: 'record'; readonly entry: Entry; readonly length: number } | NoRecord;

/** @param previous the chain's hash before it, as hex; null: it stands right before the record */
function readRecord(buffer: Buffer, from: number, seq: number, previous: string | null): ReadRecord {
  const there = buffer.length - from;
  if (there === 0) return { kind: 'end' };
  if (there < headBytes) return { kind: 'torn' };
  const length = buffer.readUInt32LE(from);
  if (length < headBytes + chainBytes || length > recordBytesMax) return malformed(`its length is ${length}`);
  const version = buffer.readUInt8(from + 5);
  if (version !== recordVersion) return malformed(`its version is ${version}`);
  if (there < length) return { kind: 'torn' };
  const said = buffer.readUInt32LE(from + 8);
  if (said !== seq) return malformed(`its number is ${said} where ${seq} was expected`);
  const end = from + length - chainBytes;
  const hash =
    previous === null
      ? digest(buffer.subarray(from - chainBytes, end))
      : chain(previous, buffer.subarray(from, end), 'binary');
  if (hash !== buffer.toString('latin1', end, end + chainBytes)) return { kind: 'forked' };
  const fact = readFact(buffer.readUInt8(from + kindAt), buffer, from + headBytes, end);
  if (typeof fact === 'string') return malformed(fact, true);
  return { kind: 'record', entry: { seq, at: buffer.readDoubleLE(from + 12), fact }, length };
}

/** The place after a record that ends at `end`: its own chain is the hash. */
function placeAfter(buffer: Buffer, end: number, seq: number, startByte: number): Position {
  return { seq: seq + 1, hash: buffer.toString('hex', end - chainBytes, end), byte: startByte + end };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The length that the record at the start of `bytes` says it has, or undefined where too little is there. */
export function recordLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

/** Most records are small: they are put behind the hash that they continue and hashed in one call. */
const small = Buffer.allocUnsafeSlow(chainBytes + 4096);

function chain(previous: string, bytes: Uint8Array, encoding: 'hex' | 'binary'): string {
  const length = chainBytes + bytes.length;
  if (length > small.length)
    return createHash('sha256').update(previous, 'hex').update(bytes).digest(encoding);
  small.write(previous, 0, 'hex');
  small.set(bytes, chainBytes);
  return hashOf('sha256', small.subarray(0, length), encoding);
}

/** 32 characters, a byte each: half of the time of hex, there and where it is compared. */
function digest(bytes: Uint8Array): string {
  return hashOf('sha256', bytes, 'binary');
}

function malformed(what: string, chained = false): Extract<Decoded, { readonly kind: 'malformed' }> {
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
function readFact(kind: number, buffer: Buffer, from: number, end: number): Fact | string {
  if (kind === kindChunk) return readChunk(buffer.subarray(from, end));
  if (kind !== kindJson) return `its kind is ${kind}`;
  let value: unknown;
  try {
    value = JSON.parse(buffer.toString('utf8', from, end));
  } catch {
    return 'its fact is not JSON';
  }
  return isFact(value)
    ? value
    : `its fact is none of ${factSchema.anyOf.map((one) => one.properties.kind.const).join(', ')}`;
}

/** What stands between a chunk record's head and its chain, or what is wrong with it. `data` is a view of it. */
export function readChunk(bytes: Buffer): LogChunk | string {
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
