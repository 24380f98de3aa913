import { useState } from 'react';
import { ApiError, token } from '../api/call.ts';
import { Button } from './button.tsx';
import styles from './trouble.module.css';

interface TroubleProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, as the sentence that the master said; a field for the token where it wants one. */
export function Trouble({ error, onRetry }: TroubleProps) {
  if (error instanceof ApiError && error.status === 401)
    return <TokenForm refused={error.code === 'token-missing' ? undefined : error.message} />;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div className={styles.trouble} role="alert">
      <p>{message}</p>
      {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

function TokenForm({ refused }: { readonly refused: string | undefined }) {
  const [value, setValue] = useState('');
  return (
    <form
      className={styles.trouble}
      onSubmit={(event) => {
        event.preventDefault();
        token.write(value.trim());
        window.location.reload();
      }}
    >
      {refused === undefined ? null : <p>{refused}</p>}
      <label>
        <p>This master wants a token. “millrace token” makes one; it is kept in this browser alone.</p>
        <input
          className={styles.field}
          type="password"
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </label>
      <Button look="main" type="submit" disabled={value.trim() === ''}>
        Use it
      </Button>
    </form>
  );
}
