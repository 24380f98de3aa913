import { useState } from 'react';
import { clock } from '../time/clock.ts';
import { Button } from './button.tsx';
import { copyText } from './copy-text.ts';

interface CopyButtonProps {
  readonly text: string;
  readonly children: string;
  readonly title?: string;
}

/** Copies a text, and says so where it was pressed. */
export function CopyButton({ text, children, title }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await copyText(text);
    setCopied(true);
    clock.after(1_500, () => setCopied(false));
  };
  return (
    <Button look="quiet" title={title ?? text} onClick={() => void copy()}>
      <span aria-live="polite">{copied ? 'Copied' : children}</span>
    </Button>
  );
}
