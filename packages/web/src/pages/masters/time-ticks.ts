const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

interface TickStep {
  /** Up to a stretch so long. */
  readonly upToMs: number;
  readonly format: Intl.DateTimeFormat;
  /** The last tick at or before a time, by the clock of whoever looks. */
  readonly floor: (time: Date) => Date;
  readonly next: (time: Date) => Date;
}

const hours = (every: number): Pick<TickStep, 'floor' | 'next'> => ({
  floor: (time) =>
    new Date(
      time.getFullYear(),
      time.getMonth(),
      time.getDate(),
      Math.floor(time.getHours() / every) * every,
    ),
  next: (time) => new Date(time.getFullYear(), time.getMonth(), time.getDate(), time.getHours() + every),
});
const days = (every: number): Pick<TickStep, 'floor' | 'next'> => ({
  floor: (time) => new Date(time.getFullYear(), time.getMonth(), time.getDate()),
  next: (time) => new Date(time.getFullYear(), time.getMonth(), time.getDate() + every),
});
const minutes = (every: number): Pick<TickStep, 'floor' | 'next'> => ({
  floor: (time) => new Date(Math.floor(time.getTime() / (every * minuteMs)) * every * minuteMs),
  next: (time) => new Date(time.getTime() + every * minuteMs),
});
const months: Pick<TickStep, 'floor' | 'next'> = {
  floor: (time) => new Date(time.getFullYear(), time.getMonth()),
  next: (time) => new Date(time.getFullYear(), time.getMonth() + 1),
};

const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(undefined, options);
const clock = format({ hour: '2-digit', minute: '2-digit' });
const date = format({ day: 'numeric', month: 'short' });
const steps: readonly TickStep[] = [
  { upToMs: 2 * hourMs, format: clock, ...minutes(10) },
  { upToMs: 8 * hourMs, format: clock, ...hours(1) },
  { upToMs: 36 * hourMs, format: clock, ...hours(4) },
  { upToMs: 8 * dayMs, format: format({ weekday: 'short' }), ...days(1) },
  { upToMs: 60 * dayMs, format: date, ...days(5) },
  { upToMs: Infinity, format: format({ month: 'short' }), ...months },
];

export interface Tick {
  /** From 0 to 1 of the stretch. */
  readonly place: number;
  readonly text: string;
}

/** Round times within a stretch, for the axis below a chart. */
export function ticksOf({ from, to }: { readonly from: number; readonly to: number }): readonly Tick[] {
  const step = steps.find(({ upToMs }) => to - from <= upToMs);
  if (step === undefined || to <= from) return [];
  const ticks: Tick[] = [];
  for (let at = step.floor(new Date(from)); at.getTime() <= to; at = step.next(at)) {
    const place = (at.getTime() - from) / (to - from);
    // At the very ends its text would run out of the chart.
    if (place >= 0.02 && place <= 0.97) ticks.push({ place, text: step.format.format(at) });
  }
  return ticks;
}
