import { expect, test } from 'vitest';
import { parseMountInfo, volumeHolding } from './mounted-volumes.ts';

test('a line is read with optional tags or without, and escapes are undone', () => {
  const text = [
    String.raw`36 35 98:0 /mnt1 /my\040disk\134 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue`,
    '22 1 0:21 / /proc rw - proc proc rw',
    'not a line',
    '',
  ].join('\n');
  expect(parseMountInfo(text)).toEqual([
    { source: '/dev/root', type: 'ext3', path: '/my disk\\', device: '98:0' },
    { source: 'proc', type: 'proc', path: '/proc', device: '0:21' },
  ]);
});

test('a path lies on the volume mounted nearest above it, the last of those mounted on each other', () => {
  const at = (path: string, source = path) => ({ source, type: 'ext4', path, device: '8:1' });
  const volumes = [
    at('/'),
    at('/srv'),
    at('/srv/data', 'below'),
    at('/srv/data', 'above'),
    at('/srv/database'),
  ];
  const held = ['/etc', '/srv', '/srv/data/x', '/srv/database', '/srvx'].map((path) =>
    volumeHolding(path, volumes),
  );
  expect(held.map((volume) => volume?.source)).toEqual(['/', '/srv', 'above', '/srv/database', '/']);
  expect(volumeHolding('/a', [])).toBeUndefined();
});
