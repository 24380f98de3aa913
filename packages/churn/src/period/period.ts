import { ChurnError } from '../churn-error.ts';
import { TimeZone } from './time-zone.ts';

const dayMs = 86_400_000;

/** A span of time, from `sinceMs` on and before `untilMs`. */
export interface Period {
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly zone: TimeZone;
  /** The first calendar day that it touches, and how many it touches, in its zone. */
  readonly firstDay: number;
  readonly days: number;
}

export interface PeriodOptions {
  /** The first moment, `2023-01-01` or `2023-01-01T06:30[:00][Z|+02:00]` or a Date. A year before `until` by default. */
  readonly since?: string | Date | undefined;
  /** The first moment that is not counted any more. The coming midnight by default. */
  readonly until?: string | Date | undefined;
  /** For dates without a zone and for calendar days. UTC by default. */
  readonly timeZone?: string | undefined;
}

/**
 * A period from what a person wrote. A day alone means its first moment, so `2023-01-01` to `2024-01-01` is
 * the year 2023.
 *
 * @throws ChurnError `invalid-date`, `invalid-time-zone`, `period-turned-round`
 */
export function periodOf(options: PeriodOptions, nowMs: number): Period {
  const zone = new TimeZone(options.timeZone ?? 'UTC');
  const untilMs =
    options.until === undefined
      ? zone.instantOf((zone.dayOf(nowMs) + 1) * dayMs)
      : instant('until', options.until, zone);
  const sinceMs =
    options.since === undefined ? yearBefore(untilMs, zone) : instant('since', options.since, zone);
  if (sinceMs >= untilMs) {
    const [since, until] = [new Date(sinceMs).toISOString(), new Date(untilMs).toISOString()];
    throw new ChurnError('period-turned-round', `since (${since}) must be before until (${until})`);
  }
  const firstDay = zone.dayOf(sinceMs);
  return { sinceMs, untilMs, zone, firstDay, days: zone.dayOf(untilMs - 1) - firstDay + 1 };
}

/** Whether an instant lies in the period. */
export function isIn(period: Period, instantMs: number): boolean {
  return instantMs >= period.sinceMs && instantMs < period.untilMs;
}

function yearBefore(untilMs: number, zone: TimeZone): number {
  const clock = new Date(untilMs + zone.offsetMs(untilMs));
  clock.setUTCFullYear(clock.getUTCFullYear() - 1);
  return zone.instantOf(clock.getTime());
}

const written =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

function instant(field: 'since' | 'until', value: string | Date, zone: TimeZone): number {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw invalid(field, 'an invalid Date');
    return value.getTime();
  }
  const match = written.exec(value.trim());
  if (match === null) throw invalid(field, JSON.stringify(value));
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', offset] = match;
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const clock = new Date(0);
  clock.setUTCFullYear(parts[0], parts[1] - 1, parts[2]);
  clock.setUTCHours(parts[3], parts[4], parts[5], Number(fraction.padEnd(3, '0')));
  const read = [clock.getUTCFullYear(), clock.getUTCMonth() + 1, clock.getUTCDate(), clock.getUTCHours()];
  if (parts.slice(0, 4).some((part, index) => part !== read[index]) || parts[4] > 59 || parts[5] > 59) {
    throw invalid(field, JSON.stringify(value)); // the 31st of June, 25 o'clock
  }
  return offset === undefined ? zone.instantOf(clock.getTime()) : clock.getTime() - offsetMs(offset);
}

function offsetMs(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function invalid(field: string, got: string): ChurnError {
  const expected = 'expected a date such as 2023-01-01, 2023-01-01T06:30 or 2023-01-01T06:30+02:00';
  return new ChurnError('invalid-date', `${field}: ${expected}, got ${got}`);
}
