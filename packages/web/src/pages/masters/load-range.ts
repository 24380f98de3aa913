import type { LoadResolution } from '@millrace/protocol/api/profiles';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

interface Span {
  readonly word: string;
  readonly ms: number;
  readonly resolution: LoadResolution;
}

/** How much time a chart shows, and how finely. */
export const spans = {
  hour: { word: 'Hour', ms: hourMs, resolution: 'minute' },
  day: { word: 'Day', ms: dayMs, resolution: 'minute' },
  week: { word: 'Week', ms: 7 * dayMs, resolution: 'hour' },
  month: { word: 'Month', ms: 30 * dayMs, resolution: 'hour' },
  year: { word: 'Year', ms: 365 * dayMs, resolution: 'day' },
} as const satisfies Record<string, Span>;
export type SpanName = keyof typeof spans;

export const resolutionMs: Readonly<Record<LoadResolution, number>> = {
  minute: minuteMs,
  hour: hourMs,
  day: dayMs,
};

/** From `from` up to `to`, in milliseconds since 1970. */
export interface LoadRange {
  readonly from: number;
  readonly to: number;
  readonly resolution: LoadResolution;
}

/** As the address has it; times are milliseconds since 1970. */
export interface LoadSearch {
  readonly span?: string;
  /** The end of what is shown; absent: now. */
  readonly to?: string;
  /** What lies after it is compared with as much before. */
  readonly split?: string;
}

export interface ShownLoad {
  readonly span: SpanName;
  readonly shown: LoadRange;
  /** As long as `shown`, and right before it. */
  readonly before: LoadRange | undefined;
}

/** What an address shows. `now` counts by the minute, so that the same is not asked for twice in one. */
export function shownLoad(search: LoadSearch, now: number): ShownLoad {
  const span = spanOf(search.span);
  const { ms, resolution } = spans[span];
  const step = resolutionMs[resolution];
  const thisMinute = Math.floor(now / minuteMs) * minuteMs;
  const split = timeOf(search.split);
  if (split === undefined || split >= thisMinute) {
    const to = Math.min(timeOf(search.to) ?? thisMinute, thisMinute);
    return { span, shown: { from: Math.ceil((to - ms) / step) * step, to, resolution }, before: undefined };
  }
  const shown = { from: split, to: Math.min(split + ms, thisMinute), resolution };
  return { span, shown, before: { from: split - (shown.to - split), to: split, resolution } };
}

/** The address of the stretch of time before or after this one. */
export function neighbour({ shown, before }: ShownLoad, step: 1 | -1, now: number): LoadSearch {
  const length = shown.to - shown.from;
  if (before !== undefined) return { split: String(shown.from + step * length) };
  const to = shown.to + step * length;
  return to >= now - minuteMs ? {} : { to: String(to) };
}

function spanOf(text: string | undefined): SpanName {
  return text !== undefined && Object.hasOwn(spans, text) ? (text as SpanName) : 'day';
}

function timeOf(text: string | undefined): number | undefined {
  const time = Number(text);
  return text === undefined || !Number.isSafeInteger(time) || time <= 0 ? undefined : time;
}
