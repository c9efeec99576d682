/** The worker itself: wires the calls to the browser. Everything with logic in it lies in the files that it imports. */
import { browser } from '../line/life';
import { listen, post } from '../line/listen';
import { serve } from '../line/serve';
import { createCalls } from './calls';
import type { Calls } from './protocol';

listen(serve<Calls>(createCalls({ ...browser, userAgent: navigator.userAgent }), post));
