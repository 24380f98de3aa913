/**
 * The race with a real reset: `npm run stress -w @millrace/poster [runs]`.
 *
 * Of each behaviour, over http and https, with the server in another process, this makes 200 uploads and counts
 * those that were given the server's answer. Fewer than 199 of 200, or one that hangs, fails the job.
 */
import { upload } from '../src/index.ts';
import { testTls } from '../test/tls/test-only.ts';
import { startServer } from './server-process.ts';

const runs = Number(process.argv[2] ?? 200);
const hungAfterMs = 20_000;
const form = { file: new Uint8Array(60_000_000) };

const behaviours = [
  ['401-then-reset', 401],
  ['413-after-20MB-then-reset', 413],
  ['answer-and-stay-open', 403],
  ['307-in-the-middle', 200],
] as const;

let failed = false;
for (const scheme of ['http', 'https'] as const) {
  for (const [behaviour, status] of behaviours) {
    const server = await startServer(new URL('early-server.ts', import.meta.url), scheme, behaviour);
    const url = `${scheme}://127.0.0.1:${server.port}/`;
    const seen = new Map<string, number>();
    const startMs = performance.now();
    for (let run = 0; run < runs; run += 1) {
      const what = await once(url);
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
    const seconds = (performance.now() - startMs) / 1000;
    const delivered = seen.get(String(status)) ?? 0;
    failed ||= delivered < runs - Math.floor(runs / 200) || seen.has('hung');
    const others = [...seen]
      .filter(([what]) => what !== String(status))
      .map(([what, count]) => `${what}: ${count}`);
    console.log(
      `${scheme.padEnd(5)} ${behaviour.padEnd(26)} delivered ${delivered}/${runs} in ${seconds.toFixed(1)} s ${others.join(', ')}`,
    );
    await server.stop();
  }
}
process.exitCode = failed ? 1 : 0;

/** The status that one upload was given, the code of its error, or `hung`. */
async function once(url: string): Promise<string> {
  const signal = AbortSignal.timeout(hungAfterMs);
  try {
    // Without Expect: the refusal must meet a body that is on its way.
    const response = await upload(url, form, { expect: false, signal, tls: { ca: testTls.cert } });
    return String(response.status);
  } catch (error) {
    if (signal.aborted) return 'hung';
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
