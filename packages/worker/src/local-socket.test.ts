import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from './connection.ts';
import { connectLocal, listenLocal } from './local-socket.ts';
import type { LocalListener } from './local-socket.ts';

const never = new AbortController().signal;

describe('a local socket', () => {
  let folder: string;
  let file: string;
  let listener: LocalListener | undefined;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mr-'));
    file = path.join(folder, 's.sock');
  });
  afterEach(async () => {
    await listener?.close();
    fs.rmSync(folder, { recursive: true });
  });

  /** A listener that says everything back, and what a client hears until it is closed. */
  async function echo(): Promise<void> {
    listener = await listenLocal(file, (connection) => ({
      onMessage: (line) => void connection.send(line),
      onDrain: () => undefined,
      onClose: () => undefined,
    }));
  }

  async function dial(): Promise<{
    connection: Connection;
    heard: string[];
    until: (count: number) => Promise<void>;
    closed: Promise<string>;
  }> {
    const heard: string[] = [];
    let wake = (): void => undefined;
    const closed = Promise.withResolvers<string>();
    const connection = await connectLocal(file)(
      {
        onMessage: (line) => {
          heard.push(line as string);
          wake();
        },
        onDrain: () => undefined,
        onClose: closed.resolve,
      },
      never,
    );
    const until = async (count: number): Promise<void> => {
      while (heard.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return { connection, heard, until, closed: closed.promise };
  }

  test('carries lines of any length up to a plan, in order', async () => {
    await echo();
    const { connection, heard, until, closed } = await dial();
    const lines = ['a', '', 'é'.repeat(3_000_000), 'b'];
    for (const line of lines) connection.send(line);
    await until(4);
    expect(heard).toEqual(lines);
    connection.close();
    await closed;
  });

  test('a line without end is cut off', async () => {
    const cut = Promise.withResolvers<string>();
    listener = await listenLocal(file, () => ({
      onMessage: () => undefined,
      onDrain: () => undefined,
      onClose: cut.resolve,
    }));
    const socket = net.connect(file);
    socket.on('error', () => undefined);
    socket.write(Buffer.alloc(9 * 1024 ** 2, 'x'));
    expect(await cut.promise).toContain('longer than');
    socket.destroy();
  });

  test('tells that nobody listens, also where a dead process left its socket', async () => {
    await expect(dial()).rejects.toMatchObject({ code: 'nobody-listens' });
    await echo();
    fs.linkSync(file, `${file}.left`);
    await listener?.close();
    fs.renameSync(`${file}.left`, file);
    await expect(dial()).rejects.toMatchObject({ code: 'nobody-listens' });
    await echo();
    const { connection, closed } = await dial();
    connection.close();
    await closed;
  });

  test('both sides hear of the end', async () => {
    await echo();
    const { closed } = await dial();
    await listener?.close();
    expect(await closed).not.toBe('');
  });

  test('an aborted signal gives the attempt up', async () => {
    await echo();
    const events = { onMessage: () => undefined, onDrain: () => undefined, onClose: () => undefined };
    await expect(connectLocal(file)(events, AbortSignal.abort())).rejects.toThrow('given up');
  });
});
