import { expect, test } from 'vitest';
import type { Build, Step } from '@millrace/protocol/api/builds';
import type { Builder } from '@millrace/protocol/api/builders';
import { latestOfEach } from '../pages/builds/latest-of-each.ts';
import { logOfInterest, stepWords } from './step-words.ts';
import { factsText } from '../pages/workers/facts-text.ts';
import { stepOfInterest } from '../pages/build/step-of-interest.ts';
import { buildSentence } from './build-sentence.ts';
import { estimate } from './estimate.ts';
import { failingSince } from './failing-since.ts';
import { forceCommand } from './force-command.ts';
import { personName } from './person-name.ts';
import { parseProperties } from './parse-properties.ts';

const build = (over: Partial<Build> = {}): Build => ({
  id: 17,
  builder: 'linux',
  number: 17,
  request: 12,
  fence: 1,
  state: 'finished',
  result: 'success',
  reason: null,
  message: null,
  worker: 'w1',
  slot: 0,
  repository: 'app',
  branch: 'main',
  revision: 'abc',
  generation: 'g',
  startedAt: 0,
  finishedAt: 60_000,
  cancelling: false,
  silent: false,
  subject: null,
  ...over,
});
const step = (over: Partial<Step>): Step => ({
  index: 0,
  name: 'test',
  kind: 'sh',
  state: 'finished',
  result: 'success',
  reason: null,
  message: null,
  exitCode: 0,
  signal: null,
  warnings: 0,
  tries: [],
  command: null,
  links: [],
  startedAt: 0,
  finishedAt: 1,
  logs: [],
  ...over,
});

test('a build says in a sentence how it does and why', () => {
  const said = (over: Partial<Build>, steps: Partial<Step>[] = []): string =>
    buildSentence(build(over), steps.map(step));
  const running = { state: 'running', result: null } as const;
  expect(said({})).toBe('All steps succeeded.');
  expect(said({ result: 'failure' }, [{}, { name: 'unit', result: 'failure', exitCode: 3 }])).toBe(
    '“unit” failed with exit code 3.',
  );
  expect(
    said({ result: 'failure', reason: 'timed-out', message: 'no output for 20 min' }, [
      { result: 'failure', reason: 'timed-out' },
    ]),
  ).toBe('“test” ran out of time (no output for 20 min).');
  expect(said({ result: 'exception', reason: 'slot-lost' })).toBe(
    'Could not be built: the process that ran it died.',
  );
  expect(said({ result: 'cancelled', reason: 'cancelled', message: 'Somebody asked for it.' })).toBe(
    'Somebody asked for it.',
  );
  expect(said({ result: 'cancelled', reason: 'master-stopped' })).toBe(
    'Millrace was stopped; it is queued again.',
  );
  expect(said(running, [{}, { index: 1, name: 'unit', state: 'running', result: null }])).toBe(
    'Runs “unit”, step 2 of 2.',
  );
  expect(said({ ...running, cancelling: true })).toContain('Being cancelled');
  expect(said({ ...running, silent: true })).toContain('w1 has not been heard of');
});

test('a build fails since the first of an unbroken row; what says nothing about the code does not break it', () => {
  const history = [
    build({ number: 20, result: 'failure' }),
    build({ number: 19, result: 'cancelled' }),
    build({ number: 18, result: 'failure' }),
    build({ number: 17, result: 'exception' }),
    build({ number: 16, result: 'warnings' }),
    build({ number: 15, result: 'failure' }),
  ];
  const newest = build({ number: 21, result: 'failure' });
  expect(failingSince([newest, ...history], newest)).toMatchObject({
    first: { number: 18 },
    failures: 3,
    lastGood: { number: 16 },
  });
  expect(failingSince(history.slice(0, 3), newest)).toMatchObject({
    first: { number: 18 },
    lastGood: undefined,
  });
  expect(failingSince(history, build({ number: 21 }))).toBeUndefined();
});

test('an estimate is the median of what went through, and says how sure it is', () => {
  const took = (ms: number, result: Build['result'] = 'success'): Build => build({ finishedAt: ms, result });
  expect(estimate([took(1, 'failure')])).toBeUndefined();
  expect(estimate([took(50_000), took(10, 'failure'), took(60_000), took(90_000, 'warnings')])).toEqual({
    ms: 60_000,
    builds: 3,
    spreadMs: 40_000,
  });
});

test('the newest telling build of each builder says whether it is well', () => {
  const builder = (name: string, over: Partial<Builder> = {}): Builder =>
    ({ name, branch: 'main', lastBuild: null, ...over }) as Builder;
  const recent = [
    build({ id: 9, state: 'running', result: null }),
    build({ id: 8, branch: 'other', result: 'failure' }),
    build({ id: 7, result: 'cancelled' }),
    build({ id: 6, result: 'warnings' }),
  ];
  const latest = latestOfEach(
    [builder('linux'), builder('docs', { lastBuild: build({ id: 3, builder: 'docs' }) }), builder('new')],
    recent,
  );
  expect([...latest].map(([name, found]) => [name, found.id])).toEqual([
    ['linux', 6],
    ['docs', 3],
  ]);
});

