import { unreachable } from '@millrace/kernel/assert';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import { journalFile } from '../journal/journal-file.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import { PatientWriter } from '../journal/patient-writer.ts';
import type { Urgency } from '../journal/urgency.ts';
import type { StepOutcome } from '../steps/step.ts';
import type { BytePatterns } from '../masking/byte-patterns.ts';
import { secretPatterns } from '../masking/secret-patterns.ts';
import { BuildProperties } from './build-properties.ts';
import { beginBuild, endAtOnce, endingOf, onBuildInput } from './build-state.ts';
import type {
  BuildEffect,
  BuildEnding,
  BuildInput,
  BuildState,
  BuildStep,
  BuildStop,
  PlannedLife,
} from './build-state.ts';
import { BuildSite } from './build-site.ts';
import type { SitePlace, SlotFolders } from './build-site.ts';
import { GrowthTeller } from './growth-teller.ts';
import type { ToldUrgency } from './growth-teller.ts';
import { maskFact } from './mask-fact.ts';
import { missingSecret } from './missing-secret.ts';
import { SilenceWatch } from './silence-watch.ts';
import { StepRun } from './step-run.ts';
import { messageCharactersMax } from './step-try.ts';
import type { StepParts, StepPlace } from './step-try.ts';
import { whyStepIsSkipped } from './why-skipped.ts';

export interface BuildPlace extends StepPlace, SitePlace {
  /** The folder whose `journals/` holds the build's journal. */
  readonly spool: string;
  /** How far a journal may be ahead of the master until output waits. */
  readonly spoolBytesMax: number;
}

export interface BuildEvents {
  /** The journal has whole records up to here. */
  onGrown(byte: number, urgency: ToldUrgency): void;
  /** The last record is written. */
  onEnded(byte: number): void;
  /** Nothing of the build is left here; it was somebody else's. */
  onGone(): void;
}

/** Runs one build: says in its journal what happens, and does what `build-state.ts` decides. */
export class BuildRun {
  readonly #parts: StepParts;
  readonly #place: BuildPlace;
  readonly #order: RunOrder;
  readonly #events: BuildEvents;
  readonly #journal: PatientWriter;
  readonly #growth: GrowthTeller;
  readonly #silence: SilenceWatch | undefined;
  readonly #properties: BuildProperties;
  readonly #life: PlannedLife;
  /** What the journal may not hold. */
  readonly #secrets: BytePatterns | undefined;
  readonly #site: BuildSite;
  /** Why output waits: the disk is full, or the spool. */
  readonly #holds = new Set<'disk' | 'spool'>();
  #state: BuildState = { phase: 'over' };
  #step: StepRun | undefined;
  #logs = 0;
  #watched: ReadonlySet<number> = new Set();
  #watchedWindowMs = 0;
  #acknowledgedByte = 0;

  /** @throws with code `EEXIST`: the build was begun before. */
  constructor(
    parts: StepParts,
    place: BuildPlace,
    order: RunOrder,
    events: BuildEvents,
    folders?: SlotFolders,
  ) {
    const { clock, disk } = parts;
    this.#parts = parts;
    this.#place = place;
    this.#order = order;
    this.#events = events;
    this.#properties = new BuildProperties(order.plan.properties);
    this.#life = {
      steps: order.plan.steps,
      whyNot: (step, soFar) =>
        whyStepIsSkipped({ order, worker: place.worker, properties: this.#properties.all, soFar }, step),
    };
    this.#site = new BuildSite(disk, clock, place, order, folders);
    this.#secrets = secretPatterns(Object.values(order.secrets ?? {}));
    this.#growth = new GrowthTeller(clock, (urgency) => events.onGrown(this.byte, urgency));
    const writer = JournalWriter.create(clock, disk, journalFile(place.spool, order));
    this.#journal = new PatientWriter(clock, writer, {
      onGrown: ({ byte }, urgency) => {
        if (this.#spoolIsFull(byte)) this.#hold('spool');
        this.#growth.grown(byte, urgency);
      },
      onFull: () => this.#hold('disk'),
      onRoom: () => {
        this.#release('disk');
        this.#endWhenWritten();
      },
    });
    const { onSilence, lostAfterMs } = order.plan;
    // Half of the time: the other half is for ending the commands before the lease does.
    if (onSilence === 'stop')
      this.#silence = new SilenceWatch(clock, lostAfterMs / 2, () => this.#onSilence());
  }

  /** How far the journal is written. */
  get byte(): number {
    return this.#journal.position.byte;
  }

