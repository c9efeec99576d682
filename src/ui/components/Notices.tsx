import X from 'lucide-react/icons/x';
import { useEffect, useMemo, useRef } from 'react';
import { shownNotices } from '../state/notices';
import { useApp } from '../state/StoreContext';
import type { Notice } from '../state/types';
import { heightProperty } from './heightProperty';
import './notices.css';

const INFO_MS = 8000;
/** From so many on they can be dismissed at once. */
const MANY = 3;

const noticesHeight = heightProperty('--notices-height');

/**
 * What the page has to say, never in the way: in a corner, on a narrow screen as a bar at the lower edge, for which the rooms
 * leave room. Info goes by itself, the rest stays until dismissed.
 */
export function Notices() {
  const all = useApp((s) => s.notices);
  const notices = useMemo(() => shownNotices(all), [all]);
  const { dismissAll } = useApp((s) => s.actions);
  return (
    <section ref={noticesHeight} className="notices" aria-label="Notices">
      {notices.length >= MANY && (
        <header className="notices-head">
          <span className="num">{countWords(notices)}</span>
          <button type="button" className="link-button" onClick={dismissAll}>
            Dismiss all
          </button>
        </header>
      )}
      <div className="notices-list" aria-live="polite">
        {notices.map((notice) => (
          <NoticeCard key={notice.id} notice={notice} />
        ))}
      </div>
    </section>
  );
}

function countWords(notices: readonly Notice[]): string {
  const failures = notices.filter(({ tone }) => tone === 'error').length;
  const words = `${notices.length} notices`;
  return failures > 0 ? `${words}, ${failures} ${failures === 1 ? 'failure' : 'failures'}` : words;
}

function NoticeCard({ notice }: { notice: Notice }) {
  const { dismiss } = useApp((s) => s.actions);
  const card = useRef<HTMLDivElement>(null);
  // The screen has no room for many of them: the last ones, failures before all, are what is to be read.
  useEffect(() => {
    const list = card.current?.parentElement;
    list?.scrollTo(0, list.scrollHeight);
  }, []);
  useEffect(() => {
    if (notice.tone !== 'info') return;
    const timer = setTimeout(() => dismiss(notice.id), INFO_MS);
    return () => clearTimeout(timer);
  }, [notice, dismiss]);
  return (
    <div
      ref={card}
      className="notice"
      data-testid="notice"
      data-tone={notice.tone}
      role={notice.tone === 'error' ? 'alert' : undefined}
    >
      <p>{notice.text}</p>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  );
}
