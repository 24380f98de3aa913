import { describe, expect, test } from 'vitest';
import { parseStoreUrl, shownPlace } from './store-url.ts';

describe("a store's URL", () => {
  test('names host, port, database and user, and whether there is a password', () => {
    expect(parseStoreUrl('postgres://ci:p%40ss@db.example.org:6000/builds')).toEqual({
      host: 'db.example.org',
      port: '6000',
      database: 'builds',
      user: 'ci',
      hasPassword: true,
    });
    expect(parseStoreUrl('postgresql://ci@[::1]/builds').hasPassword).toBe(false);
    expect(parseStoreUrl('postgres://h/builds?password=x').hasPassword).toBe(true);
  });

  test('may lead to a folder of sockets', () => {
    for (const url of ['postgres:///builds?host=/run/pg&user=ci', 'postgres://ci@/builds?host=/run/pg'])
      expect(parseStoreUrl(url)).toMatchObject({ host: '/run/pg', database: 'builds', user: 'ci' });
  });

  test('is shown without user and password', () => {
    expect(shownPlace(parseStoreUrl('postgres://ci:secret@db:6000/builds'))).toBe(
      'the database "builds" on db:6000',
    );
  });

  test('that is none is refused without being repeated', () => {
    for (const url of [
      'mysql://ci:secret@db/builds',
      'postgres://ci:secret@db',
      'secret',
      'host=db secret',
    ]) {
      expect(() => parseStoreUrl(url)).toThrow(/postgres:\/\/user@host:port\/database/);
      expect(() => parseStoreUrl(url)).not.toThrow(/secret/);
    }
  });
});
