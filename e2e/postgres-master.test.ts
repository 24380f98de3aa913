import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { startPostgres } from '@millrace/testkit/postgres';
import { Fleet } from './harness/fleet.ts';
import { runMillrace } from './harness/run-millrace.ts';
import { until } from './harness/until.ts';

/* What is different for a master whose record is in a PostgreSQL: the database may be elsewhere, and away. */

const config = `import { builder, defineConfig, sh, worker } from 'millrace';
export default defineConfig({
  workers: [worker({ name: 'one' })],
  builders: [builder({ name: 'main', workers: ['one'], steps: () => [sh('true')] })],
});
`;

describe('a master on PostgreSQL', () => {
  test('goes on when its database was away; so does the build, and nothing of its log is missing', async () => {
    await using server = await startPostgres();
    const marks = fs.mkdtempSync('/tmp/millrace-e2e-');
    const gate = path.join(marks, 'gate');
    const copy = path.join(marks, 'copy');
    const printing = `while [ ! -e '${gate}' ]; do date; sleep 0.05; done | tee '${copy}'`;
    await using fleet = await Fleet.start({
      store: await server.createDatabaseUrl(),
      steps: `sh(${JSON.stringify(printing)}, { name: 'print' })`,
    });
    const request = await fleet.force();
    const build = await fleet.runningBuild(request);
    const log = await fleet.logId(build.id, 'output');
    await until('a part is recorded', async () => (await fleet.raw(log)).length > 100);

    await server.interrupt();
    const refused = await until('the master says so', async () => {
      const answer = await fetch(`${fleet.url}/api/v1/builds`);
      return answer.status === 503 && ((await answer.json()) as { code: string });
    });
    expect(refused.code).toBe('store-unreachable');
    const told = 'trouble: The database is not to be reached';
    await until('whoever runs it is told', () => fleet.output('master').includes(told));
    await server.resume();
    await until('the master answers', async () => (await fetch(`${fleet.url}/api/v1/builds`)).ok);
    fs.writeFileSync(gate, '');

    expect(await fleet.finishedRequest(request)).toMatchObject({ result: 'success', build: build.id });
    expect(sha256(await fleet.raw(log))).toBe(sha256(fs.readFileSync(copy)));
    fs.rmSync(marks, { recursive: true });
  });

  test('says what is wrong, and no password, when it cannot have its database', async () => {
    const folder = fs.mkdtempSync('/tmp/millrace-e2e-');
    fs.writeFileSync(path.join(folder, 'millrace.config.ts'), config);
    const master = (...args: readonly string[]) =>
      runMillrace(folder, ['master', '--port', '0', ...args], { MILLRACE_STORE: '' });
    const [away, open, wrong] = await Promise.all([
      master('--store', 'postgres://ci@127.0.0.1:1/builds'),
      master('--store', 'postgres://ci:secret@127.0.0.1:1/builds'),
      runMillrace(folder, ['master', '--port', '0'], { MILLRACE_STORE: 'mysql://ci:secret@db/builds' }),
    ]);
    expect(away).toMatchObject({ status: 1, stderr: expect.stringContaining('Is it running') });
    expect(away.stderr).toContain('"builds" on 127.0.0.1:1');
    expect(open).toMatchObject({ status: 1, stderr: expect.stringContaining('PGPASSWORD') });
    expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining('postgres://user@host') });
    for (const { stdout, stderr } of [open, wrong]) expect(stdout + stderr).not.toContain('secret');
    fs.rmSync(folder, { recursive: true });
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
