import { useEffect, useState } from 'react';
import { clock } from '../time/clock.ts';
import styles from './skeleton.module.css';

/** Nothing is shown for what arrives within this. */
const patienceMs = 200;

/** Lines of the size of what comes, once it takes long enough to be noticed. */
export function Skeleton({ rows, height = 36 }: { readonly rows: number; readonly height?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => clock.after(patienceMs, () => setLate(true)), []);
  return (
    <div className={styles.skeleton} data-late={late} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={styles.row} style={{ height }}>
          <span className={styles.dot} />
          <span className={styles.bar} style={{ width: `${30 + ((index * 53) % 47)}%` }} />
        </div>
      ))}
    </div>
  );
}
