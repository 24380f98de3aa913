import { Link } from '@tanstack/react-router';
import { useTab } from '../parts/tab.ts';
import styles from './page.module.css';

export function NotFound() {
  useTab('Nothing here');
  return (
    <div className={styles.page}>
      <p className={styles.empty}>
        There is no such page.{' '}
        <Link to="/" className={styles.link}>
          All builds
        </Link>
      </p>
    </div>
  );
}
