import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Events } from '@millrace/protocol/api/events';
import { KillCase } from './harness/kill-case.ts';
import { until } from './harness/until.ts';

test('a backup that is taken while a build prints is put back whole, and the build goes on under the restored master', async () => {
  await using build = await KillCase.start({ share: 0.5 });
  const { fleet } = build;
  const [backup, broken] = ['backup', 'broken'].map((name) => path.join(fleet.folder, name));
  const data = path.join(fleet.folder, 'master');
  const taken = await fleet.cli('backup', String(backup), '--data', data);
  expect(taken, taken.stderr).toMatchObject({ status: 0 });
  const linesThen = await fleet.steps(build.build.id);
  const logThen = sha256((await fleet.raw(build.log)).slice(0, 1000));
  const { nextCursor } = await fleet.get<Events>('/events?limit=1000');
  fleet.killMaster();

  const whole = await fleet.cli('backup', 'verify', String(backup));
  expect(whole, whole.stderr).toMatchObject({ status: 0, stdout: expect.stringContaining('1 builds') });
  expect(await fleet.cli('restore', String(backup), '--data', data)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('overwrites nothing'),
  });
  fs.cpSync(String(backup), String(broken), { recursive: true });
  const segment = path.join(String(broken), 'segments', '1.seg');
  const bytes = fs.readFileSync(segment);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  fs.writeFileSync(segment, bytes);
  expect(await fleet.cli('backup', 'verify', String(broken))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('segments/1.seg is not what was backed up'),
  });
  const restored = path.join(fleet.folder, 'restored');
  expect(await fleet.cli('restore', String(broken), '--data', restored)).toMatchObject({ status: 1 });
  expect(fs.existsSync(restored)).toBe(false);

  const put = await fleet.cli('restore', String(backup), '--data', restored);
  expect(put, put.stderr).toMatchObject({ status: 0 });
  await fleet.startMaster(restored);
  const refused = await fetch(`${fleet.url}/api/v1/events?after=${nextCursor}`, {
    headers: { accept: 'application/json' },
  });
  expect(refused.status).toBe(410);
  expect((await fleet.steps(build.build.id)).length).toBe(linesThen.length);
  expect(sha256((await fleet.raw(build.log)).slice(0, 1000))).toBe(logThen);
  // What was printed since comes from the worker's journal, from the restored position on.
  const request = await fleet.finishedRequest(build.request);
  expect(request).toMatchObject({ result: 'success', build: build.build.id });
  expect(sha256(await fleet.raw(build.log))).toBe(sha256(build.printed()));

  const again = await fleet.force();
  await until('another build runs', async () => (await fleet.buildsOf(again)).length === 1);
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
