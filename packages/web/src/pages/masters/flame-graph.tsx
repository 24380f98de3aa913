import { useState } from 'react';
import type { ThreadProfile } from '@millrace/protocol/api/profiles';
import { millisecondsText, percentText } from '../../words/figures.ts';
import styles from './flame-graph.module.css';
import { flameRows } from './flame-rows.ts';
import { roomColour } from './room-colour.ts';

/** What called what, and for how long. The tables below say the same without looking. */
export function FlameGraph({ thread: { flame, busyMs, thread } }: { readonly thread: ThreadProfile }) {
  const [chosen, setChosen] = useState<number>();
  if (flame.length === 0) return null;
  const rows = flameRows(flame, chosen);
  return (
    <figure className={styles.flame}>
      <figcaption className={styles.caption}>
        {chosen === undefined
          ? 'Below each function stand those that it called, as wide as the time they took. Choose one to see it alone.'
          : 'Choose it again, or one above it, to go back.'}
      </figcaption>
      <div className={styles.rows} role="group" aria-label={`Flame graph of the ${thread} thread`}>
        {rows.map((row, depth) => (
          <div key={depth} className={styles.row}>
            {row.map(({ node, from, width }) => {
              const told = `${node.name}: ${millisecondsText(node.totalMs)}, ${percentText(busyMs === 0 ? 0 : node.totalMs / busyMs)} of what was busy (${node.room})`;
              return (
                <button
                  key={node.id}
                  type="button"
                  className={styles.bar}
                  title={told}
                  aria-label={told}
                  aria-pressed={node.id === chosen}
                  // The first of each row, so that Tab goes down the widest path and not through a thousand bars.
                  tabIndex={from === row[0]?.from ? 0 : -1}
                  style={{
                    left: `${from * 100}%`,
                    width: `${width * 100}%`,
                    background: `color-mix(in srgb, ${roomColour(node.room)} 45%, var(--raised))`,
                  }}
                  onClick={() => setChosen(node.id === chosen ? (node.parent ?? undefined) : node.id)}
                >
                  {node.name}
                </button>
              );
            })}
          </div>
        ))}
      </div>
    </figure>
  );
}
