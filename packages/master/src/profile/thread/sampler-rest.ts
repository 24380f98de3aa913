/* When the sampler of the main thread rests: pure. Times are microseconds of the process's clock. */

/** The main thread's CPU is looked at so often. */
const spanUs = 1_000_000;
/** A share of a core; the sampler itself takes up to half a per cent. */
const busyMin = 0.06;
const quietMax = 0.03;
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
}

export type RestTurn = 'wake' | 'rest' | 'stay';

/** Whoever wakes it first does not find it resting in vain. */
export function beginResting(beat: BeatCpu): SamplerRest {
  return { resting: true, sinceUs: beat.atUs - vainUs, quietUs: quietUsMin, from: beat };
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
    if (!isLate && (share ?? 0) < busyMin) return { turn: 'stay', rest: { ...rest, from } };
    const inVain = beat.atUs - rest.sinceUs < vainUs;
    const quietUs = inVain ? Math.min(quietUsMax, 2 * rest.quietUs) : quietUsMin;
    return { turn: 'wake', rest: { resting: false, sinceUs: beat.atUs, quietUs, from: beat } };
  }
  const sinceUs = isLate || (share ?? 0) > quietMax ? beat.atUs : rest.sinceUs;
  if (share === undefined || beat.atUs - sinceUs < rest.quietUs)
    return { turn: 'stay', rest: { ...rest, sinceUs, from } };
  return { turn: 'rest', rest: { ...rest, resting: true, sinceUs: beat.atUs, from } };
}

/** Undefined: the span is not over. */
function shareOf(from: BeatCpu, beat: BeatCpu): number | undefined {
  const us = beat.atUs - from.atUs;
  return us < spanUs ? undefined : (beat.cpuUs - from.cpuUs) / us;
}
