import { useEffect, useState } from 'react';
import type { Build } from '@millrace/protocol/api/builds';

export interface HeldList {
  readonly shown: readonly Build[];
  /** How many newer ones wait to be shown. */
  readonly fresh: number;
  readonly accept: () => void;
}

/** Scrolled no farther than this, a reader is at the top: rows may come in above. */
const topPx = 120;

/**
 * A list that keeps its place: while its reader has scrolled down, newer rows wait and are counted; what changes
 * in the rows that stand is shown at once.
 */
export function useHeldList(all: readonly Build[]): HeldList {
  const [held, setHeld] = useState(false);
  const [newest, setNewest] = useState<number | undefined>(undefined);
  const first = all[0]?.id;
  useEffect(() => {
    const look = (): void => setHeld(window.scrollY > topPx);
    window.addEventListener('scroll', look, { passive: true });
    return () => window.removeEventListener('scroll', look);
  }, []);
  // While nobody is below, the newest is the newest; from then on it stays what it was.
  if (!held && newest !== first) setNewest(first);
  const until = held ? newest : undefined;
  const shown = until === undefined ? all : all.filter((build) => build.id <= until);
  return {
    shown,
    fresh: all.length - shown.length,
    accept: () => {
      setNewest(first);
      setHeld(false);
      window.scrollTo({ top: 0 });
    },
  };
}
