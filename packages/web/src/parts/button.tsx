import type { ButtonHTMLAttributes } from 'react';
import styles from './button.module.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'main' | 'quiet';
  /** The key that does the same, shown beside. */
  readonly hint?: string;
}

/** A button; the one thing that a form is for is `main`. */
export function Button({ look = 'plain', hint, children, className, ...rest }: ButtonProps) {
  return (
    <button type="button" className={[styles.button, styles[look], className].join(' ')} {...rest}>
      {children}
      {hint === undefined ? null : (
        <kbd className={styles.hint} aria-hidden>
          {hint}
        </kbd>
      )}
    </button>
  );
}
