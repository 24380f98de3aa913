import { memo } from 'react';
import type { CSSProperties } from 'react';
import { paintLine } from './ansi.ts';
import type { Paint } from './ansi.ts';
import styles from './log-line.module.css';

interface LogLineProps {
  /** Counted from 1. */
  readonly number: number;
  /** Undefined while it is on its way. */
  readonly text: string | undefined;
  readonly onPick: (line: number, extend: boolean) => void;
}

/** One line of a log, in its colours, with the number that links to it. */
export const LogLine = memo(
  function LogLine({ number, text, onPick }: LogLineProps) {
    return (
      <>
        <a
          className={styles.number}
          href={`#L${number}`}
          tabIndex={-1}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey) return;
            event.preventDefault();
            onPick(number, event.shiftKey);
          }}
        >
          {number}
        </a>
        <span className={styles.text}>
          {text === undefined
            ? ' '
            : paintLine(text).map((span, index) =>
                isPlain(span.paint) ? (
                  span.text
                ) : (
                  <span key={index} className={classesOf(span.paint)} style={colours(span.paint)}>
                    {span.text}
                  </span>
                ),
              )}
        </span>
      </>
    );
  },
  (before, after) => before.number === after.number && before.text === after.text,
);

const isPlain = (paint: Paint): boolean => Object.keys(paint).length === 0;

function classesOf(paint: Paint): string {
  const names = (['bold', 'dim', 'italic', 'underline', 'strike', 'inverse'] as const).filter(
    (name) => paint[name],
  );
  return names.map((name) => styles[name]).join(' ');
}

/** Direct colours were chosen for somebody else's ground: towards the ink they can be read on this one. */
const inkOf = (named: string): string =>
  named.startsWith('rgb') ? `color-mix(in oklab, ${named} 62%, var(--log-ink))` : `var(--ansi-${named})`;
const groundOf = (named: string): string => (named.startsWith('rgb') ? named : `var(--ansi-${named})`);

function colours({ fg, bg, inverse }: Paint): CSSProperties {
  const [front, back] = inverse === true ? [bg, fg] : [fg, bg];
  const style: CSSProperties = {};
  if (front !== undefined) style.color = inkOf(front);
  if (back !== undefined) {
    style.backgroundColor = groundOf(back);
    // The palette is made for the log's own ground; on a painted one the other end of it is read best.
    if (front === undefined || front === '15' || front === '7' || front === '0')
      style.color = 'var(--log-ground)';
  }
  return style;
}
