import { expect, it } from 'vitest';
import { fakeScan } from '../../../../../test/fakeClient';
import { initialData } from '../../../state/initialData';
import { paneInput } from './usePanes';

it('gives each store the same object again while nothing in it has changed', () => {
  const stores = ['a', 'b'].map((id) => ({ ...initialData, source: fakeScan(id, `${id}.nii`) }));
  const first = stores.map(paneInput);
  for (const state of [...stores, ...stores].map((one) => ({ ...one })))
    expect(paneInput(state)).toBe(first[state.source === stores[0].source ? 0 : 1]);
  const [state] = stores;
  const moved = paneInput({ ...state, view: { ...state.view, mix: 0.25 } });
  expect(moved).not.toBe(first[0]);
  expect(moved?.mix).toBe(0.25);
  expect(paneInput(stores[1])).toBe(first[1]);
  expect(paneInput(initialData)).toBeNull();
});
