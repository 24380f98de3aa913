import process from 'node:process';

/**
 * Where `bin/millrace.js` was started by an older Node, it is only a wrapper round this process. This one ends
 * with it, however it ends: whoever kills what he started has killed millrace.
 */
export function endWithWrapper(): void {
  if (process.env.MILLRACE_WRAPPED !== '1' || !process.connected) return;
  delete process.env.MILLRACE_WRAPPED;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // It must not keep a command from ending.
  process.channel?.unref();
}
