import { shortSentence } from '../../plainText';
import type { Context } from './context';
import type { AppActions, Notice } from './types';

/** Info goes by itself; of more than these only the latest are of interest. Warnings and failures are kept until they are read. */
const INFOS = 4;

type NoticeActions = Pick<AppActions, 'notify' | 'dismiss' | 'dismissAll'> & Pick<Context, 'report'>;

export function noticeActions(set: Context['set']): NoticeActions {
  let lastId = 0;
  const notify = (tone: Notice['tone'], whole: string) => {
    const text = shortSentence(whole);
    lastId += 1;
    const notice: Notice = { id: lastId, tone, text };
    // The same sentence twice says nothing new.
    set(({ notices }) => ({ notices: withoutOldInfos([...notices.filter((n) => n.text !== text), notice]) }));
  };
  return {
    notify,
    report: (error) => notify('error', sentenceOf(error)),
    dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((n) => n.id !== id) })),
    dismissAll: () => set({ notices: [] }),
  };
}

function withoutOldInfos(notices: readonly Notice[]): Notice[] {
  const infos = notices.filter(({ tone }) => tone === 'info').slice(-INFOS);
  return notices.filter((notice) => notice.tone !== 'info' || infos.includes(notice));
}

const ORDER: readonly Notice['tone'][] = ['info', 'warn', 'error'];

/** As they are shown: failures last, where the view of a long list stands, so that nothing that comes later covers them. */
export function shownNotices(notices: readonly Notice[]): Notice[] {
  return ORDER.flatMap((tone) => notices.filter((notice) => notice.tone === tone));
}

export function sentenceOf(error: unknown): string {
  return shortSentence(error instanceof Error ? error.message : `Something failed: ${String(error)}`);
}
