import { expect, it } from 'vitest';
import { createFakeClient } from '../../../test/fakeClient';
import { diagnosticsText } from './diagnosticsText';

it('says which kernels compute or why none, and the reason of the backend once', async () => {
  const found = await createFakeClient().diagnostics();
  const refusal = 'plain operations: our kernels did not start (404)';
  const trials = [{ backend: found.backend, outcome: 'chosen', reason: found.reason }] as const;
  const on = { ...found, trials: [...trials], features: ['shader-f16', refusal] };
  const text = diagnosticsText({
    ...on,
    adapter: { vendor: 'maker', architecture: '', device: '', description: '', software: false },
  });
  expect(text).toContain(`  Kernels: ${refusal}\n`);
  expect(text).toContain('Features\n  Enabled: shader-f16');
  expect(text.split(found.reason)).toHaveLength(2);
  // Of a GPU's device alone.
  expect(diagnosticsText({ ...on, adapter: null })).not.toContain('Features');
});

it('copies what the time from a drop to the first slice went on', async () => {
  const found = await createFakeClient().diagnostics();
  expect(diagnosticsText(found)).toContain('From drop to first slice, ms\n  No slice yet: translate one\n');
  const cold = {
    read: 12.3,
    weights: 400,
    weightsFrom: 'store',
    placed: 8,
    prepare: 14,
    compile: 90,
    run: 60,
    place: 6,
    total: 590.3,
  } as const;
  const text = diagnosticsText({ ...found, coldStart: cold });
  expect(text).toContain(`From drop to first slice, ms
  Scan read: 12
  Weights from this browser’s store: 400
  Weights put on the backend: 8
  Slice cut out and scaled: 14
  Kernels made in the first step: 90
  Slice computed: 60
  Slice put back on the scan’s grid: 6
  Together: 590
`);
  const onePass = diagnosticsText({ ...found, coldStart: { ...cold, compile: null, run: 150 } });
  expect(onePass).toContain('Slice, with its kernels: 150');
});
