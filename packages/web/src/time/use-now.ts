import { useEffect, useState } from 'react';
import { clock } from './clock.ts';

/** The time, told again every `stepMs`; undefined holds it still. All who tick by the second tick together. */
export function useNow(stepMs: number | undefined): number {
  const [now, setNow] = useState(clock.now);
  useEffect(() => {
    if (stepMs === undefined) return undefined;
    let stop = (): void => undefined;
    const tick = (): void => {
      const at = clock.now();
      setNow(at);
      stop = clock.after(stepMs - (at % stepMs), tick);
    };
    tick();
    return () => stop();
  }, [stepMs]);
  return now;
}
