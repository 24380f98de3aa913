import { describe, expect, test } from 'vitest';
import type { Worker } from '@millrace/protocol/api/workers';
import { schemaVersion } from '@millrace/master/store/migrations/migrations';
import { clockFinding } from './clock.ts';
import { expiryFinding, tokenFinding } from './config.ts';
import { worst } from './finding.ts';
import { gitFinding, spaceFinding } from './machine.ts';
import { workerFindings } from './master.ts';
import { examinationFindings } from './store.ts';

const now = Date.UTC(2026, 0, 10);
const day = 86_400_000;
const GiB = 1024n ** 3n;

describe('the doctor', () => {
  test('wants a git that knows where options end', () => {
    expect(gitFinding('git version 2.47.3').status).toBe('ok');
    expect(gitFinding('git version 3.0').status).toBe('ok');
    expect(gitFinding('git version 2.23.1').status).toBe('fail');
    expect(gitFinding(undefined)).toMatchObject({ status: 'fail', todo: expect.stringContaining('2.24') });
  });

  test('tells a disk that is nearly full before it is', () => {
    expect(spaceFinding('disk', 50n * GiB, 100n * GiB).status).toBe('ok');
    expect(spaceFinding('disk', 4n * GiB, 100n * GiB)).toMatchObject({
      status: 'warn',
      detail: '4.0G of 100G are free',
    });
    expect(spaceFinding('disk', GiB / 4n, 100n * GiB).status).toBe('fail');
  });

  test('tells tokens and certificates that are about to expire', () => {
    expect(expiryFinding('x', now + 20 * day, now, '').status).toBe('ok');
    expect(expiryFinding('x', now + 13 * day, now, '').status).toBe('warn');
    expect(expiryFinding('x', now - 1, now, '')).toMatchObject({
      status: 'fail',
      detail: 'it expired on 2026-01-09',
    });
    const hashes = (...expiresAt: (number | null)[]) => expiresAt.map((at) => ({ hash: 'h', expiresAt: at }));
    expect(tokenFinding('x', hashes(now - day, now + 90 * day), now)?.status).toBe('ok');
    expect(tokenFinding('x', hashes(now - day), now)?.status).toBe('fail');
    expect(tokenFinding('x', hashes(now - day, null), now)).toBeUndefined();
  });

  test('tells clocks that are off, either way', () => {
    expect(clockFinding('x', 900).status).toBe('ok');
    expect(clockFinding('x', -20_000)).toMatchObject({ status: 'warn', detail: '20 s behind ours' });
    expect(clockFinding('x', 3_600_000)).toMatchObject({ status: 'fail', detail: '3600 s ahead of ours' });
  });

  test('tells a store that is damaged, and one of a later version', () => {
    const sound = { schema: schemaVersion, damages: [], oddities: [], bytes: 1024, clockAheadMs: null };
    expect(examinationFindings(sound).map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(worst(examinationFindings({ ...sound, damages: ['segments/1.seg is missing'] }))).toBe('fail');
    expect(worst(examinationFindings({ ...sound, oddities: ['a backup is under way'] }))).toBe('warn');
    expect(worst(examinationFindings({ ...sound, schema: schemaVersion + 1 }))).toBe('fail');
    expect(worst(examinationFindings({ ...sound, clockAheadMs: 400_000 }))).toBe('fail');
  });

  test('tells workers that are away, take no builds, have another clock or version', () => {
    const worker = {
      name: 'w',
      connected: true,
      silent: false,
      accepts: true,
      message: null,
      slots: 2,
      builds: [1],
      heardAt: now - 60_000,
      clockOffsetMs: 10,
      facts: { version: '1' },
    } as unknown as Worker;
    const of = (over: Partial<Worker>) => workerFindings({ ...worker, ...over }, now, '1');
    expect(of({}).map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(of({ connected: false })).toMatchObject([
      { status: 'warn', detail: 'not connected; last heard of 1 min ago' },
    ]);
    expect(of({ connected: false, silent: true })).toMatchObject([{ status: 'fail' }]);
    expect(worst(of({ accepts: false, message: 'no room' }))).toBe('warn');
    expect(worst(of({ clockOffsetMs: 3_600_000 }))).toBe('fail');
    expect(worst(workerFindings(worker, now, '2'))).toBe('warn');
  });
});
