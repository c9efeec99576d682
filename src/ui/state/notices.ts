import { shortSentence } from '../../plainText';
import type { Context } from './context';
import type { AppActions, Notice } from './types';

/** More would cover the page. */
const SHOWN = 4;

type NoticeActions = Pick<AppActions, 'notify' | 'dismiss'> & Pick<Context, 'report'>;

export function noticeActions(set: Context['set']): NoticeActions {
  let lastId = 0;
  const notify = (tone: Notice['tone'], whole: string) => {
    const text = shortSentence(whole);
    lastId += 1;
    const notice: Notice = { id: lastId, tone, text };
    // The same sentence twice says nothing new.
    set(({ notices }) => ({ notices: [...notices.filter((n) => n.text !== text), notice].slice(-SHOWN) }));
  };
  return {
    notify,
    report: (error) => notify('error', sentenceOf(error)),
    dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((n) => n.id !== id) })),
  };
}

export function sentenceOf(error: unknown): string {
  return shortSentence(error instanceof Error ? error.message : `Something failed: ${String(error)}`);
}
