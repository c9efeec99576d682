/** `SliceView`, whose code (most of it cornerstone-core) a page without an image needs not: it comes when the page is idle. */
import { lazy, Suspense } from 'react';
import { lateCode } from '../../lateCode';
import type { SliceViewProps } from './types';
import './viewer.css';

const load = () => import('./SliceView');

const Late = lazy(async () => ({ default: (await lateCode('viewer', load)).SliceView }));

/** Whether it comes is told where it is drawn. */
export async function preloadViewer(): Promise<void> {
  await load().catch(() => undefined);
}

export function LateSliceView(props: SliceViewProps) {
  return (
    <Suspense fallback={<section className="slice-view" aria-label={props.label} />}>
      <Late {...props} />
    </Suspense>
  );
}
