/** The worker itself: wires the calls to the browser. Everything with logic in it lies in the files that it imports. */
import { createCalls } from './calls';
import type { Calls } from './protocol';
import { serve } from './serve';
import { browser, listen, post } from './workerLife';

listen(serve<Calls>(createCalls({ ...browser, userAgent: navigator.userAgent }), post));
