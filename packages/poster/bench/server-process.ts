import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own that prints its port first. */
export async function startServer(
  script: URL,
  ...args: string[]
): Promise<{ port: number; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const [port] = (await once(lines, 'line')) as [string];
  return {
    port: Number(port),
    async stop() {
      child.kill();
      await once(child, 'close');
    },
  };
}
