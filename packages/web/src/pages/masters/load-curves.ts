import type { LoadPoint } from '@millrace/protocol/api/profiles';
import { millisecondsText, numberText, sizeText } from '../../words/figures.ts';
import { roundCeiling } from './chart-paths.ts';
import { fsyncsOf } from './load-figures.ts';
import type { LoadFigures } from './load-figures.ts';

/** A figure that has a small chart of its own. */
export interface Curve {
  readonly title: string;
  readonly of: (point: LoadPoint) => number;
  /** Of a whole stretch. */
  readonly mean: (figures: LoadFigures) => number;
  readonly text: (value: number) => string;
  /** What the upper edge stands for, where this is the greatest value. */
  readonly ceiling: (most: number) => number;
}

/** Round in the unit that it is told in. */
function sizeCeiling(most: number): number {
  const unit = 1_024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, most)) / 10));
  return roundCeiling(most / unit) * unit;
}

const seconds = ({ minutes }: LoadPoint): number => minutes * 60;

export const curves: readonly Curve[] = [
  {
    title: 'Event loop late by, p99',
    of: (point) => point.loopDelay.p99,
    mean: (figures) => figures.delayP99,
    text: millisecondsText,
    ceiling: roundCeiling,
  },
  {
    title: 'Builds ended, an hour',
    of: (point) => (point.builds * 60) / point.minutes,
    mean: (figures) => figures.buildsPerHour,
    text: numberText,
    ceiling: roundCeiling,
  },
  {
    title: 'Logs, a second',
    of: (point) => point.logBytes / seconds(point),
    mean: (figures) => figures.logBytesPerSecond,
    text: sizeText,
    ceiling: sizeCeiling,
  },
  {
    title: 'Fsyncs, a second',
    of: (point) => fsyncsOf(point) / seconds(point),
    mean: (figures) => figures.fsyncsPerSecond,
    text: numberText,
    ceiling: roundCeiling,
  },
  {
    title: 'Memory',
    of: (point) => point.residentBytes,
    mean: (figures) => figures.residentBytes,
    text: sizeText,
    ceiling: sizeCeiling,
  },
];
