import { useState } from 'react';
import type { Load, LoadPoint } from '@millrace/protocol/api/profiles';
import { percentText } from '../../words/figures.ts';
import { Chart } from './chart.tsx';
import type { ChartMark } from './chart.tsx';
import { areaPath, linePath, placesOf, roundCeiling } from './chart-paths.ts';
import type { Place } from './chart-paths.ts';
import { bandsOf, sharesIn } from './load-bands.ts';
import { curves } from './load-curves.ts';
import type { Curve } from './load-curves.ts';
import { figuresOf } from './load-figures.ts';
import { resolutionMs } from './load-range.ts';
import styles from './load-charts.module.css';
import { roomColour } from './room-colour.ts';
import { ticksOf } from './time-ticks.ts';

interface LoadChartsProps {
  readonly load: Load;
  /** As long, drawn as a dashed line on the same axis. */
  readonly before: Load | undefined;
}

/** A load with where its points lie. */
interface Placed {
  readonly points: readonly LoadPoint[];
  readonly places: readonly Place[];
}

const placed = (load: Load): Placed => ({
  points: load.points,
  places: placesOf(load.points, resolutionMs[load.resolution], load),
});

/** How busy a master was, what took it, and what it did meanwhile: charts that are pointed at together. */
export function LoadCharts({ load, before }: LoadChartsProps) {
  const [cursor, setCursor] = useState<number>();
  const now = placed(load);
  const then = before === undefined ? undefined : placed(before);
  const at =
    cursor === undefined ? -1 : now.places.findIndex(({ from, to }) => from <= cursor && cursor < to);
  const point = now.points[at];
  const marks = load.marks.map(({ at: time, kind, version }): ChartMark => ({
    place: (time - load.from) / (load.to - load.from),
    label: kind === 'version' ? version : undefined,
  }));
  const shared = { marks, cursor, onPoint: setCursor };
  const bands = bandsOf(load.points);
  const told = point === undefined ? figuresOf(load.points).busyShare : point.busyShare;
  return (
    <div className={styles.charts}>
      <BusyChart
        {...shared}
        now={now}
        then={then}
        bands={bands}
        title={point === undefined ? 'Event loop' : `Event loop, ${momentText(point.at, load)}`}
        value={`${percentText(told)} busy, ${percentText(1 - told)} idle`}
      />
      <Ticks load={load} />
      <input
        className={styles.scrub}
        type="range"
        aria-label="A moment of the charts"
        min={0}
        max={Math.max(0, now.points.length - 1)}
        value={Math.max(0, at)}
        aria-valuetext={point === undefined ? 'none chosen' : pointText(point, load)}
        onChange={(event) => setCursor(middleOf(now.places[Number(event.target.value)]))}
        onBlur={() => setCursor(undefined)}
      />
      <Legend bands={bands} points={point === undefined ? load.points : [point]} />
      <div className={styles.curves}>
        {curves.map((curve) => (
          <CurveChart key={curve.title} {...shared} curve={curve} now={now} then={then} point={point} />
        ))}
      </div>
    </div>
  );
}

interface SharedProps {
  readonly marks: readonly ChartMark[];
  readonly cursor: number | undefined;
  readonly onPoint: (place: number | undefined) => void;
  readonly now: Placed;
  readonly then: Placed | undefined;
}

function BusyChart({
  now,
  then,
  bands,
  ...shared
}: SharedProps & { readonly bands: readonly string[]; readonly title: string; readonly value: string }) {
  const all = [...now.points, ...(then?.points ?? [])];
  const ceiling = Math.min(1, roundCeiling(Math.max(0.01, ...all.map(({ busyShare }) => busyShare))));
  const stacks = now.points.map((point) => {
    let low = 0;
    return sharesIn(point, bands).map((share) => {
      const layer = { low: low / ceiling, high: (low + share) / ceiling };
      low += share;
      return layer;
    });
  });
  return (
    <Chart {...shared} ceiling={percentText(ceiling)} tall>
      {bands.map((band, layer) => (
        <path
          key={band}
          fill={roomColour(band)}
          d={areaPath(
            now.places.map((place, index) => ({ ...place, low: 0, high: 0, ...stacks[index]?.[layer] })),
          )}
        />
      ))}
      {then === undefined ? null : <BeforeLine then={then} of={({ busyShare }) => busyShare / ceiling} />}
    </Chart>
  );
}

interface CurveChartProps extends SharedProps {
  readonly curve: Curve;
  readonly point: LoadPoint | undefined;
}

function CurveChart({ curve, now, then, point, ...shared }: CurveChartProps) {
  const { title, of, mean, text } = curve;
  const most = Math.max(...[...now.points, ...(then?.points ?? [])].map(of));
  // In a low chart the words at its upper edge need room.
  const ceiling = curve.ceiling(most * 1.25);
  const columns = now.points.map((one, index) => ({
    ...(now.places[index] ?? { from: 0, to: 0 }),
    low: 0,
    high: of(one) / ceiling,
  }));
  const value = text(point === undefined ? mean(figuresOf(now.points)) : of(point));
  return (
    <Chart {...shared} title={title} value={value} ceiling={text(ceiling)}>
      <path className={styles.area} d={areaPath(columns)} />
      <path className={styles.line} d={linePath(columns)} />
      {then === undefined ? null : <BeforeLine then={then} of={(one) => of(one) / ceiling} />}
    </Chart>
  );
}

function BeforeLine({ then, of }: { readonly then: Placed; readonly of: (point: LoadPoint) => number }) {
  const columns = then.points.map((point, index) => ({
    ...(then.places[index] ?? { from: 0, to: 0 }),
    low: 0,
    high: of(point),
  }));
  return <path className={styles.before} d={linePath(columns)} />;
}

function Legend({
  bands,
  points,
}: {
  readonly bands: readonly string[];
  readonly points: readonly LoadPoint[];
}) {
  const { minutes } = figuresOf(points);
  const took = bands.map((_, index) =>
    points.reduce((sum, point) => sum + ((sharesIn(point, bands)[index] ?? 0) * point.minutes) / minutes, 0),
  );
  return (
    <ul className={styles.legend} aria-label="What took the event loop">
      {bands.map((band, index) => (
        <li key={band} className={styles.band}>
          <span className={styles.dot} style={{ background: roomColour(band) }} aria-hidden />
          {band} <span className={styles.share}>{percentText(took[index] ?? 0)}</span>
        </li>
      ))}
    </ul>
  );
}

function Ticks({ load }: { readonly load: Load }) {
  return (
    <div className={styles.ticks} aria-hidden>
      {ticksOf(load).map(({ place, text }) => (
        <span key={place} className={styles.tick} style={{ left: `${place * 100}%` }}>
          {text}
        </span>
      ))}
    </div>
  );
}

const middleOf = (place: Place | undefined): number | undefined => place && (place.from + place.to) / 2;

function pointText(point: LoadPoint, load: Load): string {
  const rooms = point.rooms
    .slice(0, 3)
    .map(({ room, share }) => `${room} ${percentText(share * point.busyShare)}`);
  const figures = curves.map(({ title, of, text }) => `${title}: ${text(of(point))}`);
  return [`${momentText(point.at, load)}: ${percentText(point.busyShare)} busy`, ...rooms, ...figures].join(
    ', ',
  );
}

const minuteFormat = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeZone: 'UTC' });

/** Days are days of the master's record, which counts them in UTC. */
function momentText(at: number, { resolution }: Load): string {
  if (resolution === 'day') return `${dayFormat.format(at)} (UTC)`;
  return `${minuteFormat.format(at)}${resolution === 'hour' ? ', and the hour after' : ''}`;
}
