import { describe, expect, test } from 'vitest';
import { MillraceError } from '@millrace/kernel/errors';
import { refuseOldServer, tellOpeningError } from './opening-errors.ts';

const place = 'the database "ci" on db:5432';
const coded = (code: string): Error => Object.assign(new Error('what it said'), { code });

describe('a database that cannot be opened', () => {
  test.each([
    ['28P01', 'store-refused', 'PGPASSWORD'],
    ['28000', 'store-refused', 'pg_hba.conf'],
    ['3D000', 'store-missing', 'createdb'],
    ['42501', 'store-forbidden', 'grant'],
    ['25006', 'store-read-only', 'standby'],
    ['ECONNREFUSED', 'store-unreachable', 'what it said'],
    ['ENOTFOUND', 'store-unreachable', 'what it said'],
    ['57P03', 'store-unreachable', 'what it said'],
  ])('%s is told as %s, with its place and what to do', (code, told, what) => {
    const error = tellOpeningError(coded(code), place);
    expect(error).toMatchObject({ code: told, message: expect.stringContaining(place) });
    expect(error).toMatchObject({ message: expect.stringContaining(what) });
  });

  test('a password that is wanted and was not given is told as one that is wrong', () => {
    const error = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string');
    expect(tellOpeningError(error, place)).toMatchObject({ code: 'store-refused' });
  });

  test('all addresses of a name are told', () => {
    const error = Object.assign(new AggregateError([new Error('::1 no'), new Error('127.0.0.1 no')]), {
      code: 'ECONNREFUSED',
    });
    expect(tellOpeningError(error, place)).toMatchObject({
      message: expect.stringContaining('::1 no; 127.0.0.1 no'),
    });
  });

  test('what explains itself stays what it is', () => {
    const error = new MillraceError('schema-too-new', 'later');
    expect(tellOpeningError(error, place)).toBe(error);
  });

  test('an old PostgreSQL is refused', () => {
    expect(() => refuseOldServer(120_004)).toThrow(/PostgreSQL 12.*13/);
    refuseOldServer(130_000);
  });
});
