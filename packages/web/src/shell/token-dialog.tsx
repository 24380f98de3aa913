import { useEffect, useState } from 'react';
import { tokenWanted } from '../api/token-wanted.ts';
import { Dialog } from '../parts/dialog.tsx';
import { TokenForm } from '../parts/token-form.tsx';

/** Asks for a token when something that a person did was refused for want of one. */
export function TokenDialog() {
  const [refused, setRefused] = useState<string>();
  useEffect(() => tokenWanted.subscribe(setRefused), []);
  if (refused === undefined) return null;
  return (
    <Dialog title="A token, please" onClose={() => setRefused(undefined)}>
      <TokenForm refused={refused} />
    </Dialog>
  );
}
