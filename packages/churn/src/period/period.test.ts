import { describe, expect, test } from 'vitest';
import { periodOf } from './period.ts';
import { TimeZone } from './time-zone.ts';

const now = Date.parse('2026-05-20T13:00:00Z');
const ends = (since: string | undefined, until: string | undefined, timeZone?: string) => {
  const period = periodOf({ since, until, timeZone }, now);
  return [new Date(period.sinceMs).toISOString(), new Date(period.untilMs).toISOString(), period.days];
};

describe('periodOf', () => {
  test('is the year up to the coming midnight where nothing is said', () => {
    expect(ends(undefined, undefined)).toEqual(['2025-05-21T00:00:00.000Z', '2026-05-21T00:00:00.000Z', 365]);
    expect(ends(undefined, '2024-02-29')).toEqual([
      '2023-03-01T00:00:00.000Z',
      '2024-02-29T00:00:00.000Z',
      365,
    ]);
  });

  test('a day is its first moment in the zone, a time may bring its own', () => {
    expect(ends('2023-01-01', '2024-01-01', 'Asia/Kolkata').slice(0, 1)).toEqual([
      '2022-12-31T18:30:00.000Z',
    ]);
    expect(ends('2023-01-01T06:30', '2024-01-01')[0]).toBe('2023-01-01T06:30:00.000Z');
    expect(ends('2023-01-01 06:30:15.5+02:00', '2024-01-01')[0]).toBe('2023-01-01T04:30:15.500Z');
    expect(ends('2023-01-01T06:30Z', '2024-01-01', '-08:00')[0]).toBe('2023-01-01T06:30:00.000Z');
  });

  test('counts the calendar days that it touches, also where clocks are changed', () => {
    expect(ends('2023-03-26', '2023-03-27', 'Europe/Berlin')).toEqual([
      '2023-03-25T23:00:00.000Z',
      '2023-03-26T22:00:00.000Z',
      1,
    ]);
    expect(ends('2023-03-26T23:59', '2023-03-27T00:01')[2]).toBe(2);
    expect(ends('2011-12-29', '2012-01-01', 'Pacific/Apia')[2]).toBe(3); // the 30th was skipped there
  });

  test.each([
    '',
    'yesterday',
    '2023-13-01',
    '2023-02-30',
    '2023-01-01T24:30',
    '2023-01-01T10:61',
    '20230101',
  ])('%j is no date', (since) =>
    expect(() => periodOf({ since }, now)).toThrow(expect.objectContaining({ code: 'invalid-date' })),
  );

  test('a period turned round, or of no length, is refused', () => {
    for (const since of ['2024-01-02', '2024-01-01']) {
      const turned = expect.objectContaining({ code: 'period-turned-round' });
      expect(() => periodOf({ since, until: '2024-01-01' }, now)).toThrow(turned);
    }
    expect(() => periodOf({ since: new Date(Number.NaN) }, now)).toThrow(
      expect.objectContaining({ code: 'invalid-date' }),
    );
    expect(() => new TimeZone('Mars/Olympus')).toThrow(
      expect.objectContaining({ code: 'invalid-time-zone' }),
    );
  });
});

test('a clock time that is shown twice is the first, a skipped one an hour later', () => {
  const berlin = new TimeZone('Europe/Berlin');
  const at = (clock: string) => new Date(berlin.instantOf(Date.parse(`${clock}Z`))).toISOString();
  expect(at('2023-10-29T02:30:00')).toBe('2023-10-29T00:30:00.000Z');
  expect(at('2023-03-26T02:30:00')).toBe('2023-03-26T01:30:00.000Z');
});
