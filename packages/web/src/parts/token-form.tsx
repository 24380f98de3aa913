import { useState } from 'react';
import { token } from '../api/call.ts';
import { Button } from './button.tsx';
import styles from './trouble.module.css';

/** Takes the token that this browser sends from now on. `refused`: what the master said to the one that it has. */
export function TokenForm({ refused }: { readonly refused?: string | undefined }) {
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
          data-first
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </label>
      <Button look="main" type="submit" disabled={value.trim() === ''}>
        Use it
      </Button>
      {token.read() === null ? null : (
        <Button
          onClick={() => {
            token.forget();
            window.location.reload();
          }}
        >
          Forget the one it has
        </Button>
      )}
    </form>
  );
}
