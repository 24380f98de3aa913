import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FirstErrors } from '@millrace/protocol/api/build-errors';
import type { BuildPlan } from '@millrace/protocol/api/build-plan';
import { ApiScene } from '@millrace/testkit/api-scene';
import { revisionOf } from '@millrace/testkit/rows';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

async function failedBuild(output: string | Uint8Array): Promise<number> {
  const build = await scene.rows.build({ builder: 'linux' });
  await build.startStep(0);
  const log = await build.openLog(0);
  await log.print(output);
  await log.close();
  await build.finishStep(0, 'failure', { exitCode: 1 });
  await build.finish('failure');
  return build.id;
}

const errorsOf = async (build: number): Promise<FirstErrors> =>
  (await scene.get(`/builds/${build}/errors`)).body;

test('a failed build tells why by the lines of its log that say so', async () => {
  const build = await failedBuild(
    'compiling\n\u001b[1ma.c:1:2: \u001b[31merror:\u001b[0m no such thing\n  | x\nmore\n',
  );
  expect(await errorsOf(build)).toEqual({
    step: 0,
    log: 1,
    kind: 'errors',
    items: [
      { line: 1, text: 'a.c:1:2: error: no such thing' },
      { line: 2, text: '  | x' },
      { line: 3, text: 'more' },
    ],
    wholeLog: true,
  });
});

test('one whose log has none shows its last lines; one that wrote nothing, none', async () => {
  const spoken = await failedBuild('one\n\ntwo');
  expect(await errorsOf(spoken)).toMatchObject({
    kind: 'last-lines',
    items: [
      { line: 0, text: 'one' },
      { line: 2, text: 'two' },
    ],
  });
  expect(await errorsOf(await failedBuild(''))).toMatchObject({
    step: 0,
    log: null,
    kind: 'none',
    items: [],
  });
});

test('a build that did not fail has nothing to tell', async () => {
  const build = await scene.rows.build({ builder: 'linux' });
  await build.finish('success');
  expect(await errorsOf(build.id)).toEqual({
    step: null,
    log: null,
    kind: 'none',
    items: [],
    wholeLog: true,
  });
});

test('of a long log the end is looked through, and lines keep their numbers', async () => {
  const line = `${'x'.repeat(1_023)}\n`;
  const build = await failedBuild(`error: too early to be seen\n${line.repeat(4_200)}error: the last word\n`);
  expect(await errorsOf(build)).toMatchObject({
    kind: 'errors',
    items: [{ line: 4_201, text: 'error: the last word' }],
    wholeLog: false,
  });
});

test('what is no text does no harm', async () => {
  const build = await failedBuild(Buffer.from([0xff, 0xfe, 0x00, 0x0a, ...Buffer.from('error: \u0007x\n')]));
  expect((await errorsOf(build)).items).toEqual([{ line: 1, text: 'error: x' }]);
});

test('the plan of a build is given as it was stored, but for credentials', async () => {
  const url = 'https://ann:secret@git.example.org/app.git';
  const source = { repository: 'app', branch: 'main', revision: revisionOf('b'), url };
  const build = await scene.rows.build({ builder: 'linux', source, properties: { colour: 'blue' } });
  const answer: BuildPlan = (await scene.get(`/builds/${build.id}/plan`)).body;
  expect(answer).toMatchObject({
    build: build.id,
    builder: 'linux',
    number: 1,
    plan: {
      version: 1,
      source: { url: 'https://git.example.org/app.git' },
      properties: { colour: 'blue' },
      steps: [{ kind: 'sh', name: 'compile' }, { name: 'test' }],
    },
  });
  expect((await scene.get('/builds/999/plan')).status).toBe(404);
});
