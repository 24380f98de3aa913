import { assert } from '@millrace/kernel/assert';
import { encodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import type { Fact, LogChunk, Position } from '@millrace/protocol/journal/record';
import type { Plan, PlannedSh, PlannedStep } from '@millrace/protocol/plan';
import { buildsetsAdd } from '@millrace/master/store/operations/buildsets';
import { claim } from '@millrace/master/store/operations/claim';
import { planToKeep } from '@millrace/master/store/operations/plan-to-keep';
import { applyJournal } from '@millrace/master/store/operations/journal';
import type { ApplyAnswer } from '@millrace/master/store/operations/journal';
import { hello } from '@millrace/master/store/operations/workers';
import type { Store } from '@millrace/master/store/store';
import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';

const step = (name: string, logBytesMax: number): PlannedSh => ({
  kind: 'sh',
  name,
  command: { args: ['true'] },
  folder: '',
  separateStreams: false,
  limits: {},
  killGraceMs: 1,
  logBytesMax,
  env: {},
  always: false,
});

/** A build that runs on the worker `w`, by the store's own operations, and the journal that its slot writes. */
export class RunningBuild {
  readonly store: Store;
  readonly build: number;
  readonly fence: number;
  readonly request: number;
  readonly worker: string;
  readonly planHash: string;
  session: number;

  private constructor(
    options: Pick<RunningBuild, 'store' | 'build' | 'fence' | 'request' | 'worker' | 'planHash' | 'session'>,
  ) {
    this.store = options.store;
    this.build = options.build;
    this.fence = options.fence;
    this.request = options.request;
    this.worker = options.worker;
    this.planHash = options.planHash;
    this.session = options.session;
  }

  /** Its plan has the steps `compile` (tried up to three times, sets `version`, looks for warnings), `test`, and more. */
  static async start(
    store: Store,
    options: { worker?: string; slot?: number; logBytesMax?: number; more?: readonly PlannedStep[] } = {},
  ): Promise<RunningBuild> {
    const { worker = 'w', slot = 0, logBytesMax = 1024 ** 2, more = [] } = options;
    const session = await connect(store, worker);
    const added = await store.do(buildsetsAdd, {
      scheduler: null,
      reason: 'test',
      source: null,
      properties: {},
      builders: [{ name: 'linux', priority: 0 }],
    });
    const request = added.kind === 'done' ? added.answer.requests[0] : undefined;
    assert(request !== undefined, 'a buildset has a request');
    const plan: Plan = {
      version: 1,
      properties: {},
      env: {},
      steps: [
        {
          ...step('compile', logBytesMax),
          captures: [{ property: 'version' }],
          warnings: { exitCodes: [], patterns: [{ source: 'warning', ignoreCase: false }] },
          retry: { tries: 3, backoffMs: 1_000, results: ['failure'] },
        },
        step('test', logBytesMax),
        ...more,
      ],
      onSilence: 'retry',
      lostAfterMs: 10_000,
    };
    const planHash = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    const [claimed] = await store.do(claim, {
      assignments: [
        {
          request,
          worker,
          session,
          slot,
          plan: planToKeep(plan),
          planHash,
          generation: 'g',
          retriesMax: 3,
          retryFirstMs: 1_000,
        },
      ],
    });
    assert(claimed?.kind === 'claimed', 'a new request is free');
    const { build, fence } = claimed.order;
    return new RunningBuild({ store, build, fence, request, worker, planHash, session });
  }

  /** The worker's agent connects anew. */
  async reconnect(): Promise<void> {
    this.session = await connect(this.store, this.worker, [
      { build: this.build, fence: this.fence, ended: false },
    ]);
  }

  begin(): Fact {
    const { build, fence, worker, planHash } = this;
    return { kind: 'begin', build, fence, planHash, worker };
  }

  apply(
    byte: number,
    records: Uint8Array,
    other: { session?: number; fence?: number; worker?: string } = {},
  ): Promise<ApplyAnswer> {
    const { build, fence, worker, session } = this;
    return this.store.do(applyJournal, {
      build,
      fence,
      worker,
      session,
      byte,
      records: Uint8Array.from(records),
      ...other,
    });
  }
}

async function connect(
  store: Store,
  worker: string,
  journals: { build: number; fence: number; ended: boolean }[] = [],
): Promise<number> {
  const answer = await store.do(hello, {
    worker,
    spool: `spool of ${worker}`,
    slots: 4,
    facts: { os: 'linux', architecture: 'x64', hostname: 'h', cpus: 2, memoryBytes: 1, version: '0' },
    journals,
    room: { accepts: true },
    master: 'm1',
    lostAfterMs: 10_000,
  });
  assert(answer.kind === 'welcome', 'a worker is welcome');
  return answer.session;
}

/** A journal, as a slot writes it: facts one after the other, with the places between them. */
export class WrittenJournal {
  readonly ends: Position[] = [];
  #records: Uint8Array[] = [];
  #at: number;

  readonly #from: Position;

  /** From the beginning, or going on at a place. */
  constructor(facts: readonly Fact[] = [], at = 1_000, from = journalStart) {
    this.#at = at;
    this.#from = from;
    this.add(...facts);
  }

  get position(): Position {
    return this.ends.at(-1) ?? this.#from;
  }

  add(...facts: readonly Fact[]): this {
    for (const fact of facts) {
      const record = encodeRecord(this.position, this.#at++, fact);
      this.#records.push(record.bytes);
      this.ends.push(record.next);
    }
    return this;
  }

  /** Where record `seq` stands. */
  byteOf(seq: number): number {
    return seq === 0 ? 0 : (this.ends[seq - 1]?.byte ?? this.position.byte);
  }

  /** Records `from` up to, not including, `to`. */
  bytes(from = 0, to = this.#records.length): Uint8Array {
    return Buffer.concat(this.#records.slice(from, to));
  }
}

/** A chunk that holds `text`. */
export function chunk(log: number, text: string, firstByte = 0, firstLine = 0): LogChunk {
  const raw = Buffer.from(text);
  return {
    kind: 'log-chunk',
    log,
    firstByte,
    firstLine,
    bytes: raw.length,
    lines: text.split('\n').length - 1,
    data: zstdCompressSync(raw),
  };
}
