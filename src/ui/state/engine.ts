/** Starting the engine, and what is known of it while it runs. */
import { backendNote } from './backendNote';
import type { Context } from './context';
import { sentenceOf } from './notices';
import type { AppActions, BackendChoice } from './types';

interface Engine {
  actions: Pick<AppActions, 'start' | 'useThreads' | 'useBatch' | 'diagnostics'>;
  /** Settles when the latest start has ended, well or not. */
  whenStarted(): Promise<void>;
}

export function createEngine({
  get,
  set,
  services: { client, threads, batch },
  notify,
  report,
}: Context): Engine {
  let started: Promise<void> = Promise.resolve();

  client.onRestart((sentence) => {
    notify('warn', sentence);
    client.diagnostics().then(
      (info) =>
        set(({ engine }) => ({
          engine: {
            ...engine,
            phase: 'ready',
            info,
            startedOn: engine.startedOn ?? info.backend,
            failure: null,
          },
        })),
      () => set(({ engine }) => ({ engine: { ...engine, phase: 'failed', info: null, failure: sentence } })),
    );
  });

  const start = async (requested: BackendChoice) => {
    set({ engine: { phase: 'starting', requested, info: null, startedOn: null, failure: null } });
    try {
      const info = await client.start(requested);
      const models = await client.models();
      set(({ cardId }) => ({
        engine: { phase: 'ready', requested, info, startedOn: info.backend, failure: null },
        models,
        cardId: cardId ?? models[0]?.id ?? null,
      }));
      const { tone, text } = backendNote(requested, info);
      if (tone === 'warn') notify(tone, text);
    } catch (error) {
      set({
        engine: { phase: 'failed', requested, info: null, startedOn: null, failure: sentenceOf(error) },
      });
      report(error);
    }
  };

  return {
    actions: {
      start(requested) {
        get().actions.cancel();
        get().actions.compare.cancel();
        started = start(requested);
        return started;
      },
      useThreads(count) {
        set({ threads: count });
        threads?.want(count);
        return get().actions.start(get().engine.requested);
      },
      useBatch(count) {
        set({ batch: count });
        batch?.want(count);
      },
      diagnostics() {
        const asked = started;
        return client.diagnostics().catch((error: unknown) => {
          // Of an engine that the user has started again meanwhile nobody wants to know.
          if (asked === started) report(error);
          return null;
        });
      },
    },
    whenStarted: () => started,
  };
}
