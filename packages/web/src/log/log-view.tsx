import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { Log } from '@millrace/protocol/api/builds';
import { useKeys } from '../keyboard/keyboard.ts';
import { Button } from '../parts/button.tsx';
import { copyText } from '../parts/copy-text.ts';
import { toasts } from '../toasts/toasts.ts';
import { LogLine } from './log-line.tsx';
import { LogSearchField } from './log-search-field.tsx';
import { formatLineRange } from './line-range.ts';
import type { LineRange } from './line-range.ts';
import styles from './log-view.module.css';
import { useLog } from './use-log.ts';
import { ApiError } from '../api/call.ts';

interface LogViewProps {
  readonly log: Log;
  /** Marked, and shown first. */
  readonly range: LineRange | undefined;
  readonly onRange: (range: LineRange | undefined) => void;
}

const lineHeight = 20;
/** Browsers cut elements higher than some 30 million pixels: longer logs are shown in windows of so many lines. */
const windowLines = 600_000;

/** A log: only the lines in sight are there. Follows the end while it grows, until somebody scrolls up. */
export function LogView({ log, range, onRange }: LogViewProps) {
  const lines = useLog(log.id, log.lines);
  const { total } = lines;
  const scroller = useRef<HTMLDivElement>(null);
  const [wrap, setWrap] = useState(false);
  const [atEnd, setAtEnd] = useState(range === undefined);
  const [leftAt, setLeftAt] = useState<number | undefined>(undefined);
  const [base, setBase] = useState<number | undefined>(undefined);

  const lastBase = Math.max(0, Math.floor((total - 1) / windowLines)) * windowLines;
  const asked = range === undefined ? lastBase : Math.floor((range.first - 1) / windowLines) * windowLines;
  const first = Math.min(lastBase, base ?? (atEnd ? lastBase : asked));
  const count = Math.min(windowLines, total - first);

  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 30,
    paddingStart: 8,
    paddingEnd: 8,
  });
  const items = virtual.getVirtualItems();
  const shownFirst = first + (items[0]?.index ?? 0);
  const shownLast = first + (items.at(-1)?.index ?? 0);

  useEffect(() => {
    if (total > 0) lines.want(shownFirst, shownLast);
  }, [lines, lines.version(), total, shownFirst, shownLast]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (atEnd && count > 0 && element !== null) element.scrollTop = element.scrollHeight;
  }, [atEnd, count, wrap]);

  // A marked range is brought into sight once, when the log has come so far.
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (range === undefined || range.first > total || count === 0) return;
    const key = `${log.id} ${range.first}`;
    if (shown.current === key) return;
    shown.current = key;
    virtual.scrollToIndex(range.first - 1 - first, { align: 'center' });
  }, [range, total, count, first, virtual, log.id]);

  const onScroll = useEffectEvent(() => {
    const element = scroller.current;
    if (element === null) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    const nowAtEnd = left < lineHeight * 1.5 && first === lastBase;
    if (!nowAtEnd && atEnd) setLeftAt(total);
    if (nowAtEnd !== atEnd) setAtEnd(nowAtEnd);
  });
  useEffect(() => {
    const element = scroller.current;
    // Scrolling that a person did, and not the page: the wheel, a finger, a key, the bar.
    let byHand = false;
    const hand = (): void => {
      byHand = true;
    };
    const scrolled = (): void => {
      if (byHand) onScroll();
    };
    const kinds = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
    for (const kind of kinds) element?.addEventListener(kind, hand, { passive: true });
    element?.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      for (const kind of kinds) element?.removeEventListener(kind, hand);
      element?.removeEventListener('scroll', scrolled);
    };
  }, []);

  const toEnd = (): void => {
    setBase(undefined);
    setAtEnd(true);
  };
  const toStart = (): void => {
    setBase(0);
    setAtEnd(false);
    setLeftAt(total);
    virtual.scrollToOffset(0);
  };
  useKeys('Log', [
    { keys: 'l', label: 'Go into the log', act: () => scroller.current?.focus() },
    {
      keys: '/',
      label: 'Look for a text in it',
      act: () => document.querySelector<HTMLElement>('[data-log-search]')?.focus(),
    },
    { keys: 'w', label: 'Break long lines, or not', act: () => setWrap(!wrap) },
    { keys: 'G', label: 'To its end, and follow', act: toEnd },
    { keys: 'g g', label: 'To its first line', act: toStart },
  ]);

  // Lines are drawn once and keep the handler that they were given: it has to see the range of now.
  const now = useRef({ range, onRange });
  useEffect(() => {
    now.current = { range, onRange };
  }, [range, onRange]);
  const pick = useCallback(
    (line: number, extend: boolean): void => {
      const before = now.current.range;
      const picked =
        extend && before !== undefined
          ? { first: Math.min(before.first, line), last: Math.max(before.last, line) }
          : { first: line, last: line };
      shown.current = `${log.id} ${picked.first}`;
      const same = !extend && before?.first === line && before.last === line;
      now.current.onRange(same ? undefined : picked);
    },
    [log.id],
  );
  if (!atEnd && leftAt === undefined && total > 0) setLeftAt(total);
  const fresh = total - (leftAt ?? total);

  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <span className={styles.facts}>
          {total.toLocaleString('en')} {total === 1 ? 'line' : 'lines'}
          {lines.closed ? '' : ', growing'}
        </span>
        <LogSearchField
          key={log.id}
          log={log.id}
          onLine={(line) => {
            setBase(undefined);
            setAtEnd(false);
            onRange({ first: line, last: line });
          }}
        />
        {range === undefined ? null : (
          <Button
            look="quiet"
            onClick={() => {
              void copyText(window.location.href).then(() =>
                toasts.show({ text: `The link to ${formatLineRange(range)} is copied.` }, 3_000),
              );
            }}
          >
            Copy link to {formatLineRange(range)}
          </Button>
        )}
        <Button look="quiet" aria-pressed={wrap} onClick={() => setWrap(!wrap)} hint="w">
          {wrap ? 'One line each' : 'Break lines'}
        </Button>
        <a className={styles.raw} href={`/api/v1/logs/${log.id}/raw`} target="_blank" rel="noreferrer">
          Raw
        </a>
      </div>
      {first > 0 ? (
        <button
          type="button"
          className={styles.earlier}
          onClick={() => {
            setBase(first - windowLines);
            setAtEnd(false);
          }}
        >
          Lines before {(first + 1).toLocaleString('en')}
        </button>
      ) : null}
      <div
        ref={scroller}
        className={styles.scroller}
        data-wrap={wrap}
        data-scrolls
        role="log"
        aria-label={`Log ${log.name}`}
        aria-live="off"
        tabIndex={0}
        style={{ '--digits': String(total).length } as React.CSSProperties}
      >
        {total === 0 ? (
          <p className={styles.empty}>{emptyText(lines.error, lines.closed || log.state === 'closed')}</p>
        ) : (
          <div className={styles.space} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const number = first + item.index + 1;
              return (
                <div
                  key={item.key}
                  ref={wrap ? virtual.measureElement : undefined}
                  data-index={item.index}
                  className={styles.line}
                  data-marked={range !== undefined && number >= range.first && number <= range.last}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <LogLine number={number} text={lines.line(number - 1)} onPick={pick} />
                </div>
              );
            })}
          </div>
        )}
      </div>
      {first + count < total ? (
        <button
          type="button"
          className={styles.earlier}
          onClick={() => {
            setBase(first + windowLines);
            virtual.scrollToOffset(0);
          }}
        >
          Lines after {(first + count).toLocaleString('en')}
        </button>
      ) : null}
      {!atEnd && !lines.closed && fresh > 0 ? (
        <button type="button" className={styles.fresh} onClick={toEnd}>
          ↓ {fresh.toLocaleString('en')} new {fresh === 1 ? 'line' : 'lines'}
        </button>
      ) : null}
    </div>
  );
}

function emptyText(error: unknown, closed: boolean): string {
  if (error instanceof ApiError) return error.message;
  return closed ? 'It wrote nothing.' : 'Nothing written yet.';
}
