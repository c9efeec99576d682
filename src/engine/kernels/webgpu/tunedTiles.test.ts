import { describe, expect, it } from 'vitest';
import type { KeptText } from './tileStore';
import { candidateTiles } from './tiles';
import { fastest, TunedTiles } from './tunedTiles';

const out = { height: 64, width: 64, quads: 16 };
const [first, second] = candidateTiles(out);

function keptIn(texts: { text: string | null }): KeptText {
  return {
    read: async () => texts.text,
    write: async (text) => {
      texts.text = text;
    },
  };
}

describe('fastest', () => {
  it.each([
    ['the fastest', [5, 4, 3], 2],
    ['what is taken untold, where another is faster by less than clocks are wrong', [5, 4.9], 0],
    ['none that did not run', [5, Number.NaN, Number.POSITIVE_INFINITY], 0],
    ['another where what is taken untold did not run', [Number.NaN, Number.POSITIVE_INFINITY, 7], 2],
    ['the first where there is no other', [5], 0],
  ])('takes %s', (_, times, place) => expect(fastest(times)).toBe(place));
});

describe('TunedTiles', () => {
  it('remembers tiles of an adapter beside those of others, and what others wrote in the meantime', async () => {
    const texts = { text: null };
    const [one, same, other] = await Promise.all(
      ['one', 'one', 'other'].map((adapter) => TunedTiles.of(adapter, keptIn(texts))),
    );
    one.choose('a', second);
    await one.keep();
    same.choose('b', first);
    await same.keep();
    other.choose('a', first);
    await other.keep();
    const again = await TunedTiles.of('one', keptIn(texts));
    expect(again.tileOf('a', out)).toEqual(second);
    expect(again.tileOf('b', out)).toEqual(first);
    expect(again.tileOf('c', out)).toBeNull();
    expect((await TunedTiles.of('other', keptIn(texts))).tileOf('a', out)).toEqual(first);
  });

  it('keeps the last adapters alone, and nothing of one without a name', async () => {
    const texts = { text: null as string | null };
    for (const adapter of ['1', '2', '3', '4', '5', '1', '']) {
      const tiles = await TunedTiles.of(adapter, keptIn(texts));
      tiles.choose('a', first);
      await tiles.keep();
    }
    expect(Object.keys(JSON.parse(texts.text!)).sort()).toEqual(['1', '3', '4', '5']);
  });

  it.each([
    ['half a text', '{"gpu": {"a": "4x'],
    ['a list', '[1, 2]'],
    ['another kind of value', '{"gpu": {"a": {"tile": 3}}}'],
    ['a tile that is none of the output', '{"gpu": {"a": "99x2"}}'],
    ['another adapter', '{"gpu 2": {"a": "4x2"}}'],
  ])('ignores %s', async (_, text) => {
    const texts = { text };
    const tiles = await TunedTiles.of('gpu', keptIn(texts));
    expect(tiles.tileOf('a', out)).toBeNull();
    tiles.choose('a', first);
    await tiles.keep();
    expect((await TunedTiles.of('gpu', keptIn(texts))).tileOf('a', out)).toEqual(first);
  });
});
