import { expect, test } from 'vitest';
import { beginPulse, lookAtPulse } from './pulse-watch.ts';

/** Looks at pulses every `everyMs` from `firstMs` until `untilMs`, none after `lastMs`: the looks, in milliseconds. */
function watch(pulses: { firstMs: number; everyMs: number; lastMs: number }, untilMs: number) {
  const looks: { ms: number; behindMs: number; isLate: boolean }[] = [];
  let watched = beginPulse(0, 0);
  while (watched.nextUs < untilMs * 1000) {
    const ms = watched.nextUs / 1000;
    const until = Math.min(ms, pulses.lastMs);
    const count = Math.max(0, Math.floor((until - pulses.firstMs) / pulses.everyMs) + 1);
    watched = lookAtPulse(watched, ms * 1000, count);
    looks.push({
      ms,
      behindMs: ms - pulses.firstMs - (count - 1) * pulses.everyMs,
      isLate: watched.isLate,
    });
  }
  return looks;
}

test.each([1, 40, 80, 124])(
  'looks come soon after pulses, one each, whenever these began: after %i ms',
  (firstMs) => {
    const looks = watch({ firstMs, everyMs: 125.5, lastMs: Infinity }, 60_000);
    expect(looks.every(({ isLate }) => !isLate)).toBe(true);
    // The few that come before one find it 20 ms later.
    const soon = looks.filter(({ ms, behindMs }) => ms > 12_000 && behindMs <= 30);
    expect(looks.length).toBeLessThan((60_000 / 125) * 1.1);
    expect(soon.length / looks.filter(({ ms }) => ms > 12_000).length).toBeGreaterThan(0.9);
  },
);

test.each([20_000, 20_033, 20_066, 20_099, 20_133])(
  'a loop that comes round no more is noticed before it has stalled: from %i ms',
  (lastMs) => {
    const looks = watch({ firstMs: 75, everyMs: 125.5, lastMs }, 30_000);
    const noticed = looks.find(({ isLate }) => isLate);
    const lastPulseMs = 75 + Math.floor((lastMs - 75) / 125.5) * 125.5;
    expect(noticed?.ms).toBeGreaterThan(lastPulseMs + 169);
    expect(noticed?.ms).toBeLessThanOrEqual(lastPulseMs + 200);
    // It is looked for more often then.
    expect(looks.at(-1)).toMatchObject({ isLate: true });
  },
);
