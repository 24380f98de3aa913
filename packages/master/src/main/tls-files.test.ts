import { describe, expect, test } from 'vitest';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { testCertificate } from '@millrace/testkit/test-certificate';
import { TlsKeeper } from './tls-keeper.ts';
import { readTls } from './tls-files.ts';
import type { TlsMaterial } from './tls-files.ts';

const files = { cert: '/tls/cert.pem', key: '/tls/key.pem' };
const hour = 3_600_000;
const now = Date.UTC(2026, 5, 1);
const from = now - hour;
const until = now + hour;
const good = testCertificate({ name: 'ci', hosts: ['ci.example.org', '127.0.0.1'], from, until });
const other = testCertificate({ name: 'other', from, until: now + 100 * 24 * hour });

const reader =
  (disk: Readonly<Record<string, string | undefined>>) =>
  (file: string): string => {
    const text = disk[file];
    if (text === undefined) throw new Error('ENOENT: no such file or directory');
    return text;
  };
const read = (cert: string | undefined, key: string | undefined, at = now) =>
  readTls(files, reader({ [files.cert]: cert, [files.key]: key }), at);

describe('files for TLS', () => {
  test('a certificate and its key are served until it expires, by its first name', () => {
    expect(read(good.cert, good.key)).toMatchObject({ expiresAt: until, name: 'ci.example.org' });
    expect(read(other.cert, other.key).name).toBe('other');
  });

  test.each([
    ['a certificate that is missing', undefined, good.key, now, '/tls/cert.pem cannot be read: ENOENT'],
    ['a key that is missing', good.cert, undefined, now, '/tls/key.pem cannot be read: ENOENT'],
    ['files the wrong way round', good.key, good.cert, now, '/tls/cert.pem holds no certificate in PEM'],
    ['a key that is none', good.cert, 'x', now, '/tls/key.pem holds no private key in PEM'],
    ['the key of another', good.cert, other.key, now, 'is not that of the certificate in /tls/cert.pem'],
    ['one that has expired', good.cert, good.key, until, 'expired on 2026-06-01 01:00 UTC'],
    ['a clock that is behind', good.cert, good.key, from - hour, 'is the clock right?'],
  ])('%s is told with its file', (_what, cert, key, at, sentence) => {
    expect(() => read(cert, key, at)).toThrow(sentence);
  });
});

describe('a certificate that is renewed', () => {
  test('is served once both files are there, and half of a pair changes nothing', async () => {
    const clock = new FakeClock(now);
    const disk: Record<string, string> = { [files.cert]: good.cert, [files.key]: good.key };
    const served: TlsMaterial[] = [];
    const troubles: unknown[] = [];
    const lines: string[] = [];
    const keeper = new TlsKeeper({
      files,
      clock,
      read: reader(disk),
      serve: (material) => served.push(material),
      log: (line) => lines.push(line),
      onTrouble: (error) => troubles.push(error),
    });
    const stop = new AbortController();
    const running = keeper.run(stop.signal);
    expect(lines).toEqual([expect.stringContaining('expires on 2026-06-01 01:00 UTC: renew it')]);
    disk[files.cert] = other.cert;
    await clock.advance(10_000);
    expect(served).toEqual([]);
    expect(String(troubles[0])).toContain('is not that of the certificate');
    disk[files.key] = other.key;
    await clock.advance(10_000);
    expect(served.map(({ cert }) => cert)).toEqual([other.cert]);
    expect(lines[1]).toContain('was read anew');
    await clock.advance(60_000);
    expect(served).toHaveLength(1);
    stop.abort();
    await running;
    expect(clock.pending).toBe(0);
  });
});
