import type { MessagePort } from 'node:worker_threads';
import { unreachable } from '@millrace/kernel/assert';
import { messageOf } from '@millrace/kernel/errors';
import type { Profiler, Session } from 'node:inspector';

/* The store's thread samples itself for whoever asks at a port of its own: no other thread can attach to it. */

export type ToSampler =
  /** Microseconds from one sample to the next. */
  { readonly kind: 'start'; readonly sampleUs: number } | { readonly kind: 'stop'; readonly id: number };

export type FromSampler =
  | { readonly kind: 'sampled'; readonly id: number; readonly profile: Profiler.Profile }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/** Answers at the port as often as it is asked; the thread may end with it open. */
export function sampleSelf(port: MessagePort): void {
  let sampler: Promise<Session> | undefined;
  port.on('message', (message: ToSampler) => {
    switch (message.kind) {
      case 'start':
        sampler = start(message.sampleUs);
        // Told to who stops it.
        sampler.catch(() => undefined);
        return;
      case 'stop': {
        const started = sampler;
        sampler = undefined;
        void answer(started, message.id).then((said) => port.postMessage(said));
        return;
      }
      default:
        unreachable(message);
    }
  });
  port.unref();
}

async function answer(sampler: Promise<Session> | undefined, id: number): Promise<FromSampler> {
  try {
    if (sampler === undefined) return { kind: 'failed', id, message: 'nothing was begun' };
    return { kind: 'sampled', id, profile: await stop(await sampler) };
  } catch (error) {
    return { kind: 'failed', id, message: messageOf(error) };
  }
}

/** The inspector is loaded by whoever needs it. */
async function start(sampleUs: number): Promise<Session> {
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: sampleUs });
  session.post('Profiler.start');
  return session;
}

function stop(session: Session): Promise<Profiler.Profile> {
  return new Promise((resolve, reject) => {
    session.post('Profiler.stop', (error, { profile }) => {
      session.disconnect();
      if (error) reject(error);
      else resolve(profile);
    });
  });
}
