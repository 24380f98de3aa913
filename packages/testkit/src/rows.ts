import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { assert } from '@millrace/kernel/assert';
import { buildsetsAdd } from '@millrace/master/store/operations/buildsets';
import type { Source } from '@millrace/master/store/operations/buildsets';
import { claim } from '@millrace/master/store/operations/claim';
import { planToKeep } from '@millrace/master/store/operations/plan-to-keep';
import { applyJournal } from '@millrace/master/store/operations/journal';
import { readSteps } from '@millrace/master/store/operations/read-steps';
import { hello } from '@millrace/master/store/operations/workers';
import type { Store } from '@millrace/master/store/store';
import { encodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import { chunkRawBytesMax } from '@millrace/protocol/journal/record';
import type { Fact, Position } from '@millrace/protocol/journal/record';
import type { PropertyValue } from '@millrace/protocol/property';
import { defaultLimits, defaultLogBytesMax } from '@millrace/protocol/plan';
import type { LogStream, Plan, PlannedStep } from '@millrace/protocol/plan';
import type { Reason, Result } from '@millrace/protocol/result';

/** Defaults that a test is not about. */
const lostAfterMs = 120_000;
const room = { accepts: true } as const;
const facts = {
  os: 'linux',
  architecture: 'x64',
  hostname: 'h',
  cpus: 2,
  memoryBytes: 2 ** 31,
  version: '0.1.0',
};

/** A repository's revision, 40 hex digits. */
export const revisionOf = (digit: string): string => digit.repeat(40);

export interface RowRequest {
  readonly builder: string;
  readonly source?: Source;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  readonly reason?: string;
  readonly scheduler?: string;
}

/** Makes rows for tests by the store's own operations, as workers and people would. */
export class Rows {
  readonly store: Store;
  readonly #sessions = new Map<string, number>();

  constructor(store: Store) {
    this.store = store;
  }

  /** An agent connects. */
  async worker(name: string, slots = 4): Promise<void> {
    const answer = await this.store.do(hello, {
      worker: name,
      spool: `spool of ${name}`,
      slots,
      facts,
      journals: [],
      room,
      master: 'm1',
      lostAfterMs,
    });
    assert(answer.kind === 'welcome', 'a worker is welcome');
    this.#sessions.set(name, answer.session);
  }

  async request(given: RowRequest): Promise<number> {
    const added = await this.store.do(buildsetsAdd, {
      scheduler: given.scheduler ?? null,
      reason: given.reason ?? 'A test',
      source: given.source ?? null,
      properties: given.properties ?? {},
      builders: [{ name: given.builder, priority: 0 }],
    });
    const request = added.kind === 'done' ? added.answer.requests[0] : undefined;
    assert(request !== undefined, 'a buildset has a request for its builder');
    return request;
  }

  /** A build that has begun on a worker, which connects where it has not. */
  async build(
    given: RowRequest & {
      readonly worker?: string;
      readonly slot?: number;
      readonly steps?: readonly RowStep[];
    },
  ): Promise<RowBuild> {
    const worker = given.worker ?? 'w1';
    if (!this.#sessions.has(worker)) await this.worker(worker);
    const request = await this.request(given);
    const plan = planOf(given);
    const session = this.#sessions.get(worker) ?? 0;
    const planHash = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    const [claimed] = await this.store.do(claim, {
      assignments: [
        {
          request,
          worker,
          session,
          slot: given.slot ?? 0,
          plan: planToKeep(plan),
          planHash,
          generation: 'g1',
          retriesMax: 3,
          retryFirstMs: 1_000,
        },
      ],
    });
    assert(claimed?.kind === 'claimed', 'the slot and the request are free');
    const build = new RowBuild(this.store, { ...claimed.order, worker, session, request });
    await build.record({
      kind: 'begin',
      build: build.id,
      fence: build.fence,
      planHash: claimed.order.planHash,
      worker,
    });
    return build;
  }
}

function planOf(given: {
  source?: Source;
  properties?: RowRequest['properties'];
  steps?: readonly RowStep[];
}): Plan {
  return {
    version: 1,
    ...(given.source && { source: { url: '/repo', ...given.source } }),
    properties: given.properties ?? {},
    env: {},
    steps: (given.steps ?? ['compile', 'test']).map(stepOf),
    onSilence: 'retry',
    lostAfterMs,
  };
}

/** A step's name, and what else is not as usual. */
export type RowStep = string | { readonly name: string; readonly visibility?: 'private' };

function stepOf(given: RowStep): PlannedStep {
  const { name, ...rest } = typeof given === 'string' ? { name: given } : given;
  return {
    kind: 'sh',
    name,
    command: { args: ['true'] },
    folder: '.',
    separateStreams: false,
    limits: defaultLimits,
    killGraceMs: 1_000,
    logBytesMax: defaultLogBytesMax,
    env: {},
    always: false,
    ...rest,
  };
}

/** A build whose journal a test writes, fact by fact, each applied at once. */
export class RowBuild {
  readonly id: number;
  readonly number: number;
  readonly fence: number;
  readonly request: number;
  readonly #store: Store;
  readonly #worker: { readonly worker: string; readonly session: number };
  #position: Position = journalStart;
  #logs = 0;

  constructor(
    store: Store,
    given: {
      readonly build: number;
      readonly number: number;
      readonly fence: number;
      readonly request: number;
      readonly worker: string;
      readonly session: number;
    },
  ) {
    this.#store = store;
    this.id = given.build;
    this.number = given.number;
    this.fence = given.fence;
    this.request = given.request;
    this.#worker = { worker: given.worker, session: given.session };
  }

  async record(...told: readonly Fact[]): Promise<void> {
    const byte = this.#position.byte;
    const records = told.map((fact) => {
      const { bytes, next } = encodeRecord(this.#position, 1_700_000_000_000, fact);
      this.#position = next;
      return bytes;
    });
    const answer = await this.#store.do(applyJournal, {
      build: this.id,
      fence: this.fence,
      ...this.#worker,
      byte,
      records: new Uint8Array(Buffer.concat(records)),
    });
    assert(answer.kind === 'applied', `the records belong: ${JSON.stringify(answer)}`);
  }

  startStep(step: number): Promise<void> {
    return this.record({ kind: 'step-started', step });
  }

  async openLog(step: number, name = 'output', stream: LogStream = 'combined'): Promise<RowLog> {
    const log = this.#logs++;
    await this.record({ kind: 'log-opened', step, log, name, stream });
    const steps = await this.#store.do(readSteps, { build: this.id });
    const opened = steps?.[step]?.logs.at(-1);
    assert(opened, 'the log has been opened');
    return new RowLog(this, log, opened.id);
  }

  finishStep(
    step: number,
    result: Result,
    more: { readonly exitCode?: number; readonly reason?: Reason; readonly message?: string } = {},
  ): Promise<void> {
    return this.record({ kind: 'step-finished', step, result, ...more });
  }

  finish(result: Result, reason?: Reason): Promise<void> {
    return this.record({ kind: 'build-finished', result, ...(reason && { reason }) });
  }
}

/** A log that a test prints into. */
export class RowLog {
  /** In the store. */
  readonly id: number;
  /** In the journal. */
  readonly number: number;
  readonly #build: RowBuild;
  #bytes = 0;
  #lines = 0;
  #endsInLine = false;

  constructor(build: RowBuild, number: number, id: number) {
    this.#build = build;
    this.number = number;
    this.id = id;
  }

  /** One chunk, or several where it is more than one holds. */
  async print(output: string | Uint8Array): Promise<void> {
    const raw = Buffer.from(output);
    for (let at = 0; at < raw.length; at += chunkRawBytesMax) {
      const part = raw.subarray(at, at + chunkRawBytesMax);
      const lines = part.filter((byte) => byte === 10).length;
      await this.#build.record({
        kind: 'log-chunk',
        log: this.number,
        firstByte: this.#bytes,
        firstLine: this.#lines,
        bytes: part.length,
        lines,
        data: zstdCompressSync(part),
      });
      this.#grow(part.length, lines);
      this.#endsInLine = part.at(-1) !== 10;
    }
  }

  async gap(lines: number, bytes: number): Promise<void> {
    await this.#build.record({ kind: 'log-gap', log: this.number, lines, bytes });
    this.#grow(bytes, lines);
  }

  close(): Promise<void> {
    const lines = this.#lines + (this.#endsInLine ? 1 : 0);
    return this.#build.record({ kind: 'log-closed', log: this.number, lines, bytes: this.#bytes });
  }

  #grow(bytes: number, lines: number): void {
    this.#bytes += bytes;
    this.#lines += lines;
  }
}
