import { describe, expect, test } from 'vitest';
import { blamedRoom, roomOf } from './rooms.ts';

describe('rooms', () => {
  test.each([
    ['(idle)', '', 'idle'],
    ['(garbage collector)', '', 'gc'],
    ['(program)', '', 'native'],
    ['(root)', '', 'root'],
    ['all', '', 'native'],
    ['readFile', 'node:fs', 'node'],
    ['follow', '../../master/src/logs/follow.ts', 'logs'],
    ['follow', 'file:///ci/packages/master/src/store/sqlite/engine.ts', 'store'],
    ['startMaster', '../../master/src/main.ts', 'main'],
    ['encode', '../../protocol/src/journal/codec.ts', 'protocol'],
    ['reply', '../../../node_modules/fastify/lib/reply.js', 'library'],
    ['follow', '/ci/node_modules/@millrace/master/src/logs/follow.ts', 'logs'],
    ['steps', 'file:///ci/millrace.config.ts', 'other'],
  ])('%s of %j is of %s', (name, file, room) => {
    expect(roomOf(name, file)).toBe(room);
  });

  test('Node and libraries work for whoever of the house called them', () => {
    expect(blamedRoom(['node', 'library', 'api', 'main'])).toBe('api');
    expect(blamedRoom(['store', 'api'])).toBe('store');
    expect(blamedRoom(['node', 'node'])).toBe('node');
    expect(blamedRoom(['gc', 'api'])).toBe('gc');
    expect(blamedRoom(['idle'])).toBe('idle');
    expect(blamedRoom([])).toBe('other');
  });
});
