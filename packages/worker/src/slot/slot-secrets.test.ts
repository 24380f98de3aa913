import { zstdDecompressSync } from 'node:zlib';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import type { Plan, PlannedStep } from '@millrace/protocol/plan';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { MemoryDisk } from '@millrace/testkit/memory-disk';
import { MemoryLocks } from '@millrace/testkit/memory-locks';
import type { Act } from '@millrace/testkit/scripted-command';
import { ScriptedPlatform } from '@millrace/testkit/scripted-platform';
import { describe, expect, test } from 'vitest';
import { journalFile } from '../journal/journal-file.ts';
import { walkJournal } from '../journal/recover-journal.ts';
import { zstdCompressor } from '../output/compressor.ts';
import type { FromSlot } from './link.ts';
import { Slot } from './slot.ts';

const secret = 'hunter2-hunter2';
const holding = { build: 7, fence: 1 };
const step = {
  limits: {},
  killGraceMs: 10_000,
  logBytesMax: 1024 ** 3,
  env: {},
  always: false,
};

function deploy(change: object = {}): PlannedStep {
  return {
    ...step,
    kind: 'sh',
    name: 'deploy',
    command: { args: ['deploy'] },
    folder: '.',
    separateStreams: false,
    env: { TOKEN: ['Bearer ', { secret: 'token' }] },
    ...change,
  };
}

interface Ran {
  readonly disk: MemoryDisk;
  readonly platform: ScriptedPlatform;
  readonly facts: readonly Fact[];
  /** Of all logs, one after the other. */
  readonly text: string;
}

async function run(
  steps: readonly PlannedStep[],
  acts: readonly Act[],
  given: Pick<RunOrder, 'secrets' | 'missingSecrets'>,
): Promise<Ran> {
  const clock = new FakeClock();
  const disk = new MemoryDisk();
  const platform = new ScriptedPlatform(clock, () => acts);
  const slot = new Slot(
    { clock, disk, platform, locks: new MemoryLocks(), compress: zstdCompressor },
    {
      slot: 0,
      worker: 'local',
      spoolId: 'spool',
      spool: '/spool',
      data: '/data',
      environment: { PATH: '/bin' },
      spoolBytesMax: 1024 ** 2,
    },
  );
  const said: FromSlot[] = [];
  const events = slot.accept({
    send: (message) => {
      said.push(JSON.parse(String(message)) as FromSlot);
      return true;
    },
    close: () => undefined,
  });
  const plan: Plan = {
    version: 1,
    properties: {},
    env: {},
    secrets: ['token'],
    steps,
    onSilence: 'retry',
    lostAfterMs: 120_000,
  };
  const order = {
    ...holding,
    slot: 0,
    planHash: 'ab'.repeat(32),
    plan,
    builder: 'linux',
    number: 1,
    ...given,
  };
  events.onMessage(JSON.stringify({ type: 'run', order }));
  await clock.runUntil(() => slot.build === undefined);
  expect(JSON.stringify(said)).not.toContain(secret);
  const file = journalFile('/spool', holding);
  const facts: Fact[] = [];
  walkJournal(disk.open(file.path), file.base, file.base, ({ fact }) => facts.push(fact));
  const text = facts
    .map((fact) => (fact.kind === 'log-chunk' ? zstdDecompressSync(fact.data).toString() : ''))
    .join('');
  return { disk, platform, facts, text };
}

const json = (facts: readonly Fact[]): string =>
  JSON.stringify(facts.filter(({ kind }) => kind !== 'log-chunk'));

describe('a slot with a secret', () => {
  test('gives it to the command, and to nobody else', async () => {
    const acts: Act[] = [
      { do: 'print', bytes: `with hunter2-` },
      { do: 'wait', ms: 2_000 },
      { do: 'print', bytes: `hunter2 and ${Buffer.from(`ann:${secret}`).toString('base64')}\nhunter2-` },
    ];
    const { disk, platform, facts, text } = await run([deploy()], acts, { secrets: { token: secret } });
    expect(platform.started[0]?.env['TOKEN']).toBe(`Bearer ${secret}`);
    expect(platform.started[0]?.args.join(' ')).not.toContain(secret);
    expect(text).toMatch(/^with \*\*\* and .*\*\*\*.*\nhunter2-$/);
    expect(json(facts)).not.toContain(secret);
    expect(facts.at(-1)).toEqual({ kind: 'build-finished', result: 'success' });
    for (const bytes of disk.copy('/').files.values())
      expect(Buffer.from(bytes).includes(secret)).toBe(false);
  });

  test('has it masked in what is captured, linked and complained about', async () => {
    const steps: PlannedStep[] = [
      deploy({ captures: [{ property: 'said' }] }),
      {
        ...step,
        kind: 'link',
        name: 'link',
        label: `at ${secret}`,
        url: `https://example.org/?key=${secret}`,
      },
      { ...step, kind: 'set-property', name: 'set', property: 'kept', value: { constant: secret } },
      deploy({ name: 'gone', folder: `../${secret}` }),
    ];
    const { facts } = await run(steps, [{ do: 'print', bytes: secret }], { secrets: { token: secret } });
    expect(json(facts)).not.toContain(secret);
    expect(facts).toContainEqual({ kind: 'property-set', step: 0, name: 'said', value: '***' });
    expect(facts).toContainEqual({ kind: 'property-set', step: 2, name: 'kept', value: '***' });
    expect(facts).toContainEqual({
      kind: 'link-added',
      step: 1,
      url: 'https://example.org/?key=***',
    });
    expect(facts.at(-1)).toMatchObject({
      result: 'exception',
      reason: 'plan-failed',
      message: expect.stringContaining('../***') as string,
    });
  });

  test('does not begin a build whose secret the master does not have, and says why', async () => {
    const why = `The secret 'token' is missing: the environment variable TOKEN of the master is not set.`;
    const { facts, platform } = await run([deploy(), deploy({ name: 'more', always: true })], [], {
      missingSecrets: { token: why },
    });
    expect(platform.started).toEqual([]);
    expect(facts.at(-1)).toEqual({
      kind: 'build-finished',
      result: 'exception',
      reason: 'secret-missing',
      message: why,
    });
    expect(facts.filter(({ kind }) => kind === 'step-finished')).toHaveLength(2);
    const silent = await run([deploy()], [], {});
    expect(silent.facts.at(-1)).toMatchObject({ message: "The master did not give the secret 'token'." });
  });
});
