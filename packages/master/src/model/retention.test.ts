import { describe, expect, test } from 'vitest';
import { dayMs, fateOf, mayGo } from './retention.ts';
import type { AgedBuild, BuilderBounds, BuilderKeeps, KeepLimit } from './retention.ts';

const now = 1_700_000_000_000;
const none: KeepLimit = { days: null, count: null };
const bounds: BuilderBounds = { lastGreen: 0, buildsFrom: 0, logsFrom: 0 };
const aged = (days: number, over: Partial<AgedBuild> = {}): AgedBuild => ({
  id: 7,
  finishedAt: now - days * dayMs,
  requestOpen: false,
  ...over,
});
const keeps = (over: Partial<BuilderKeeps>): BuilderKeeps => ({ builds: none, logs: none, ...over });

describe('what becomes of a build', () => {
  const thirty = keeps({ builds: { days: 30, count: null } });

  test('it goes when it is older than its days, and not before', () => {
    expect(fateOf(aged(30), thirty, bounds, now)).toEqual({ kind: 'keep' });
    expect(fateOf(aged(30.01), thirty, bounds, now)).toEqual({
      kind: 'build',
      because: 'older than 30 days',
    });
  });

  test('it goes when it is not among the newest', () => {
    const hundred = keeps({ builds: { days: null, count: 100 } });
    expect(fateOf(aged(0), hundred, { ...bounds, buildsFrom: 8 }, now)).toEqual({
      kind: 'build',
      because: 'not among the newest 100 builds of its builder',
    });
    expect(fateOf(aged(9_999), hundred, { ...bounds, buildsFrom: 7 }, now)).toEqual({ kind: 'keep' });
  });

  test('its logs go before it', () => {
    const both = keeps({ builds: { days: 90, count: null }, logs: { days: 1, count: null } });
    expect(fateOf(aged(2), both, bounds, now)).toEqual({ kind: 'logs', because: 'older than 1 day' });
    expect(fateOf(aged(91), both, bounds, now)).toMatchObject({ kind: 'build' });
  });

  test('whatever its age, it stays while it runs, while its request is open, and as the last green one', () => {
    expect(fateOf(aged(999, { finishedAt: null }), thirty, bounds, now)).toEqual({ kind: 'keep' });
    expect(fateOf(aged(999, { requestOpen: true }), thirty, bounds, now)).toEqual({ kind: 'keep' });
    expect(fateOf(aged(999), thirty, { ...bounds, lastGreen: 7 }, now)).toEqual({ kind: 'keep' });
  });

  test('nobody looks at builds that are young by every limit', () => {
    const both = keeps({ builds: { days: 90, count: null }, logs: { days: 1, count: null } });
    expect(mayGo({ id: 7, startedAt: now - 2 * dayMs }, both, bounds, now)).toBe(true);
    expect(mayGo({ id: 7, startedAt: now - dayMs / 2 }, both, bounds, now)).toBe(false);
    expect(mayGo({ id: 7, startedAt: now }, keeps({}), { ...bounds, logsFrom: 8 }, now)).toBe(true);
    expect(mayGo({ id: 7, startedAt: 0 }, keeps({}), bounds, now)).toBe(false);
  });
});
