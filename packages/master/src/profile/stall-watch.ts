/** The event loop is called stalled when it has not come round for so long. */
const stallMs = 250;

const stallUs = stallMs * 1000;

/** What the watcher knows of the loop; microseconds of the process's clock. */
export interface StallWatch {
  readonly beatUs: number;
  readonly lookedUs: number;
  /** Since that beat the watcher stood still itself for so long: the machine slept, or the process was stopped. */
  readonly heldUs: number;
}

export interface Looked {
  readonly watch: StallWatch;
  /** For how long the loop has not come round; 0: it does. */
  readonly blockedUs: number;
  /** A stall that is over. */
  readonly ended: { readonly fromUs: number; readonly toUs: number } | undefined;
}

export function beginWatch(nowUs: number): StallWatch {
  return { beatUs: nowUs, lookedUs: nowUs, heldUs: 0 };
}

/** One look at the last beat. Time in which the watcher did not run either is not held against the loop. */
export function look(watch: StallWatch, nowUs: number, beatUs: number): Looked {
  const ownUs = nowUs - watch.lookedUs;
  const heldUs = watch.heldUs + (ownUs >= stallUs ? ownUs : 0);
  if (beatUs <= watch.beatUs) {
    const silentUs = nowUs - watch.beatUs - heldUs;
    return {
      watch: { ...watch, lookedUs: nowUs, heldUs },
      blockedUs: silentUs >= stallUs ? silentUs : 0,
      ended: undefined,
    };
  }
  const gapUs = beatUs - watch.beatUs - heldUs;
  return {
    watch: { beatUs, lookedUs: nowUs, heldUs: 0 },
    blockedUs: 0,
    ended: gapUs >= stallUs ? { fromUs: beatUs - gapUs, toUs: beatUs } : undefined,
  };
}