test('the step that is open by itself is the one that matters', () => {
  const names = (...steps: Partial<Step>[]): string | undefined => stepOfInterest(steps.map(step))?.name;
  expect(names({ name: 'a' }, { name: 'b', state: 'running', result: null })).toBe('b');
  expect(
    names(
      { name: 'a', result: 'warnings' },
      { name: 'b', result: 'failure' },
      { name: 'c', result: 'skipped' },
    ),
  ).toBe('b');
  expect(names({ name: 'a', result: 'warnings' }, { name: 'b' })).toBe('a');
  expect(names()).toBeUndefined();
});

test('the command that does the same is safe in a shell', () => {
  expect(forceCommand({ builder: 'linux', branch: 'main', revision: 'abc123' })).toBe(
    'millrace force linux --branch main --revision abc123',
  );
  expect(
    forceCommand({
      builder: 'my linux',
      branch: "it's; rm -rf",
      revision: null,
      properties: [{ name: 'a', value: '$(b)' }],
    }),
  ).toBe(`millrace force 'my linux' --branch 'it'\\''s; rm -rf' --property 'a=$(b)'`);
});

test('properties are lines of name=value, and one that is none is told', () => {
  expect(parseProperties('a=1\n\n b=x=y')).toEqual({
    kind: 'parsed',
    properties: [
      { name: 'a', value: '1' },
      { name: 'b', value: 'x=y' },
    ],
  });
  expect(parseProperties('a=1\nnothing')).toMatchObject({
    kind: 'wrong',
    message: expect.stringContaining('“nothing”'),
  });
});

test('a person is told by name, without the address', () => {
  expect(personName('Ada Noor <ada@example.org>')).toBe('Ada Noor');
  expect(personName('ada')).toBe('ada');
  expect(personName('<ada@example.org>')).toBe('<ada@example.org>');
});

test('a worker tells its facts in words', () => {
  const facts = { os: 'linux', architecture: 'x64', hostname: 'ash', cpus: 2, memoryBytes: 25_276_514_304 };
  expect(factsText({ ...facts, version: '0.1.0' })).toBe(
    'linux x64 · ash · 2 processors · 24 GiB memory · millrace 0.1.0',
  );
  expect(
    factsText({
      ...facts,
      cpus: 1,
      version: '0.1.0',
      release: '6.12',
      image: 'Debian 13',
      tools: { git: '2.50' },
    }),
  ).toBe('Debian 13 · linux 6.12 x64 · ash · 1 processor · 24 GiB memory · git 2.50 · millrace 0.1.0');
});

test('a step says why it is as it is, and what its mark does not tell', () => {
  const said = (over: Partial<Step>): string | undefined => stepWords(step(over));
  const ended = { result: 'failure', reason: null, signal: null, endedAt: 0, nextInMs: 1 } as const;
  const first = { ...ended, try: 1, message: null, exitCode: 1 };
  expect(said({})).toBeUndefined();
  expect(said({ result: 'skipped', message: 'Nothing but docs changed.' })).toBe('Nothing but docs changed.');
  expect(said({ result: 'failure', exitCode: 3 })).toBe('exit code 3');
  expect(said({ result: 'failure', reason: 'timed-out', message: 'Too slow.' })).toBe('timed out: Too slow.');
  expect(said({ result: 'failure', exitCode: 0, message: 'No version.' })).toBe('No version.');
  expect(said({ result: 'warnings', warnings: 1_200 })).toBe('1,200 warnings');
  expect(said({ tries: [first] })).toBe('tried 2 times');
  expect(said({ state: 'running', result: null, exitCode: null, tries: [first] })).toBe(
    'try 2, after failure',
  );
});

test('of a step that was tried again, the log of the last try is of interest', () => {
  const log = (name: string) =>
    ({ id: 1, name, stream: 'combined', state: 'closed', lines: 0, bytes: 0, expired: null }) as const;
  const tried = {
    try: 1,
    result: 'failure',
    reason: null,
    message: null,
    exitCode: 1,
    signal: null,
    endedAt: 0,
    nextInMs: 1,
  } as const;
  const logs = [log('output'), log('output (try 2)')];
  expect(logOfInterest(step({ logs, tries: [tried] }))?.name).toBe('output (try 2)');
  expect(logOfInterest(step({ logs: [log('output')] }))?.name).toBe('output');
  expect(logOfInterest(step({ logs: [] }))).toBeUndefined();
});
