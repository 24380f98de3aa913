import { expect, test } from 'vitest';
import { tokenCommand } from './token.ts';

test('a token that would have ended before it was made is refused', async () => {
  const said: string[] = [];
  const command = tokenCommand().exitOverride();
  command.configureOutput({ writeErr: (text) => void said.push(text), writeOut: () => undefined });
  await expect(command.parseAsync(['--expires', '2001-01-31'], { from: 'user' })).rejects.toThrow(
    /over already/,
  );
  expect(said.join('')).toContain('over already');
});
