import type { ReactNode } from 'react';
import styles from './chart.module.css';
import { boxHeight, boxWidth } from './chart-paths.ts';

export interface ChartMark {
  /** From 0 to 1 of the time that is shown. */
  readonly place: number;
  /** Of what is worth a word. */
  readonly label: string | undefined;
}

interface ChartProps {
  readonly title: string;
  /** What the curve is at the moment that is pointed at, or its mean. */
  readonly value: string;
  /** What the upper edge stands for. */
  readonly ceiling: string;
  readonly marks: readonly ChartMark[];
  /** The moment that is pointed at, from 0 to 1. */
  readonly cursor: number | undefined;
  readonly onPoint: (place: number | undefined) => void;
  readonly tall?: boolean;
  /** Paths in the box of `chart-paths.ts`. */
  readonly children: ReactNode;
}

/** A curve over time, with what it is called and comes to. Its figures are in the table below the charts, too. */
export function Chart({ title, value, ceiling, marks, cursor, onPoint, tall, children }: ChartProps) {
  return (
    <figure className={styles.chart} data-tall={tall ?? false}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        <span className={styles.value}>{value}</span>
      </figcaption>
      <div
        className={styles.plot}
        onPointerMove={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          onPoint(Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width))));
        }}
        onPointerLeave={() => onPoint(undefined)}
      >
        <svg
          className={styles.drawing}
          viewBox={`0 0 ${boxWidth} ${boxHeight}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          {children}
        </svg>
        {marks.map(({ place, label }) => (
          <span
            key={place}
            className={styles.mark}
            data-loud={label !== undefined}
            style={{ left: `${place * 100}%` }}
          >
            {tall === true && label !== undefined ? (
              <span className={styles.label} data-late={place > 0.9}>
                {label}
              </span>
            ) : null}
          </span>
        ))}
        {cursor === undefined ? null : (
          <span className={styles.cursor} style={{ left: `${cursor * 100}%` }} />
        )}
        <span className={styles.ceiling} aria-hidden>
          {ceiling}
        </span>
      </div>
    </figure>
  );
}
