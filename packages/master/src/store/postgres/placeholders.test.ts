import { describe, expect, test } from 'vitest';
import { numbered, Placeholders } from './placeholders.ts';

describe('placeholders', () => {
  test('are numbered in their order, and left alone in quotes', () => {
    expect(numbered(`select * from a where b = ? and c = '?' and "d?" = ? -- it''s`)).toBe(
      `select * from a where b = $1 and c = '?' and "d?" = $2 -- it''s`,
    );
  });

  test('of one text are translated once, under one name', () => {
    const texts = new Placeholders();
    expect(texts.get('select ?')).toEqual({ name: 'm0', text: 'select $1' });
    expect(texts.get('select ?')).toBe(texts.get('select ?'));
    expect(texts.get('select ?, ?').name).toBe('m1');
  });
});