  start(): void {
    const { build, fence, planHash } = this.#order;
    this.#append({ kind: 'begin', build, fence, planHash, worker: this.#place.worker }, 'opening');
    const missing = missingSecret(this.#order);
    this.#go(missing === undefined ? beginBuild(this.#life) : endAtOnce(this.#life, missing));
  }

  stop(stop: BuildStop): void {
    this.#input({ type: 'stop', stop });
  }

  fence(): void {
    this.#input({ type: 'fenced' });
  }

  acknowledged(byte: number): void {
    this.#acknowledgedByte = Math.max(this.#acknowledgedByte, byte);
    if (!this.#spoolIsFull(this.byte)) this.#release('spool');
  }

  heard(agoMs: number): void {
    this.#silence?.heard(agoMs);
  }

  /** @param windowMs how long their output waits for more */
  watched(logs: readonly number[], windowMs: number): void {
    this.#watched = new Set(logs);
    this.#watchedWindowMs = windowMs;
    this.#step?.watchedChanged();
  }

  #input(input: BuildInput): void {
    this.#go(onBuildInput(this.#life, this.#state, input));
  }

  #go({ state, effects }: BuildStep): void {
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: BuildEffect): void {
    switch (effect.do) {
      case 'run-step':
        this.#runStep(effect.step);
        return;
      case 'skip-step':
        this.#append(
          { kind: 'step-finished', step: effect.step, result: 'skipped', message: effect.message },
          'soon',
        );
        return;
      case 'stop-step':
        // Of the second half of the silence, no more than half for a grace time.
        this.#step?.stop(effect.stop.why === 'silence' ? this.#order.plan.lostAfterMs / 4 : Infinity);
        return;
      case 'abandon-step':
        this.#step?.abandon();
        return;
      case 'finish':
        this.#finish(effect.ending);
        return;
      case 'let-go':
        this.#close();
        this.#events.onGone();
        this.#leave();
        return;
      default:
        unreachable(effect);
    }
  }

  #runStep(index: number): void {
    const build = {
      order: this.#order,
      properties: this.#properties,
      append: (fact: Fact, urgency: Urgency) => this.#append(fact, urgency),
      nextLog: () => this.#logs++,
      watchedWindowMs: (log: number) => (this.#watched.has(log) ? this.#watchedWindowMs : null),
      secretPatterns: this.#secrets,
      site: this.#site,
    };
    const step = new StepRun(this.#parts, this.#place, build, index);
    this.#step = step;
    step.run().then(
      (outcome) => this.#stepEnded(index, step, outcome),
      // A fault of this program: the slot dies of it, and the build is told as lost.
      (thrown: unknown) => {
        this.#parts.clock.after(0, () => {
          throw thrown;
        });
      },
    );
    if (this.#holds.size > 0) step.hold();
  }

  #stepEnded(index: number, step: StepRun, ended: StepOutcome): void {
    this.#step = undefined;
    const stop = this.#state.phase === 'stopping' && step.stopped ? this.#state.stop : undefined;
    const outcome = stop === undefined ? ended : stoppedBy(stop, ended);
    this.#append({ kind: 'step-finished', step: index, ...outcome }, 'soon');
    this.#input({ type: 'step-ended', outcome });
  }

  #finish(ending: BuildEnding): void {
    this.#silence?.cancel();
    this.#append({ kind: 'build-finished', ...ending }, 'now');
    this.#endWhenWritten();
  }

  /** Not before the last record has found room. */
  #endWhenWritten(): void {
    if (this.#state.phase !== 'over' || this.#journal.held > 0) return;
    this.#close();
    this.#events.onEnded(this.byte);
    // Told first: nobody waits for the folder.
    this.#leave();
  }

  #close(): void {
    this.#silence?.cancel();
    this.#growth.cancel();
    this.#journal.close();
  }

  /** What it cannot remove, the slot's next build does. */
  #leave(): void {
    this.#site.leave().catch(() => undefined);
  }

  #append(fact: Fact, urgency: Urgency): void {
    if (this.#state.phase === 'leaving' || this.#state.phase === 'gone') return;
    const masked = this.#secrets === undefined ? fact : maskFact(this.#secrets, fact);
    this.#journal.append('message' in masked ? shortened(masked) : masked, urgency);
  }

  #onSilence(): void {
    const seconds = this.#order.plan.lostAfterMs / 2000;
    this.stop({
      why: 'silence',
      message: `No master was heard for ${seconds} s; the builder's onSilence is 'stop'.`,
    });
  }

  #spoolIsFull(byte: number): boolean {
    return byte - this.#acknowledgedByte >= this.#place.spoolBytesMax;
  }

  #hold(why: 'disk' | 'spool'): void {
    const first = this.#holds.size === 0;
    this.#holds.add(why);
    if (first) this.#step?.hold();
  }

  #release(why: 'disk' | 'spool'): void {
    if (this.#holds.delete(why) && this.#holds.size === 0) this.#step?.release();
  }
}

/** The stop says how the step ended; of the command's own end only the facts stay. */
function stoppedBy(stop: BuildStop, { exitCode, signal }: StepOutcome): StepOutcome {
  return {
    ...endingOf(stop),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function shortened<T extends Fact & { readonly message?: string }>(fact: T): T {
  return fact.message === undefined || fact.message.length <= messageCharactersMax
    ? fact
    : { ...fact, message: fact.message.slice(0, messageCharactersMax) };
}
