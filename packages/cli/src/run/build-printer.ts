import { zstdDecompressSync } from 'node:zlib';
import { unreachable } from '@millrace/kernel/assert';
import type { Entry, Fact, LogChunk } from '@millrace/protocol/journal/record';
import { chunkRawBytesMax } from '@millrace/protocol/journal/record';
import type { Plan } from '@millrace/protocol/plan';
import type { Result } from '@millrace/protocol/result';
import type { Output } from '../client/client-context.ts';
import { duration } from '../client/duration.ts';
import { markShape } from '../client/mark.ts';
import { paintFor } from '../client/paint.ts';
import type { Paint } from '../client/paint.ts';
import { headline, printable } from '../client/printable.ts';
import { TerminalText } from '../client/terminal-text.ts';

/** Is told each record of a build's journal. */
export interface BuildShow {
  show(entry: Entry): Promise<void>;
}

const shownCharactersMax = 200;
/** Of what a checkout prints, the end is kept for the case that it fails. */
const heldBytesMax = 64 * 1024;

/**
 * A build for a person who watches: each step with its mark and how long it took, and between them what the commands
 * print: to a terminal nothing but text and colours, elsewhere the bytes as they are. What a checkout prints is of
 * interest only where it fails.
 */
export class BuildPrinter implements BuildShow {
  readonly #plan: Plan;
  readonly #output: Output;
  readonly #paint: Paint;
  readonly #colour: boolean;
  readonly #texts = new Map<number, TerminalText>();
  readonly #startedAt = new Map<number, number>();
  readonly #stepOfLog = new Map<number, number>();
  #held: Uint8Array = new Uint8Array();
  #beganAt = 0;
  #atLineStart = true;

  constructor(plan: Plan, output: Output, colour: boolean) {
    this.#plan = plan;
    this.#output = output;
    this.#colour = colour;
    this.#paint = paintFor(colour);
  }

  async show({ at, fact }: Entry): Promise<void> {
    if (fact.kind === 'begin') this.#beganAt = at;
    if (fact.kind === 'step-started') this.#startedAt.set(fact.step, at);
    if (fact.kind === 'log-opened') this.#stepOfLog.set(fact.log, fact.step);
    if (fact.kind === 'step-finished' && this.#held.length > 0) await this.#showHeld(fact.result);
    if (fact.kind === 'log-chunk') await this.#chunk(fact);
    else if (fact.kind === 'log-closed') await this.#closed(fact.log);
    else for (const line of this.#lines(fact, at)) await this.#line(line);
  }

  #lines(fact: Fact, at: number): readonly string[] {
    const { dim, bold } = this.#paint;
    switch (fact.kind) {
      case 'step-started':
        return [`${markShape('running', this.#paint)} ${bold(this.#name(fact.step))}`];
      case 'command-started':
        return fact.command === this.#plan.steps[fact.step]?.name
          ? []
          : [dim(`$ ${headline(fact.command, shownCharactersMax)}`)];
      case 'log-gap':
        return [dim(`… ${fact.lines} lines (${fact.bytes} bytes) are left out …`)];
      case 'try-ended':
        return [
          `${markShape(fact.result, this.#paint)} try ${fact.try} of ${this.#name(fact.step)}: ${this.#why(fact)}; again in ${duration(fact.nextInMs)}`,
        ];
      case 'property-set':
        return [dim(`${printable(fact.name)} = ${headline(String(fact.value), shownCharactersMax)}`)];
      case 'link-added':
        return [`${this.#name(fact.step)}: ${printable(fact.url)}`];
      case 'clocks-stopped':
        return [dim('the disk is full, or nobody takes the output: the step waits')];
      case 'step-finished':
        return [this.#stepEnd(fact, at), ''];
      case 'build-finished':
        return [
          `${markShape(fact.result, this.#paint)} ${bold(fact.result)} in ${duration(at - this.#beganAt)}${this.#because(fact)}`,
        ];
      case 'begin':
      case 'log-opened':
      case 'log-chunk':
      case 'log-closed':
      case 'clocks-resumed':
        return [];
      default:
        return unreachable(fact);
    }
  }

  #stepEnd(fact: Extract<Fact, { kind: 'step-finished' }>, at: number): string {
    const began = this.#startedAt.get(fact.step);
    const took = began === undefined ? '' : `  ${duration(at - began)}`;
    const why = fact.result === 'success' ? '' : `  ${this.#why(fact)}`;
    return `${markShape(fact.result, this.#paint)} ${this.#name(fact.step)}${this.#paint.dim(took)}${why}`;
  }

  #why(fact: Extract<Fact, { kind: 'step-finished' | 'try-ended' }>): string {
    const end = fact.signal ?? (fact.exitCode === undefined ? undefined : `exit code ${fact.exitCode}`);
    return [fact.result, end, fact.reason, fact.message && printable(fact.message)]
      .filter((part) => part !== undefined && part !== '')
      .join(', ');
  }

  #because({ reason, message }: Extract<Fact, { kind: 'build-finished' }>): string {
    const parts = [reason, message].filter((part) => part !== undefined && part !== '');
    return parts.length === 0 ? '' : `: ${printable(parts.join(': '))}`;
  }

  #name(step: number): string {
    return printable(this.#plan.steps[step]?.name ?? String(step));
  }

  async #chunk(chunk: LogChunk): Promise<void> {
    const bytes = zstdDecompressSync(chunk.data, { maxOutputLength: chunkRawBytesMax });
    const step = this.#plan.steps[this.#stepOfLog.get(chunk.log) ?? -1];
    if (step?.kind === 'checkout') this.#held = Buffer.concat([this.#held, bytes]).subarray(-heldBytesMax);
    else await this.#print(chunk.log, bytes);
  }

  async #showHeld(result: Result): Promise<void> {
    const held = this.#held;
    this.#held = new Uint8Array();
    if (result === 'success') return;
    await this.#print(-1, held);
    await this.#closed(-1);
  }

  async #print(log: number, bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (this.#output.isTerminal || this.#colour) {
      const text = this.#texts.get(log) ?? new TerminalText({ colour: this.#colour });
      this.#texts.set(log, text);
      await this.#output.write(text.push(bytes));
    } else {
      await this.#output.write(bytes);
    }
    this.#atLineStart = bytes.at(-1) === 10;
  }

  async #closed(log: number): Promise<void> {
    const rest = this.#texts.get(log)?.end() ?? '';
    this.#texts.delete(log);
    if (rest !== '') await this.#output.write(rest);
  }

  async #line(line: string): Promise<void> {
    await this.#output.write(`${this.#atLineStart ? '' : '\n'}${line}\n`);
    this.#atLineStart = true;
  }
}
