/** The writing worker: checksums and copies of slices that come many a second would hold up the page. */
import { putKept } from '../../platform/browser/keptFile';
import { listen, post } from '../line/listen';
import { serve } from '../line/serve';
import type { KeepCalls } from './protocol';

const put = async ({ folder, name, bytes }: KeepCalls['put']['params']) => {
  await putKept(folder, name, bytes);
  return null;
};
listen(serve<KeepCalls>({ put }, post));
