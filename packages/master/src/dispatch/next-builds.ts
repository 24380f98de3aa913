import type { Plan } from '@millrace/protocol/plan';
import { byName } from '../config/by-name.ts';
import type { BuilderConfig, Config, Planner } from '../config/config.ts';
import type { ChangingConfig } from '../config/config-in-force.ts';
import type { FreeSlot } from '../model/choose.ts';
import type { Assignment, Claimed } from '../store/operations/claim.ts';
import { lookAhead } from '../store/operations/look-ahead.ts';
import type { Ahead } from '../store/operations/look-ahead.ts';
import type { Store } from '../store/store.ts';
import { placeOf, planWork } from './plan-assignment.ts';
import type { PlannedWork } from './plan-assignment.ts';

/** What a slot may build next, taken out of those that wait. Whoever took it says once what has become of it. */
export interface NextBuild {
  readonly assignment: Assignment;
  readonly plan: Plan;
  /** Null: it was not asked for, or that failed. */
  settle(claimed: Claimed | null): void;
}

export interface NextBuildsParts {
  readonly master: string;
  readonly store: Store;
  readonly config: ChangingConfig;
  readonly planner: Planner;
  readonly onTrouble: (error: unknown) => void;
  /** One that was taken was not claimed: somebody has to look again. */
  readonly onLeft: () => void;
}

/** The most requests of one builder that are read at once, and of all together. */
const perBuilderMax = 32;
const requestsMax = 128;
/** With fewer left the next are read, where there are more. */
const lowMark = 32;

interface Ready {
  readonly request: Ahead['request'];
  readonly builder: BuilderConfig;
  readonly work: PlannedWork;
}

/**
 * The requests whose turn is next, with their plans, for slots that are about to be free: known from when the dispatcher
 * comes to rest while requests wait, until anything happens that a round has to look at.
 *
 * It is filled on demand: after a build has ended and found nothing here. Where slots are free more often than
 * requests wait, nothing is read ahead.
 */
export class NextBuilds {
  readonly #parts: NextBuildsParts;
  #ready: Ready[] = [];
  #inForce: Config | undefined;
  #more = false;
  #asked = false;
  /** Counts what has happened: what was begun before is void. */
  #age = 0;
  #reading = false;
  #closed = false;
  /** Requests that were taken and of which nothing is known yet. */
  readonly #taken = new Set<number>();
  /** The same, with those that were settled while others were read. */
  #hidden = new Set<number>();
  #idle: (() => void)[] = [];

  constructor(parts: NextBuildsParts) {
    this.#parts = parts;
  }

  /** Something has happened: whose turn is next is not known any more. */
  forget(): void {
    this.#age++;
    this.#ready = [];
    this.#more = false;
  }

  /** What this slot, which is about to be free, builds next; undefined where that is a round's to say. */
  take(slot: FreeSlot): NextBuild | undefined {
    if (this.#closed) return undefined;
    const isStale = this.#parts.config.get() !== this.#inForce;
    const index = isStale ? -1 : this.#ready.findIndex(({ builder }) => mayRun(builder, slot));
    const next = this.#ready[index];
    // One that was lost there goes to another worker, if there is one.
    if (next === undefined || next.request.avoid === slot.worker) {
      this.#asked = true;
      return undefined;
    }
    this.#ready.splice(index, 1);
    const request = next.request.id;
    this.#taken.add(request);
    this.#hidden.add(request);
    if (this.#more && this.#ready.length < lowMark) void this.#read();
    const { plan, claim } = placeOf(next.work, slot);
    return {
      assignment: { request, ...claim },
      plan,
      settle: (claimed) => this.#settle(request, claimed),
    };
  }

  /** The dispatcher rests, and requests wait. */
  prepare(): void {
    if (this.#asked) void this.#read();
  }

  /** Gives nothing out any more; resolves when all that was taken has been settled. */
  async close(): Promise<void> {
    this.#closed = true;
    this.forget();
    if (this.#taken.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #settle(request: number, claimed: Claimed | null): void {
    this.#taken.delete(request);
    if (this.#taken.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    if (claimed?.kind !== 'claimed') this.#parts.onLeft();
  }

  async #read(): Promise<void> {
    if (this.#reading || this.#closed) return;
    this.#reading = true;
    this.#asked = false;
    this.#hidden = new Set(this.#taken);
    const { master, store, config, onTrouble } = this.#parts;
    const age = this.#age;
    const inForce = config.get();
    const builders = inForce.builders.map(({ name, workers }) => ({ name, workers }));
    try {
      const seen = await store.do(lookAhead, { master, builders, perBuilderMax, requestsMax });
      const ready = await this.#planned(seen.ahead, inForce, () => age === this.#age);
      if (age !== this.#age) return;
      this.#ready = ready.filter(({ request }) => !this.#hidden.has(request.id));
      // Where a plan cannot be made a round ends the request, and nothing behind it is given out before.
      this.#more = seen.more && ready.length === seen.ahead.length;
      this.#inForce = inForce;
    } catch (error) {
      onTrouble(error);
    } finally {
      this.#reading = false;
    }
  }

  /** Up to the first whose plan cannot be made. */
  async #planned(ahead: readonly Ahead[], inForce: Config, isCurrent: () => boolean): Promise<Ready[]> {
    const ready: Ready[] = [];
    for (const { request, asked } of ahead) {
      const builder = byName(inForce.builders, request.builder);
      if (builder === undefined || !isCurrent()) break;
      const planned = await planWork(this.#parts.planner, builder, asked);
      if (planned.kind === 'failed') break;
      ready.push({ request, builder, work: planned.work });
    }
    return ready;
  }
}

function mayRun({ workers, trust }: BuilderConfig, slot: FreeSlot): boolean {
  return trust === slot.trust && workers.includes(slot.worker);
}
