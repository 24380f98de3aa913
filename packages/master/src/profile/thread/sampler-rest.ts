/* When the sampler of the main thread rests: pure. Times are microseconds of the process's clock. */

/** The main thread's CPU is looked at so often. */
const spanUs = 1_000_000;
/** A share of a core; the sampler itself takes up to half a per cent. */
const busyMin = 0.06;
const quietMax = 0.03;
/**
 * CPU of busy spans, one after the other, after which the sampler wakes: beginning takes 30 ms of the main thread, a
 * fifth of what a log of 64 MB costs a master, and short work is over by then.
 */
const workUsMin = 600_000;
/** How long the main thread has been quiet before the sampler rests; twice as long each time that it rested in vain. */
const quietUsMin = 3_000_000;
const quietUsMax = 60_000_000;
/** Whoever is woken sooner has rested in vain: beginning takes 30 ms of the main thread. */
const vainUs = 60_000_000;

/** What a beat of the heart says of the main thread's CPU. */
interface BeatCpu {
  readonly atUs: number;
  readonly cpuUs: number;
}

export interface SamplerRest {
  readonly resting: boolean;
  /** When it began to rest, or the main thread to be quiet. */
  readonly sinceUs: number;
  /** How long it has to be quiet now. */
  readonly quietUs: number;
  /** Where the span that is under way began. */
  readonly from: BeatCpu;
  /** The main thread's CPU in the busy spans that went before it without a break, while the sampler rests. */
  readonly workUs: number;
}

export type RestTurn = 'wake' | 'rest' | 'stay';

/** Whoever wakes it first does not find it resting in vain. */
export function beginResting(beat: BeatCpu): SamplerRest {
  return { resting: true, sinceUs: beat.atUs - vainUs, quietUs: quietUsMin, from: beat, workUs: 0 };
}

/** One look at the last beat. @param isLate it is overdue: the loop may be blocked, and what blocks it is wanted */
export function turnOfRest(
  rest: SamplerRest,
  beat: BeatCpu,
  isLate: boolean,
): { readonly turn: RestTurn; readonly rest: SamplerRest } {
  const share = shareOf(rest.from, beat);
  const from = share === undefined ? rest.from : beat;
  if (rest.resting) {
    const workUs = workAfter(rest, beat, share);
    if (!isLate && workUs < workUsMin) return { turn: 'stay', rest: { ...rest, from, workUs } };
    const inVain = beat.atUs - rest.sinceUs < vainUs;
    const quietUs = inVain ? Math.min(quietUsMax, 2 * rest.quietUs) : quietUsMin;
    return { turn: 'wake', rest: { resting: false, sinceUs: beat.atUs, quietUs, from: beat, workUs: 0 } };
  }
  const sinceUs = isLate || (share ?? 0) > quietMax ? beat.atUs : rest.sinceUs;
  if (share === undefined || beat.atUs - sinceUs < rest.quietUs)
    return { turn: 'stay', rest: { ...rest, sinceUs, from } };
  return { turn: 'rest', rest: { ...rest, resting: true, sinceUs: beat.atUs, from } };
}

function workAfter({ from, workUs }: SamplerRest, beat: BeatCpu, share: number | undefined): number {
  if (share === undefined) return workUs;
  return share < busyMin ? 0 : workUs + beat.cpuUs - from.cpuUs;
}

/** Undefined: the span is not over. */
function shareOf(from: BeatCpu, beat: BeatCpu): number | undefined {
  const us = beat.atUs - from.atUs;
  return us < spanUs ? undefined : (beat.cpuUs - from.cpuUs) / us;
}
