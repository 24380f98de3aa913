import type { Clock, Timer } from '@millrace/kernel/clock';
import { msToRound } from '@millrace/kernel/rounds';
import { Wakeup } from '@millrace/kernel/wakeup';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import { defaultTrust } from '@millrace/protocol/plan';
import type { Plan } from '@millrace/protocol/plan';
import type { BuilderConfig, Config, Planner } from '../config/config.ts';
import type { ChangingConfig } from '../config/config-in-force.ts';
import { choose } from '../model/choose.ts';
import type { Choice, Eligible, FreeSlot, WaitingRequest } from '../model/choose.ts';
import { claim } from '../store/operations/claim.ts';
import type { Assignment, Claimed } from '../store/operations/claim.ts';
import { look, readAsked, refusePlan } from '../store/operations/dispatch.ts';
import type { Store } from '../store/store.ts';
import { placeFor } from './claim-at-once.ts';
import type { AddClaimed, AskedNow, ClaimsAtOnce } from './claim-at-once.ts';
import { NextBuilds } from './next-builds.ts';
import type { NextBuild } from './next-builds.ts';
import { planAssignment } from './plan-assignment.ts';

/** Gives a claimed build to the worker's agent. What does not reach it is sent again at its next hello. */
interface GiveOut {
  run(worker: string, order: RunOrder, when?: 'now'): void;
}

interface PlannedAssignment {
  readonly plan: Plan;
  readonly assignment: Assignment;
}

export interface DispatcherParts {
  readonly master: string;
  readonly store: Store;
  readonly config: ChangingConfig;
  readonly planner: Planner;
  readonly workers: GiveOut;
  readonly clock: Clock;
  /** It looks again so often though nothing has woken it. */
  readonly lookAgainMs?: number;
  /** Something went wrong that the next round may mend, such as a store that is full. */
  readonly onTrouble: (error: unknown) => void;
}

/** The most requests of one builder that one round looks at: more than any worker has slots to spare. */
const perBuilderMax = 64;
/** What one claim may hold, so that it does not make others wait. */
const claimsMax = 64;
/** A second look when nothing has woken us: another master's signals may be lost. */
const defaultLookAgainMs = 4_000;

/**
 * Brings waiting requests and free slots together: look, choose, plan, claim, give out. One round at a
 * time; whatever happens meanwhile makes another follow. All that it knows, it reads anew in each round.
 *
 * While it rests nobody waits for a free slot, and what somebody asks for then can begin at once.
 */
