import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import type { Plan } from '@millrace/protocol/plan';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Config } from './config.ts';
import { OrderSecrets } from './order-secrets.ts';
import type { SecretSource } from './source-config.ts';

describe('the secrets of an order', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-secrets-'));
  });

  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  function orderSecrets(sources: Readonly<Record<string, SecretSource>>): OrderSecrets {
    const config = {
      secrets: Object.entries(sources).map(([name, source]) => ({
        name,
        source,
        builders: ['*'],
        trust: ['default'],
      })),
      repositories: [
        {
          name: 'app',
          credentials: {
            sshKeyFile: path.join(folder, 'key'),
            knownHostsFile: null,
            username: null,
            password: { file: path.join(folder, 'password') },
          },
        },
      ],
    } as unknown as Config;
    return new OrderSecrets({ get: () => config });
  }

  function orderOf(...secrets: string[]): { plan: Plan } {
    return {
      plan: { version: 1, properties: {}, env: {}, steps: [], secrets, onSilence: 'retry', lostAfterMs: 1 },
    };
  }

  function file(name: string, text: string): SecretSource {
    fs.writeFileSync(path.join(folder, name), text);
    return { file: path.join(folder, name) };
  }

  test('are read from files anew each time, without the line feed at the end', () => {
    const secrets = orderSecrets({ token: file('token', 'hunter2-1\n') });
    expect(secrets.of(orderOf('token'))).toEqual({ secrets: { token: 'hunter2-1' }, missingSecrets: {} });
    file('token', 'line one\nline two\n');
    expect(secrets.of(orderOf('token')).secrets).toEqual({ token: 'line one\nline two' });
    expect(secrets.of({ plan: { ...orderOf().plan } })).toEqual({});
  });

  test('of a repository are its key and its password', () => {
    file('key', 'a private key');
    file('password', 'hunter2-2');
    expect(orderSecrets({}).of(orderOf('app:ssh-key', 'app:password')).secrets).toEqual({
      'app:ssh-key': 'a private key',
      'app:password': 'hunter2-2',
    });
    expect(orderSecrets({}).of(orderOf('lib:password')).missingSecrets).toEqual({
      'lib:password':
        "The secret 'lib:password' cannot be had: the config of the master does not have it any more.",
    });
  });

  test('that cannot be had say why, and nothing of their value', () => {
    execFileSync('mkfifo', [path.join(folder, 'fifo')]);
    const sources = {
      unset: { env: 'MILLRACE_TEST_NO_SUCH_VARIABLE' },
      gone: { file: path.join(folder, 'gone') },
      folder: { file: folder },
      fifo: { file: path.join(folder, 'fifo') },
      short: file('short', 'abc'),
      long: file('long', 'x'.repeat(70_000)),
      longer: file('longer', 'x'.repeat(200_000)),
      nul: file('nul', 'hunter2\0hunter2'),
    };
    const { secrets, missingSecrets = {} } = orderSecrets(sources).of(orderOf(...Object.keys(sources)));
    expect(secrets).toEqual({});
    const whys = Object.fromEntries(
      Object.entries(missingSecrets).map(([name, why]) => [name, why.replace(/^.*cannot be had: /, '')]),
    );
    expect(whys).toEqual({
      unset: 'the environment variable MILLRACE_TEST_NO_SUCH_VARIABLE of the master is not set.',
      gone: `the file ${folder}/gone on the master cannot be read (ENOENT).`,
      folder: `${folder} on the master is no file.`,
      fifo: `${folder}/fifo on the master is no file.`,
      short: 'it has fewer than 6 bytes, and could not be masked in logs.',
      long: 'it has more than 65536 bytes.',
      longer: 'it has more than 65536 bytes.',
      nul: 'there is a NUL in it, which no environment can hold.',
    });
    expect(JSON.stringify(missingSecrets)).not.toContain('hunter2');
  });

  test('are bounded together', () => {
    const sources = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`s${index}`, file(`s${index}`, 'y'.repeat(60_000))]),
    );
    const { secrets = {}, missingSecrets = {} } = orderSecrets(sources).of(orderOf(...Object.keys(sources)));
    expect(Object.keys(secrets)).toHaveLength(17);
    expect(Object.values(missingSecrets)[0]).toContain('more than 1048576 bytes');
  });
});
