/** The event loop is called stalled when it has not come round for so long. */
const stallMs = 250;

export const stallUs = stallMs * 1000;

/** A beat of the loop's heart: when it was, and for how long the loop had been idle in all until then. */
interface LastBeat {
  readonly atUs: number;
  readonly idleUs: number;
}

/** What the watcher knows of the loop; microseconds of the process's clock. */
export interface StallWatch {
  readonly beat: LastBeat;
  readonly lookedUs: number;
  /** Since that beat the watcher stood still itself for so long: the machine slept, or the process was stopped. */
  readonly heldUs: number;
}

export interface Looked {
  readonly watch: StallWatch;
  /** A stall that is over. */
  readonly ended: { readonly fromUs: number; readonly toUs: number } | undefined;
}

export function beginWatch(nowUs: number, beat: LastBeat): StallWatch {
  return { beat: { ...beat, atUs: nowUs }, lookedUs: nowUs, heldUs: 0 };
}

/**
 * One look at the last beat. Time in which the watcher did not run either is not held against the loop; nor is time in
 * which it was idle, as far as the runtime knows of it, between its last beat and what blocked it.
 *
 * @param gapUs the longest time without a pulse since the last beat: where beats are seconds apart, much that is done
 *   between two of them is no stall
 */
export function look(watch: StallWatch, nowUs: number, beat: LastBeat, gapUs = Infinity): Looked {
  const ownUs = nowUs - watch.lookedUs;
  const heldUs = watch.heldUs + (ownUs >= stallUs ? ownUs : 0);
  if (beat.atUs <= watch.beat.atUs) return { watch: { ...watch, lookedUs: nowUs, heldUs }, ended: undefined };
  const idleUs = Math.max(0, beat.idleUs - watch.beat.idleUs);
  const busyUs = beat.atUs - watch.beat.atUs - heldUs - idleUs;
  return {
    watch: { beat, lookedUs: nowUs, heldUs: 0 },
    ended:
      busyUs >= stallUs && gapUs >= stallUs ? { fromUs: beat.atUs - busyUs, toUs: beat.atUs } : undefined,
  };
}
