import { shortSentence } from '../../plainText';
import type { Context } from './context';
import type { AppActions, Notice } from './types';

/** Info goes by itself; of more than these only the latest are of interest. Warnings and failures are kept until they are read. */
const INFOS = 4;

type NoticeActions = Pick<AppActions, 'notify' | 'dismiss' | 'dismissAll' | 'markRead'> &
  Pick<Context, 'report' | 'former'>;

export function noticeActions(get: Context['get'], set: Context['set']): NoticeActions {
  let lastId = 0;
  const notify: AppActions['notify'] = (tone, whole, topic = null) => {
    const text = [whole].flat().map(shortSentence).join('\n');
    lastId += 1;
    const notice: Notice = { id: lastId, tone, text, topic, isRead: false };
    // The same sentence twice says nothing new.
    set(({ notices }) => ({ notices: withoutOldInfos([...notices.filter((n) => n.text !== text), notice]) }));
  };
  return {
    notify,
    report: (error, topic) => notify('error', sentenceOf(error), topic),
    former: (...topics) => {
      const told = get().notices.filter(({ topic }) => topic !== null && topics.includes(topic));
      const ids = new Set(told.map(({ id }) => id));
      const isKept = ({ id, tone, isRead }: Notice) => !ids.has(id) || (tone === 'error' && !isRead);
      return () => {
        if (!get().notices.every(isKept)) set(({ notices }) => ({ notices: notices.filter(isKept) }));
      };
    },
    dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((n) => n.id !== id) })),
    dismissAll: () => set({ notices: [] }),
    markRead: (id) =>
      set(({ notices }) => ({ notices: notices.map((n) => (n.id === id ? { ...n, isRead: true } : n)) })),
  };
}

function withoutOldInfos(notices: readonly Notice[]): Notice[] {
  const infos = notices.filter(({ tone }) => tone === 'info').slice(-INFOS);
  return notices.filter((notice) => notice.tone !== 'info' || infos.includes(notice));
}

const ORDER: readonly Notice['tone'][] = ['error', 'warn', 'info'];

/** As they are shown: failures first, of each kind the latest first. */
export function shownNotices(notices: readonly Notice[]): Notice[] {
  const latest = [...notices].reverse();
  return ORDER.flatMap((tone) => latest.filter((notice) => notice.tone === tone));
}

export function sentenceOf(error: unknown): string {
  return shortSentence(error instanceof Error ? error.message : `Something failed: ${String(error)}`);
}
