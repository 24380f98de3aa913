import { Link } from '@tanstack/react-router';
import { ApiError } from '../api/call.ts';
import { Button } from './button.tsx';
import { TokenForm } from './token-form.tsx';
import styles from './trouble.module.css';

interface TroubleProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/**
 * What went wrong, as the sentence that the master said; a field for the token where it wants one. What is not there
 * will not be there at the next try either: that leads back instead.
 */
export function Trouble({ error, onRetry }: TroubleProps) {
  if (error instanceof ApiError && error.status === 401)
    return <TokenForm refused={error.code === 'token-missing' ? undefined : error.message} />;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div className={styles.trouble} role="alert">
      <p>{message}</p>
      {error instanceof ApiError && error.status === 404 ? (
        <p>
          <Link to="/" className={styles.link}>
            All builds
          </Link>
        </p>
      ) : onRetry === undefined ? null : (
        <Button onClick={onRetry}>Try again</Button>
      )}
    </div>
  );
}
