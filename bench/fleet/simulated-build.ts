import { zstdCompressSync } from 'node:zlib';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import { encodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import type { Fact, Position } from '@millrace/protocol/journal/record';
import { chunkRawBytesMax } from '@millrace/protocol/journal/record';

/** What a simulated step does: how long it takes and how much it prints. */
export interface SimulatedStep {
  readonly durationMs: number;
  readonly logBytes: number;
}

/**
 * The journal of one build in memory, record by record as a slot writes it: what has been acknowledged is forgotten.
 */
export class SimulatedBuild {
  readonly order: RunOrder;
  readonly worker: string;
  /** Records that the master has not acknowledged, oldest first, each with the place before it. */
  readonly #kept: { readonly from: Position; readonly bytes: Uint8Array }[] = [];
  #written: Position = journalStart;
  /** How far it was sent on this connection. */
  #sentByte = 0;
  #acknowledgedByte = 0;
  ended = false;
  cancelled = false;

  constructor(order: RunOrder, worker: string) {
    this.order = order;
    this.worker = worker;
    const { build, fence, planHash } = order;
    this.append({ kind: 'begin', build, fence, planHash, worker });
  }

  get bytesUnderWay(): number {
    return this.#sentByte - this.#acknowledgedByte;
  }

  append(fact: Fact): void {
    const { bytes, next } = encodeRecord(this.#written, Date.now(), fact);
    this.#kept.push({ from: this.#written, bytes });
    this.#written = next;
  }

  startStep(step: number, command: string): void {
    this.append({ kind: 'step-started', step });
    this.append({ kind: 'command-started', step, command, folder: '.', environment });
    this.append({ kind: 'log-opened', step, log: step, name: 'output', stream: 'combined' });
  }

  /** Prints, ends the log and the step. */
  finishStep(step: number, logBytes: number): void {
    let lines = 0;
    for (let byte = 0; byte < logBytes; byte += chunkRawBytesMax) {
      const piece = outputOf(Math.min(chunkRawBytesMax, logBytes - byte));
      this.append({ kind: 'log-chunk', log: step, firstByte: byte, firstLine: lines, ...piece });
      lines += piece.lines;
    }
    this.append({ kind: 'log-closed', log: step, lines, bytes: logBytes });
    this.append({ kind: 'step-finished', step, result: 'success', exitCode: 0 });
  }

  finish(): void {
    this.append(
      this.cancelled
        ? {
            kind: 'build-finished',
            result: 'cancelled',
            reason: 'cancelled',
            message: 'Somebody asked for it.',
          }
        : { kind: 'build-finished', result: 'success' },
    );
    this.ended = true;
  }

  /** Sends from here on. */
  place(position: Position): void {
    this.acknowledge(position);
    this.#sentByte = position.byte;
  }

  acknowledge(position: Position): void {
    this.#acknowledgedByte = Math.max(this.#acknowledgedByte, position.byte);
    while (this.#kept[0] !== undefined && this.#kept[0].from.byte < position.byte) this.#kept.shift();
  }

  /** The next records that fit into `bytesMax`, at least one where there is one; undefined where all was sent. */
  take(bytesMax: number): { readonly byte: number; readonly records: readonly Uint8Array[] } | undefined {
    const records: Uint8Array[] = [];
    let bytes = 0;
    const byte = this.#sentByte;
    for (const record of this.#kept) {
      if (record.from.byte < byte) continue;
      if (records.length > 0 && bytes + record.bytes.length > bytesMax) break;
      records.push(record.bytes);
      bytes += record.bytes.length;
    }
    if (records.length === 0) return undefined;
    this.#sentByte = byte + bytes;
    return { byte, records };
  }
}

const environment = ['HOME', 'LANG', 'MILLRACE_BUILD', 'MILLRACE_BUILDER', 'PATH', 'TMPDIR'];
const made = new Map<number, { data: Uint8Array; bytes: number; lines: number }>();

/** Output of a compiler, of exactly this many bytes; made once for each size. */
function outputOf(bytes: number): { data: Uint8Array; bytes: number; lines: number } {
  const known = made.get(bytes);
  if (known) return known;
  let text = '';
  for (let line = 0; text.length < bytes; line++)
    text += `[${line}] cc -O2 -Wall -Wextra -Iinclude/${(line * 7919) % 613} -c src/module_${(line * 31) % 997}.c -o out/${line}.o\n`;
  const raw = Buffer.from(text.slice(0, bytes));
  let lines = 0;
  for (const byte of raw) if (byte === 10) lines++;
  const piece = { data: new Uint8Array(zstdCompressSync(raw)), bytes, lines };
  if (made.size < 1_000) made.set(bytes, piece);
  return piece;
}
