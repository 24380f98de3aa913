import styles from './mark.module.css';
import { marks } from './marks.ts';
import type { MarkName } from './marks.ts';

interface MarkProps {
  readonly name: MarkName;
  readonly size?: number;
  /** The word beside it; without, the word is there for those who do not see the shape. */
  readonly word?: boolean;
}

/** The mark of a state, with its word beside it or as its name. */
export function Mark({ name, size = 16, word = false }: MarkProps) {
  const { forms, word: text } = marks[name];
  const shape = (
    <svg
      className={styles.mark}
      data-mark={name}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      {...(word ? { 'aria-hidden': true } : { role: 'img', 'aria-label': text })}
    >
      {forms.map((form) => (
        <path key={form.d} className={styles[form.paint]} d={form.d} />
      ))}
    </svg>
  );
  if (!word) return shape;
  return (
    <span className={styles.worded} data-mark={name}>
      {shape}
      {text}
    </span>
  );
}
