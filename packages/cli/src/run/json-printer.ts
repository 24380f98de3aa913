import { zstdDecompressSync } from 'node:zlib';
import type { Entry } from '@millrace/protocol/journal/record';
import { chunkRawBytesMax } from '@millrace/protocol/journal/record';
import type { Plan } from '@millrace/protocol/plan';
import type { Output } from '../client/client-context.ts';
import type { BuildShow } from './build-printer.ts';

/**
 * A build for programs: a line of JSON for each record of its journal, as it is written. Steps have their names, and
 * output stands as text, or as base64 where it is none.
 */
export class JsonPrinter implements BuildShow {
  readonly #plan: Plan;
  readonly #output: Output;
  readonly #stepOfLog = new Map<number, number>();

  constructor(plan: Plan, output: Output) {
    this.#plan = plan;
    this.#output = output;
  }

  async show({ seq, at, fact }: Entry): Promise<void> {
    if (fact.kind === 'log-opened') this.#stepOfLog.set(fact.log, fact.step);
    const step = 'step' in fact ? fact.step : 'log' in fact ? this.#stepOfLog.get(fact.log) : undefined;
    const { kind, ...rest } = fact.kind === 'log-chunk' ? outputOf(fact) : fact;
    const line = {
      seq,
      at,
      kind,
      ...(step === undefined ? {} : { step, name: this.#plan.steps[step]?.name }),
      ...rest,
    };
    await this.#output.write(`${JSON.stringify(line)}\n`);
  }
}

function outputOf(
  fact: Extract<Entry['fact'], { kind: 'log-chunk' }>,
): { readonly kind: 'output' } & Readonly<Record<string, unknown>> {
  const bytes = zstdDecompressSync(fact.data, { maxOutputLength: chunkRawBytesMax });
  const text = bytes.toString('utf8');
  const { log, firstLine: line, firstByte: byte } = fact;
  // A piece may end in the middle of a character; then it is no text by itself.
  return Buffer.from(text, 'utf8').equals(bytes)
    ? { kind: 'output', log, line, byte, text }
    : { kind: 'output', log, line, byte, base64: bytes.toString('base64') };
}
