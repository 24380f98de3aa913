import { assert } from '@millrace/kernel/assert';
import type { WorkerFacts } from '@millrace/protocol/agent/messages';
import type { OnSilence, Plan } from '@millrace/protocol/plan';
import { encodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import { refusedBuild } from '@millrace/master/store/operations/builds';
import { buildsetsAddClaimed } from '@millrace/master/store/operations/add-claimed';
import type { AddedClaimed } from '@millrace/master/store/operations/add-claimed';
import { applyTogether } from '@millrace/master/store/operations/apply-together';
import type { AppliedAndClaimed } from '@millrace/master/store/operations/apply-together';
import { buildsetsAdd } from '@millrace/master/store/operations/buildsets';
import { claim } from '@millrace/master/store/operations/claim';
import type { Assignment, Claimed } from '@millrace/master/store/operations/claim';
import { look } from '@millrace/master/store/operations/dispatch';
import type { Look } from '@millrace/master/store/operations/dispatch';
import { lookAhead } from '@millrace/master/store/operations/look-ahead';
import { planToKeep } from '@millrace/master/store/operations/plan-to-keep';
import { startMasterRow } from '@millrace/master/store/operations/masters';
import { watchSilence } from '@millrace/master/store/operations/silence';
import { gone, hello } from '@millrace/master/store/operations/workers';
import type { HelloAnswer, HelloInput } from '@millrace/master/store/operations/workers';
import type { Store } from '@millrace/master/store/store';
import type { OpenedStore } from './opened-store.ts';

export const lostAfterMs = 10_000;
export const beat = { master: 'm1', incarnation: 'first', beatMs: 1_000 };
const facts: WorkerFacts = {
  os: 'linux',
  architecture: 'x64',
  hostname: 'h',
  cpus: 2,
  memoryBytes: 1,
  version: '0',
};

/** One without steps. */
export const plan = (onSilence: OnSilence = 'retry'): Plan => ({
  version: 1,
  properties: { colour: 'blue' },
  env: {},
  steps: [],
  onSilence,
  lostAfterMs,
});

export const buildset = {
  scheduler: null,
  reason: 'asked',
  source: { repository: 'app', branch: 'main', revision: 'a'.repeat(40) },
  properties: {},
  builders: [{ name: 'linux', priority: 0 }],
};

type ClaimedBuild = Extract<Claimed, { kind: 'claimed' }>;

/** The few acts that the behaviours are told with. */
export class Scene {
  readonly store: Store;
  readonly second: Store;
  readonly #opened: OpenedStore;

  constructor(opened: OpenedStore) {
    this.#opened = opened;
    this.store = opened.store;
    this.second = opened.second;
  }

  advance(ms: number): Promise<void> {
    return this.#opened.advance(ms);
  }

  connect(worker: string, rest: Partial<HelloInput> = {}): Promise<HelloAnswer> {
    return this.store.do(hello, {
      worker,
      spool: `spool of ${worker}`,
      slots: 2,
      facts,
      journals: [],
      room: { accepts: true },
      ...rest,
      master: 'm1',
      lostAfterMs,
    });
  }

  async request(builder = 'linux', priority = 0): Promise<number> {
    const builders = [{ name: builder, priority }];
    const added = await this.store.do(buildsetsAdd, { ...buildset, builders });
    const request = added.kind === 'done' ? added.answer.requests[0] : undefined;
    if (request === undefined) throw new Error('a buildset has a request for its builder');
    return request;
  }

  claim(
    wanted: readonly (Pick<Assignment, 'request' | 'worker' | 'slot'> & Partial<Assignment>)[],
    store = this.store,
  ): Promise<readonly Claimed[]> {
    const assignments = wanted.map((one) => ({
      session: 1,
      plan: planToKeep(plan()),
      planHash: 'b'.repeat(64),
      generation: 'g',
      retriesMax: 3,
      retryFirstMs: 1_000,
      ...one,
    }));
    return store.do(claim, { assignments });
  }

  /** A build that somebody asks for, to begin at once on the worker's first slot. */
  ask(worker: string, key: string): Promise<AddedClaimed> {
    const place = {
      worker,
      session: 1,
      slot: 0,
      plan: planToKeep(plan()),
      planHash: 'b'.repeat(64),
      generation: 'g',
    };
    return this.store.do(buildsetsAddClaimed, {
      buildset,
      idempotency: { key, call: 'force linux' },
      claim: { ...place, retriesMax: 3, retryFirstMs: 1_000 },
    });
  }

  /** The records that end a claimed build, and what its slot builds next. */
  async endAndClaim(claimed: ClaimedBuild, request: number): Promise<AppliedAndClaimed> {
    const [answer] = await this.endAndClaimAll([[claimed, request]]);
    assert(answer, 'each piece is answered');
    return answer;
  }

  /** The same of several builds of one worker at once. */
  endAndClaimAll(
    ends: readonly (readonly [claimed: ClaimedBuild, request: number])[],
  ): Promise<readonly AppliedAndClaimed[]> {
    const journals = ends.map(
      ([
        {
          worker,
          order: { build, fence, planHash },
        },
      ]) => {
        const begin = encodeRecord(journalStart, 0, { kind: 'begin', build, fence, planHash, worker });
        const end = encodeRecord(begin.next, 0, { kind: 'build-finished', result: 'success' });
        return Buffer.concat([begin.bytes, end.bytes]);
      },
    );
    const pieces = ends.map(([{ worker, order }, request], index) => {
      const { build, fence, slot, planHash } = order;
      const place = { worker, session: 1, slot, plan: planToKeep(plan()), planHash, generation: 'g' };
      const claim = { ...place, request, retriesMax: 3, retryFirstMs: 1_000 };
      return { build, fence, byte: 0, length: journals[index]?.length ?? 0, claim };
    });
    return this.store.do(applyTogether, {
      worker: ends[0]?.[0].worker ?? '',
      session: 1,
      pieces,
      records: new Uint8Array(Buffer.concat(journals)),
    });
  }

  /** Whose turn is next, of at most so many of a builder and of all. */
  async ahead(perBuilderMax: number, requestsMax: number): Promise<readonly number[]> {
    const builders = ['linux', 'mac', 'elsewhere'].map((name) => ({
      name,
      workers: name === 'elsewhere' ? ['z'] : ['a'],
    }));
    const seen = await this.store.do(lookAhead, { master: 'm1', builders, perBuilderMax, requestsMax });
    return seen.ahead.map(({ request }) => request.id);
  }

  look(): Promise<Look> {
    return this.store.do(look, {
      master: 'm1',
      builders: [{ name: 'linux', workers: ['a', 'b'] }],
      perBuilderMax: 100,
    });
  }

  /** Ends a claimed build as infrastructure's fault. */
  async refuse(claimed: Extract<Claimed, { kind: 'claimed' }>): Promise<void> {
    const { build, fence } = claimed.order;
    await this.store.do(refusedBuild, {
      worker: claimed.worker,
      session: 1,
      build,
      fence,
      message: 'no room',
    });
  }

  /** Ends a claimed build the shortest way: its worker could not begin it. Its request waits, or is over. */
  async end(claimed: Claimed): Promise<void> {
    if (claimed.kind === 'claimed') await this.refuse(claimed);
  }

  /** A build on the worker `a` is running when `a` falls silent. */
  async lose(onSilence: OnSilence): Promise<number> {
    await this.store.do(startMasterRow, beat);
    await this.connect('a');
    const request = await this.request();
    await this.claim([{ request, worker: 'a', slot: 0, plan: planToKeep(plan(onSilence)) }]);
    await this.store.do(gone, { worker: 'a', session: 1 });
    await this.listen(lostAfterMs + 2_000);
    return request;
  }

  /** A master listens for so long, with a beat a second. Answers who was found silent. */
  async listen(ms: number): Promise<string[]> {
    const silent: string[] = [];
    for (let passed = 0; passed < ms; passed += beat.beatMs) {
      await this.advance(beat.beatMs);
      silent.push(...(await this.store.do(watchSilence, { ...beat, lostAfterMs })));
    }
    return silent;
  }
}
