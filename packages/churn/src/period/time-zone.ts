import { ChurnError } from '../churn-error.ts';

const dayMs = 86_400_000;

/** Calendar days and clock times of one zone: `UTC`, an IANA name or an offset such as `+05:30`. */
export class TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  /** @throws ChurnError `invalid-time-zone` */
  constructor(name: string) {
    this.name = name;
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
        era: 'short',
      });
    } catch (cause) {
      const expected = 'expected UTC, a name such as Europe/Berlin, or an offset such as +05:30';
      throw new ChurnError('invalid-time-zone', `time zone ${JSON.stringify(name)}: ${expected}`, cause);
    }
  }

  /** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
  offsetMs(instantMs: number): number {
    if (this.name === 'UTC') return 0;
    const wholeSecondMs = Math.floor(instantMs / 1000) * 1000;
    const part: Record<string, string> = {};
    for (const { type, value } of this.#format.formatToParts(wholeSecondMs)) part[type] = value;
    const year = part['era'] === 'BC' ? 1 - Number(part['year']) : Number(part['year']);
    const clock = new Date(0);
    clock.setUTCFullYear(year, Number(part['month']) - 1, Number(part['day']));
    clock.setUTCHours(Number(part['hour']), Number(part['minute']), Number(part['second']));
    return clock.getTime() - wholeSecondMs;
  }

  /** The calendar day of an instant, counted from 1970-01-01. */
  dayOf(instantMs: number): number {
    return Math.floor((instantMs + this.offsetMs(instantMs)) / dayMs);
  }

  /**
   * The instant at which the zone's clocks show a time, given as if it were UTC. Of a time that is shown
   * twice the first; of one that is skipped, the instant an hour later.
   */
  instantOf(clockMs: number): number {
    const early = clockMs - this.offsetMs(clockMs - dayMs);
    if (early + this.offsetMs(early) === clockMs) return early;
    const late = clockMs - this.offsetMs(clockMs + dayMs);
    return late + this.offsetMs(late) === clockMs ? late : early;
  }
}

/** `2023-05-01` for a day counted from 1970-01-01. */
export function dayName(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, -14);
}
