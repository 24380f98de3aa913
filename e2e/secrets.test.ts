import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bytesIn, filesBelow } from './harness/files-below.ts';
import { Fleet } from './harness/fleet.ts';
import { until } from './harness/until.ts';

const secret = 'hunter2 & hunter2';

/** Files below a folder that hold the secret, as it is. */
function filesWithSecret(folder: string): string[] {
  return filesBelow(folder)
    .map((name) => path.join(folder, name))
    .filter((file) => bytesIn(file).includes(secret));
}

test('a secret is in the hands of its step alone, whoever is killed and started again', async () => {
  const steps = `sh(
    'printf %s "$TOKEN" | sha256sum; echo "it is $TOKEN"; echo "$TOKEN" >&2; ' +
      'while ! test -e ../../../go; do sleep 0.05; done; echo "still $TOKEN"',
    { env: { TOKEN: secret('token') } },
  )`;
  await using fleet = await Fleet.start({ steps, secrets: { token: 'token-file' } });
  const file = path.join(fleet.folder, 'token-file');
  fs.writeFileSync(file, `${secret}\n`);
  const request = await fleet.force();
  const { id } = await fleet.runningBuild(request);
  const log = await fleet.logId(id, 'output');
  const text = async (): Promise<string> => Buffer.from(await fleet.raw(log)).toString();
  await until('it has said it', async () => (await text()).split('***').length > 2);
  fleet.kill('agent');
  await fleet.connected();
  expect(filesWithSecret(fleet.folder)).toEqual([file]);
  fs.writeFileSync(path.join(fleet.folder, 'go'), '');
  await fleet.finishedRequest(request);
  const [build] = await fleet.buildsOf(request);
  expect(build).toMatchObject({ result: 'success' });
  const said = await text();
  // What the step had is the secret, of which sha256sum knows the value without printing it.
  expect(said).toMatch(/^[0-9a-f]{64}  -\nit is \*\*\*\n\*\*\*\nstill \*\*\*\n$/);
  expect(filesWithSecret(fleet.folder)).toEqual([file]);
  const asked = [`/builds/${id}`, `/builds/${id}/steps`, '/events?limit=500', '/builders', '/requests'];
  for (const route of asked) expect(JSON.stringify(await fleet.get(route))).not.toContain('hunter2');
  fs.rmSync(file);
  const without = await fleet.force();
  await fleet.finishedRequest(without);
  expect((await fleet.buildsOf(without))[0]).toMatchObject({
    result: 'exception',
    reason: 'secret-missing',
    message: `The secret 'token' cannot be had: the file ${file} on the master cannot be read (ENOENT).`,
  });
});
