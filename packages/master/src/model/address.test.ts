import { expect, test } from 'vitest';
import { addressKey, isLoopback } from './address.ts';

test('addresses of IPv6 are counted by their network, those of IPv4 by themselves', () => {
  expect(addressKey('192.0.2.7')).toBe('192.0.2.7');
  expect(addressKey('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(addressKey('2001:0db8:0001:0002::6')).toBe('2001:db8:1:2::/64');
  expect(addressKey('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(addressKey('::1')).toBe('0:0:0:0::/64');
});

test('this machine is known by both kinds of address', () => {
  expect(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'].map(isLoopback)).not.toContain(false);
  expect(['128.0.0.1', '::2', '::ffff:10.0.0.1', ''].map(isLoopback)).not.toContain(true);
});