export class Dispatcher implements ClaimsAtOnce {
  readonly #parts: DispatcherParts;
  readonly #wakeup = new Wakeup();
  readonly #next: NextBuilds;
  #later: Timer | undefined;
  #wakes = 0;
  /** The last round found nothing to do, and nothing has happened since. */
  #rests = false;
  /** A claim at once; it does not reject. */
  #underWay: Promise<void> | undefined;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#next = new NextBuilds({ ...parts, onLeft: () => this.wake() });
  }

  wake(): void {
    this.#wakes++;
    this.#rests = false;
    this.#next.forget();
    this.#wakeup.wake();
  }

  /** What a slot builds next, for the commit that ends the build before it. */
  next(slot: FreeSlot): NextBuild | undefined {
    return this.#next.take(slot);
  }

  async atOnce<Answer>(asked: AskedNow, add: AddClaimed<Answer>): Promise<Answer | undefined> {
    // One at a time: of many, each would be offered the same slot.
    if (!this.#rests || this.#underWay !== undefined) return undefined;
    const answer = this.#begin(asked, add);
    const over = (): void => {
      this.#underWay = undefined;
    };
    this.#underWay = answer.then(over, over);
    return answer;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = this.#parts.store.onSignal(({ topic }) => {
      if (topic === 'requests' || topic === 'slots') this.wake();
    });
    const unlisten = this.#parts.config.onChange(() => this.wake());
    try {
      this.wake();
      while (!signal.aborted) {
        await this.#wakeup.wait(signal);
        if (signal.aborted) break;
        await this.#round().catch((error: unknown) => {
          this.#parts.onTrouble(error);
          this.#lookAgainIn(1_000);
        });
      }
    } finally {
      stop();
      unlisten();
      this.#later?.cancel();
      this.#rests = false;
      await Promise.all([this.#underWay, this.#next.close()]);
    }
  }

  async #begin<Answer>(asked: AskedNow, add: AddClaimed<Answer>): Promise<Answer | undefined> {
    const place = await placeFor(asked, this.#parts);
    // Asked again, so that nothing is given out after the end, or past somebody who came meanwhile.
    if (place === undefined || !this.#rests) return undefined;
    const answer = await add(place.claim);
    this.#giveOut(answer.claimed, place.plan, 'now');
    return answer;
  }

  async #round(): Promise<void> {
    const { store, master, config, clock, lookAgainMs = defaultLookAgainMs } = this.#parts;
    const wakes = this.#wakes;
    const inForce = config.get();
    const { builders } = inForce;
    const seen = await store.do(look, { master, builders: named(builders), perBuilderMax });
    const againMs = msToRound(clock, lookAgainMs);
    this.#lookAgainIn(
      seen.nextNotBefore === null ? againMs : Math.min(againMs, seen.nextNotBefore - seen.now),
    );
    const byName = new Map(builders.map((builder) => [builder.name, builder]));
    const eligibleFor = (name: string): Eligible => {
      const { workers = [], trust = defaultTrust } = byName.get(name) ?? {};
      return { workers, trust };
    };
    const choices = choose(seen.requests, seen.slots, eligibleFor, claimsMax);
    if (choices.length === 0) {
      this.#rests = wakes === this.#wakes;
      if (this.#rests && seen.due) this.#next.prepare();
      return;
    }
    const planned = await this.#planned(choices, inForce, byName);
    const answers = await store.do(claim, { assignments: planned.map(({ assignment }) => assignment) });
    for (const [index, answer] of answers.entries()) this.#giveOut(answer, planned[index]?.plan);
    // Until a look finds nothing to do: there may be more than this round took, and where another master was
    // first, the slot that it left may be for a request that this round passed over. Nobody else says so.
    this.wake();
  }

  /**
   * Those whose plan could be made; the others have ended. Nothing, where another config came into force meanwhile:
   * what was chosen by one is not planned by the other, and a plan that the old one refuses may be made by the new.
   */
  async #planned(
    choices: readonly Choice<WaitingRequest>[],
    inForce: Config,
    builders: ReadonlyMap<string, BuilderConfig>,
  ): Promise<PlannedAssignment[]> {
    const requests = choices.map(({ request }) => request.id);
    const asked = await this.#parts.store.do(readAsked, { requests });
    const planned = await Promise.all(
      choices.map(async ({ request, slot }, index): Promise<PlannedAssignment | undefined> => {
        const builder = builders.get(request.builder);
        const wanted = asked[index];
        if (!builder || !wanted) return undefined;
        const made = await planAssignment(this.#parts.planner, builder, wanted, slot);
        if (this.#parts.config.get() !== inForce) return undefined;
        if (made.kind === 'failed') {
          await this.#parts.store.do(refusePlan, { request: request.id, message: made.message });
          return undefined;
        }
        const { plan, claim: claimed } = made.place;
        return { plan, assignment: { request: request.id, ...claimed } };
      }),
    );
    if (this.#parts.config.get() !== inForce) return [];
    return planned.filter((one) => one !== undefined);
  }

  #giveOut(claimed: Claimed | null, plan: Plan | undefined, when?: 'now'): void {
    if (claimed?.kind === 'claimed' && plan !== undefined)
      this.#parts.workers.run(claimed.worker, { ...claimed.order, plan }, when);
  }

  #lookAgainIn(ms: number): void {
    this.#later?.cancel();
    this.#later = this.#parts.clock.after(Math.max(1, ms), () => this.wake());
  }
}

function named(builders: readonly BuilderConfig[]): { name: string; workers: readonly string[] }[] {
  return builders.map(({ name, workers }) => ({ name, workers }));
}
